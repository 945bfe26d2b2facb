"""What a reader gets: cases under neutral names, in an order of the reader's own, and an empty sheet."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.folds import mark_unseen
from sonomics.core.readings import NEGATIVE, POSITIVE
from sonomics.core.schemas import READERS, TRAIN
from sonomics.core.seeds import generator, seed_for
from sonomics.evaluate.samples.models import PROBABILITY

READING, MODEL, PACKAGE = "reading", "model_probability", "package"
ANSWERS = ("score", "category", "decision")


def chosen_cases(
    roster: pd.DataFrame, images: pd.DataFrame, splits: Sequence[str], count: int | None, seed: int
) -> list[str]:
    """Choose the cases to be read: all of some splits that have a kept image, or a random sample of them.

    Parameters
    ----------
    roster : DataFrame
        `case` and `split`; without a label, so that none can be shown.
    images : DataFrame
        Schema SCREENED.
    splits : sequence of str
        Empty for all test sets.
    count : int or None
        How many at most.
    seed : int
        Every case has a lot of its own, so that a larger sample holds the smaller one.

    Raises
    ------
    StudyError
        When no case is left.
    """
    wanted = roster["split"].isin(splits) if splits else roster["split"] != TRAIN
    seen = set(images.loc[images["keep"], "case"])
    cases = sorted(set(roster.loc[wanted, "case"]) & seen)
    if not cases:
        named = ", ".join(splits) or "the test sets"
        raise StudyError("data/cohort.csv", f"no case of {named} has a kept image", "name a split of the cohort")
    lots = {case: generator(seed, case, "reading sample").uniform() for case in cases}
    return sorted(sorted(cases, key=lots.__getitem__)[:count])


def neutral_names(cases: Sequence[str], *occasion: object) -> dict[str, str]:
    """Give cases names that say nothing, in an order drawn for the occasion (seed, task, arm, session).

    Returns
    -------
    dict of str to str
        Name (`r001`) to case, by name.
    """
    places = generator(*occasion, "reading names").permutation(len(cases))
    width = max(3, len(str(len(cases))))
    return {f"r{number:0{width}d}": cases[place] for number, place in enumerate(places, start=1)}


def order_of(names: Sequence[str], reader: str, *occasion: object) -> list[str]:
    """Put the readings in an order of the reader's own."""
    return [names[place] for place in generator(*occasion, reader, "reading order").permutation(len(names))]


def shown_probabilities(predictions: pd.DataFrame, cases: Sequence[str]) -> dict[str, float]:
    """Find what the model says of cases: out of fold in training, else by the model fitted on all training cases.

    Parameters
    ----------
    predictions : DataFrame
        Schema PREDICTIONS, of one model and task.
    cases : sequence of str

    Returns
    -------
    dict of str to float
        A case that the model gives no probability is not in it.
    """
    used = predictions[mark_unseen(predictions) & (predictions["image"] == "") & (predictions["kind"] == PROBABILITY)]
    values = used.dropna(subset="value").set_index("case")["value"]
    return {case: float(values[case]) for case in cases if case in values.index}


def empty_sheet(names: Sequence[str], probabilities: Mapping[str, float] | None) -> pd.DataFrame:
    """Make a sheet to fill: a row a reading, in the order given; with the model's probability when it helps."""
    sheet = pd.DataFrame({READING: list(names)})
    if probabilities is not None:
        sheet[MODEL] = [f"{probabilities[name]:.2f}" for name in names]
    return sheet.assign(**dict.fromkeys(ANSWERS, ""))


def write_sheet(sheet: pd.DataFrame, path: Path, categories: Sequence[str]) -> None:
    """Write a sheet as CSV, or as XLSX with lists to choose from, by the suffix of `path`."""
    if path.suffix == ".csv":
        sheet.to_csv(path, index=False, lineterminator="\n")
        return
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    page = book.active
    for row in [list(sheet.columns), *sheet.to_numpy().tolist()]:
        page.append(row)
    choices = {"category": categories, "decision": [POSITIVE, NEGATIVE]}
    rules = {name: DataValidation("list", formula1=f'"{",".join(words)}"') for name, words in choices.items()}
    rules["score"] = DataValidation("decimal", operator="between", formula1="0", formula2="100")
    for name, rule in rules.items():
        letter = "ABCDEFGHIJ"[sheet.columns.get_loc(name)]
        rule.add(f"{letter}2:{letter}{len(sheet) + 1}")
        page.add_data_validation(rule)
    page.freeze_panes = "A2"
    book.save(path)


def heated(crop: NDArray[np.uint8], heat: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay a network's map over the crop it belongs to, from dark (cold) to yellow (hot).

    Parameters
    ----------
    crop : (rows, columns) uint8 array
    heat : (rows, columns) uint8 array
        Of any size: it is stretched over the crop.

    Returns
    -------
    (rows, columns, 3) uint8 array
    """
    from matplotlib import colormaps
    from PIL import Image

    stretched = Image.fromarray(heat).resize(crop.shape[::-1], Image.Resampling.BILINEAR)
    colour = 255 * colormaps["inferno"](np.asarray(stretched))[:, :, :3]
    return np.asarray(np.rint(0.6 * crop[:, :, None] + 0.4 * colour), dtype=np.uint8)


def readers_and_levels(stated: str) -> dict[str, str]:
    """Read `ann:senior,bob:junior`.

    Raises
    ------
    StudyError
        A name that is no pseudonym, a reader without a level or named twice.
    """
    found: dict[str, str] = {}
    for part in stated.split(","):
        reader, _, level = (word.strip() for word in part.partition(":"))
        well_named = all(re.fullmatch(READERS.allowed[of], word) for of, word in (("reader", reader), ("level", level)))
        if not (well_named and level) or reader in found:
            fix = "write reader:level, joined by commas; a reader is a pseudonym of letters, digits and _, each once"
            raise StudyError("--readers", f"{part.strip()!r} is not a reader with a level", fix)
        found[reader] = level
    return found


def package_mark(names: Mapping[str, str], *occasion: object) -> str:
    """Draw the mark by which a package and its key know each other; it tells nothing of what it is drawn from."""
    return f"p{seed_for(*occasion, *names, *names.values(), 'reading mark'):08x}"


def stated_in_package(
    occasion: Mapping[str, str],
    readers: Mapping[str, str],
    names: Sequence[str],
    categories: Sequence[str],
    mark: str,
) -> dict[str, Any]:
    """Say what a package is, for the way back.

    Returns
    -------
    dict
        The occasion (task, arm, session), levels by reader, names, categories, and the mark that its key has too.
    """
    listed = {"readers": dict(readers), "readings": list(names), "categories": list(categories)}
    return {**occasion, **listed, PACKAGE: mark}


def key_table(names: Mapping[str, str], mark: str) -> pd.DataFrame:
    """Make the key from reading to case, kept apart from the package: a row each, so that one can be taken away."""
    return pd.DataFrame({READING: list(names), "case": list(names.values()), PACKAGE: mark})


def read_key(path: Path, mark: str) -> dict[str, str]:
    """Read the key: reading to case.

    Parameters
    ----------
    path : Path
    mark : str
        Of the package; names of readings are alike in all packages, so that another key would fit as well. "" for a
        package from before there were marks, whose key has none either.

    Raises
    ------
    StudyError
        When it is missing, no key, or that of another package.
    """
    if not path.exists():
        raise StudyError(str(path), "the key of the package is missing", "name it with --key")
    table = pd.read_csv(path, dtype=str)
    if list(table.columns) not in ([READING, "case"], [READING, "case", PACKAGE]):
        raise StudyError(str(path), "this is no key of a package", "name the right file with --key")
    if (table.get(PACKAGE, pd.Series("", index=table.index)) != mark).any():
        raise StudyError(str(path), "this is the key of another package", "name the right file with --key")
    return dict(zip(table[READING], table["case"], strict=True))
