"""The package that a reader gets: cases under neutral names, in an order of the reader's own, and an empty sheet."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.readings import NEGATIVE, POSITIVE
from sonomics.core.schemas import READERS, TRAIN
from sonomics.core.seeds import generator, seed_for
from sonomics.evaluate.samples.models import PROBABILITY
from sonomics.evaluate.samples.predictions import case_rows, rows_out_of_sample

READING, MODEL, PACKAGE = "reading", "model_probability", "package"
ANSWERS = ("score", "category", "decision")


def choose_cases(
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
        Every case draws its own number, so that a larger sample contains the smaller one.

    Raises
    ------
    StudyError
        When no case is left.
    """
    in_splits = roster["split"].isin(splits) if splits else roster["split"] != TRAIN
    with_image = set(images.loc[images["keep"], "case"])
    cases = sorted(set(roster.loc[in_splits, "case"]) & with_image)
    if not cases:
        named = ", ".join(splits) or "the test sets"
        raise StudyError("data/cohort.csv", f"no case of {named} has a kept image", "name a split of the cohort")
    drawn = {case: generator(seed, case, "reading sample").uniform() for case in cases}
    return sorted(sorted(cases, key=drawn.__getitem__)[:count])


def name_neutrally(cases: Sequence[str], *occasion: object) -> dict[str, str]:
    """Give cases names that reveal nothing, in an order drawn for the occasion (seed, task, arm, session).

    Returns
    -------
    dict of str to str
        Name (`r001`) to case, by name.
    """
    order = generator(*occasion, "reading names").permutation(len(cases))
    width = max(3, len(str(len(cases))))
    return {f"r{number:0{width}d}": cases[position] for number, position in enumerate(order, start=1)}


def shuffle_readings(names: Sequence[str], reader: str, *occasion: object) -> list[str]:
    """Put the readings in an order of the reader's own."""
    return [names[position] for position in generator(*occasion, reader, "reading order").permutation(len(names))]


def probabilities_of(predictions: pd.DataFrame, cases: Sequence[str]) -> dict[str, float]:
    """Find the model's probabilities: out of fold in training, else of the model fitted on all training cases.

    Parameters
    ----------
    predictions : DataFrame
        Schema PREDICTIONS, of one model and task.
    cases : sequence of str

    Returns
    -------
    dict of str to float
        A case without a probability is not in it.
    """
    used = case_rows(rows_out_of_sample(predictions))
    values = used[used["kind"] == PROBABILITY].dropna(subset="value").set_index("case")["value"]
    return {case: float(values[case]) for case in cases if case in values.index}


def empty_sheet(names: Sequence[str], probabilities: Mapping[str, float] | None) -> pd.DataFrame:
    """Make a sheet to fill: one row per reading, in this order; with the model's probability when it helps."""
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


def overlay_map(crop: NDArray[np.uint8], heat: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Overlay a network's map on its crop, from dark (cold) to yellow (hot).

    Parameters
    ----------
    crop : (rows, columns) uint8 array
    heat : (rows, columns) uint8 array
        Of any size: it is resized to the crop.

    Returns
    -------
    (rows, columns, 3) uint8 array
    """
    from matplotlib import colormaps
    from PIL import Image

    resized = Image.fromarray(heat).resize(crop.shape[::-1], Image.Resampling.BILINEAR)
    colour = 255 * colormaps["inferno"](np.asarray(resized))[:, :, :3]
    return np.asarray(np.rint(0.6 * crop[:, :, None] + 0.4 * colour), dtype=np.uint8)


def parse_readers(text: str) -> dict[str, str]:
    """Parse `ann:senior,bob:junior` into readers and their levels.

    Raises
    ------
    StudyError
        A name that is not a pseudonym, a reader without a level or named twice.
    """
    levels: dict[str, str] = {}
    for part in text.split(","):
        reader, _, level = (word.strip() for word in part.partition(":"))
        well_named = all(re.fullmatch(READERS.allowed[of], word) for of, word in (("reader", reader), ("level", level)))
        if not (well_named and level) or reader in levels:
            fix = "write reader:level, joined by commas; a reader is a pseudonym of letters, digits and _, each once"
            raise StudyError("--readers", f"{part.strip()!r} is not a reader with a level", fix)
        levels[reader] = level
    return levels


def package_mark(names: Mapping[str, str], *occasion: object) -> str:
    """Compute the mark that a package and its key share; it reveals nothing of what it is computed from."""
    return f"p{seed_for(*occasion, *names, *names.values(), 'reading mark'):08x}"


def describe_package(
    occasion: Mapping[str, str],
    readers: Mapping[str, str],
    names: Sequence[str],
    categories: Sequence[str],
    mark: str,
) -> dict[str, Any]:
    """Describe a package, for reading the answers.

    Returns
    -------
    dict
        The occasion (task, arm, session), levels by reader, names, categories, and the mark that its key has too.
    """
    listed = {"readers": dict(readers), "readings": list(names), "categories": list(categories)}
    return {**occasion, **listed, PACKAGE: mark}


def key_table(names: Mapping[str, str], mark: str) -> pd.DataFrame:
    """Make the key from reading to case, kept apart from the package: one row each, so that one can be deleted."""
    return pd.DataFrame({READING: list(names), "case": list(names.values()), PACKAGE: mark})


def read_key(path: Path, mark: str) -> dict[str, str]:
    """Read the key: reading to case.

    Parameters
    ----------
    path : Path
    mark : str
        Of the package; names of readings are the same in all packages, so that another key would fit as well. "" for
        a package without a mark, whose key has none either.

    Raises
    ------
    StudyError
        When it is missing, not a key, or that of another package.
    """
    if not path.exists():
        raise StudyError(str(path), "the key of the package is missing", "name it with --key")
    table = pd.read_csv(path, dtype=str)
    if list(table.columns) not in ([READING, "case"], [READING, "case", PACKAGE]):
        raise StudyError(str(path), "this is not the key of a package", "name the right file with --key")
    if (table.get(PACKAGE, pd.Series("", index=table.index)) != mark).any():
        raise StudyError(str(path), "this is the key of another package", "name the right file with --key")
    return dict(zip(table[READING], table["case"], strict=True))
