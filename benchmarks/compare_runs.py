"""Compare two runs of a study, file by file: `python benchmarks/compare_runs.py BEFORE AFTER`.

BEFORE and AFTER are study folders. Files of `data/` and `results/` with equal bytes are counted. Of every other file
the first difference is named: the column and row of a table, or the key of a JSON file. Of figures, pages and text it
says whether only words differ. The exit code is 1 when anything but words differs.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

FOLDERS = ("data", "results")
WORDS_MAY_DIFFER = (".html", ".svg", ".md", ".docx", ".pdf")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
TEXT_OF_SVG = re.compile(r"<!--.*?-->|<text.*?</text>", re.DOTALL)


def files_of(study: Path) -> dict[str, Path]:
    """List the files of a run by their path below the study."""
    return {
        str(file.relative_to(study)): file
        for folder in FOLDERS
        for file in (study / folder).rglob("*")
        if file.is_file()
    }


def describe_difference(before: Path, after: Path) -> str:
    """Say where two files of one name first differ; "" when only their words do."""
    if before.suffix in (".parquet", ".csv"):
        read = pd.read_parquet if before.suffix == ".parquet" else pd.read_csv
        return compare_tables(read(before), read(after))
    if before.suffix == ".json":
        return next(compare_trees(json.loads(before.read_text()), json.loads(after.read_text()), ""), "")
    if before.suffix == ".svg":
        shapes = [TEXT_OF_SVG.sub("", file.read_text()) for file in (before, after)]
        return "" if shapes[0] == shapes[1] else "lines or marks differ"
    return "" if before.suffix in WORDS_MAY_DIFFER else "bytes differ"


def compare_tables(before: pd.DataFrame, after: pd.DataFrame) -> str:
    """Name the first column and row that differ; text columns are compared by their numbers."""
    if list(before) != list(after) or len(before) != len(after):
        return f"{before.shape} with {list(before)[:8]} became {after.shape} with {list(after)[:8]}"
    for column in before:
        first, second = before[column], after[column]
        differs = (first != second) & ~(first.isna() & second.isna())
        for row in differs[differs].index:
            if not same_but_for_words(first[row], second[row]):
                return f"column {column}, row {row}: {first[row]!r} became {second[row]!r}"
    return ""


def compare_trees(before: Any, after: Any, key: str) -> Iterator[str]:
    """Yield the keys at which two JSON trees differ by more than words."""
    if isinstance(before, dict) and isinstance(after, dict):
        if list(before) != list(after):
            yield f"{key}: keys {sorted(set(before) ^ set(after))[:5]}"
        for name in before.keys() & after.keys():
            yield from compare_trees(before[name], after[name], f"{key}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (first, second) in enumerate(zip(before, after, strict=True)):
            yield from compare_trees(first, second, f"{key}[{number}]")
    elif before != after and not same_but_for_words(before, after):
        yield f"{key}: {before!r} became {after!r}"


def same_but_for_words(before: Any, after: Any) -> bool:
    """Tell whether two texts hold the same numbers in the same order."""
    if not (isinstance(before, str) and isinstance(after, str)):
        return False
    return NUMBER.findall(before) == NUMBER.findall(after)


def main() -> None:
    """Print a line for every file that differs, and the counts."""
    before, after = (files_of(Path(folder)) for folder in sys.argv[1:3])
    equal, words, different = 0, [], []
    for name in sorted(before.keys() | after.keys()):
        if name not in before or name not in after:
            different.append(f"{name}: only in the {'first' if name in before else 'second'} run")
        elif before[name].read_bytes() == after[name].read_bytes():
            equal += 1
        elif reason := describe_difference(before[name], after[name]):
            different.append(f"{name}: {reason}")
        else:
            words.append(name)
    print(*(f"words: {name}" for name in words), *(f"DIFFERS: {line}" for line in different), sep="\n")
    print(f"{equal} files have equal bytes, {len(words)} differ in words alone, {len(different)} differ")
    raise SystemExit(bool(different))


if __name__ == "__main__":
    main()
