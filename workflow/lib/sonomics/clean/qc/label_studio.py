"""Write and read sheets of answers: readers' CSV files, and the files of Label Studio."""

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pandas as pd

from sonomics.clean.qc.labels import ANSWERS, BLANK, check_answers
from sonomics.core.errors import StudyError
from sonomics.core.outcomes import refuse_rows
from sonomics.core.tables import read_cells

TASKS, CONFIG = "labelstudio_tasks.json", "labelstudio.xml"
NAMES = ["image", "reader"]


def make_tasks(images: Sequence[str]) -> list[dict[str, Any]]:
    """Make Label Studio's tasks; its local storage must serve the sheet's folder (`?d=images/...`)."""
    return [{"data": {"name": image, "picture": f"/data/local-files/?d=images/{image}.png"}} for image in images]


def make_label_config(heads: Sequence[str]) -> str:
    """Make Label Studio's labelling interface: the picture, and one choice per head."""
    lines = ["<View>", '  <Image name="picture" value="$picture"/>']
    for head in heads:
        lines += [
            f"  <Header value={quoteattr(head.replace('_', ' '))}/>",
            f'  <Choices name={quoteattr(head)} toName="picture" choice="single" showInline="true">',
            *(f'    <Choice value="{answer}"/>' for answer in ANSWERS),
            "  </Choices>",
        ]
    return "\n".join([*lines, "</View>", ""])


def read_answers(path: Path, heads: Sequence[str], known: Collection[str]) -> pd.DataFrame:
    """Read a file of answers: a reader's CSV sheet, or Label Studio's JSON export.

    Parameters
    ----------
    path : Path
    heads : sequence of str
    known : collection of str
        The images drawn.

    Returns
    -------
    DataFrame of str
        `image`, `reader` and one column per head; rows without any answer are left out.

    Raises
    ------
    StudyError
        On a file that is not such a sheet, an image that was not drawn, an unknown answer, an answer without a reader,
        or an image answered twice.
    """
    table = _read_export(path, heads) if path.suffix == ".json" else _read_sheet(path)
    for name in NAMES:
        if name not in table:
            raise StudyError(str(path), f"no column {name}", "keep the columns of the sheet as they were")
    where = str(path)
    refuse_rows(~table["image"].isin(known), "image", where, "was not drawn", "leave the column image as it was")
    for head in [head for head in heads if head in table]:
        table[head] = table[head].str.strip().str.lower()
    check_answers(table, heads, where)
    is_answered = (table[list(heads)] != BLANK).any(axis=1)
    is_nameless = is_answered & (table["reader"] == "")
    refuse_rows(is_nameless, "reader", where, "is empty beside an answer", "leave the column reader as it was")
    is_repeated = table[is_answered].duplicated(NAMES).reindex(table.index, fill_value=False)
    refuse_rows(is_repeated, "image", where, "is answered twice by one reader", "keep one row per image")
    return table.loc[is_answered, [*NAMES, *heads]]


def merge_answers(before: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    """Add new answers to the old; a reader's new row for an image replaces the old one.

    Raises
    ------
    StudyError
        When two files hold answers of the same reader to the same image.
    """
    if twice := int(fresh.duplicated(NAMES).sum()):
        rule = f"two files hold answers of one reader to the same image ({twice} images)"
        raise StudyError("sheets of answers", rule, "keep one of them")
    joined = pd.concat([before, fresh], ignore_index=True).fillna(BLANK)
    return joined.drop_duplicates(NAMES, keep="last").sort_values(NAMES, ignore_index=True)


def _read_sheet(path: Path) -> pd.DataFrame:
    """Read a CSV as spreadsheet programs save it: comma, semicolon or tab, with or without a byte-order mark."""
    content = path.read_bytes()
    first = content.split(b"\n", 1)[0].decode("utf-8", "replace")
    return read_cells(content, str(path), separator=max(",;\t", key=first.count))


def _read_export(path: Path, heads: Sequence[str]) -> pd.DataFrame:
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        rows = [row for task in listed for row in _iterate_annotations(task, heads)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StudyError(str(path), "this is not a JSON export of Label Studio", "export it as JSON") from error
    return pd.DataFrame(rows, columns=[*NAMES, *heads], dtype=str)


def _iterate_annotations(task: dict[str, Any], heads: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield one row per annotation. Readers get numbers: Label Studio's names are e-mail addresses."""
    for annotation in task["annotations"]:
        if annotation.get("was_cancelled"):
            continue
        by = annotation["completed_by"]
        chosen = {part["from_name"]: part["value"]["choices"][0] for part in annotation["result"]}
        answers = {head: chosen.get(head, BLANK) for head in heads}
        yield {"image": task["data"]["name"], "reader": f"reader_{by['id'] if isinstance(by, dict) else by}", **answers}
