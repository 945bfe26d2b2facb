"""Read the table of a folder source: one row per image file, whatever its columns are called."""

import logging
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath
from typing import cast

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.tables import missing_column, read_cells
from sonomics.export.deidentify.device_names import is_device_name
from sonomics.export.files.archive import Root, open_archive
from sonomics.kinds.sources.folder import Columns, Folder

log = logging.getLogger(__name__)
WHERE = "params.yaml, export.folder"
_UNFIT = re.compile(r"[^A-Za-z0-9_]")
_LONGEST = 100  # letters of a name: that of a file, which goes on with exam, instance and frame, may have 255
_DIGITS, _NUMBER = 4, re.compile(r"[0-9]+")  # to which a number is filled up; a convention


def open_root(settings: Folder) -> Root:
    """Open the folder of a source, or the ZIP file, used in the same way; environment variables in `root` are expanded.

    Raises
    ------
    StudyError
        When a variable is not set or the folder is missing.
    """
    root = os.path.expandvars(settings.root)
    if unset := re.search(r"\$\{?(\w+)", root):
        rule = f"the environment variable {unset[1]} is not set"
        raise StudyError(f"{WHERE}.root", rule, f"export {unset[1]}=<folder that holds the data>")
    if (archive := open_archive(Path(root))) is not None:
        return archive
    if not Path(root).is_dir():
        rule = f"there is no folder and no whole ZIP file {root}"
        raise StudyError(f"{WHERE}.root", rule, "correct root, or mount the folder")
    return Path(root)


def join_below(root: Root, path: str) -> Root:
    """Join a path that cells of a table fill in to the root; one that leads out of it leads to nothing."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    return root / ("" if path.startswith("/") or ".." in parts else path)


def read_listing(settings: Folder, device_words: Collection[str] = ()) -> pd.DataFrame:
    """Read the table of a folder source.

    Parameters
    ----------
    settings : Folder
        `export.folder` of params.
    device_words : collection of str
        `export.deidentify.device_words` of params.

    Returns
    -------
    DataFrame of str
        From `name_images`.

    Raises
    ------
    StudyError
        When the folder or the table is missing, or the table is not a CSV in UTF-8 with cells separated by commas.
    """
    path = open_root(settings) / cast(str, settings.table)
    if not path.is_file():
        raise StudyError(f"{WHERE}.table", f"there is no table {path}", "name the CSV that lists the images")
    return name_images(read_cells(path.read_bytes(), f"{WHERE}.table"), settings, device_words)


def name_images(table: pd.DataFrame, settings: Folder, device_words: Collection[str] = ()) -> pd.DataFrame:
    """Give the images of a folder source their names.

    Parameters
    ----------
    table : DataFrame of str
        One row per image; "" for an empty cell.
    settings : Folder
        `export.folder` of params. `columns`: which column is `patient` and, where there is one, `case`, `exam`,
        `device`, `spacing_mm`; `prefix`: put before the patient's value to make a pseudonym; `captures`: column ->
        regular expression whose named groups become further columns; `images`: the path of an image with `{column}`
        in it; `outlines`: reader -> path.
    device_words : collection of str
        `export.deidentify.device_words` of params: words of devices, beside those that are known.

    Returns
    -------
    DataFrame of str
        The table's columns as `source__<column>`, and patient, case, exam, instance, stem, device, spacing_mm, image
        and `outline__<reader>`. Exams and instances are numbered in the order of the table, so that rows added below
        rename nothing; so are devices whose names may be a person's (`device_1`), in their own column too.

    Raises
    ------
    StudyError
        On a missing column or group, a row without a patient, two values that make the same pseudonym, or a spacing
        that is not a length.
    """
    source = _add_captures(table, settings.captures)
    columns = cast(Columns, settings.columns).plain()
    for role, column in columns.items():
        if column not in source:
            raise missing_column(f"{WHERE}.columns.{role}", column, source)
    patients = _make_pseudonyms(source[columns["patient"]], settings.prefix)
    listed = pd.DataFrame({"patient": patients, "case": patients})
    if "case" in columns:
        listed["case"] = patients + "_" + _make_pseudonyms(source[columns["case"]], "")
    exams = source[columns["exam"]] if "exam" in columns else pd.Series("", index=source.index)
    listed["exam"] = "e" + exams.groupby(listed["case"]).transform(lambda dates: pd.factorize(dates)[0] + 1).astype(str)
    listed["instance"] = "i" + (listed.groupby(["case", "exam"]).cumcount() + 1).astype(str)
    listed["stem"] = listed["case"] + "-" + listed["exam"] + "-" + listed["instance"]
    for role in ("device", "spacing_mm"):
        listed[role] = source[columns[role]] if role in columns else ""
    _check_spacing(listed["spacing_mm"])
    listed["image"] = _fill_in_paths(source, cast(str, settings.images), "images")
    for reader, pattern in settings.outlines.items():
        listed[f"outline__{reader}"] = _fill_in_paths(source, pattern, f"outlines.{reader}")
    if "device" in columns:
        listed["device"] = source[columns["device"]] = _code_devices(listed["device"], device_words)
    return pd.concat([listed, source.add_prefix("source__")], axis=1)


def _add_captures(table: pd.DataFrame, captures: Mapping[str, str]) -> pd.DataFrame:
    parts = [table]
    for column, pattern in captures.items():
        if column not in table:
            raise missing_column(f"{WHERE}.captures", column, table)
        if not re.compile(pattern).groupindex:
            rule = f"the expression of {column} has no named group"
            raise StudyError(f"{WHERE}.captures", rule, "write (?P<name>...) around the part to take")
        parts.append(table[column].str.extract(f"^(?:{pattern})$").fillna(""))
    return pd.concat(parts, axis=1)


def _make_pseudonyms(values: "pd.Series[str]", prefix: str) -> "pd.Series[str]":
    names = {}
    for line, value in enumerate(values, start=2):
        if not value.strip():
            rule = "there is no patient or case"
            raise StudyError(f"{WHERE}.table, line {line}", rule, "fill it in, or take the row out")
        names[value] = prefix + (value.zfill(_DIGITS) if _NUMBER.fullmatch(value) else _UNFIT.sub("_", value))
        if len(names[value]) > _LONGEST:
            rule = f"the name of a patient or case is longer than {_LONGEST} letters"
            raise StudyError(f"{WHERE}.table, line {line}", rule, "shorten it, since files are named after it")
    lines: dict[str, tuple[str, int]] = {}
    for line, value in enumerate(values, start=2):
        other, first = lines.setdefault(names[value], (value, line))
        if other != value:
            rule = f"the patient or case differs from that of line {first}, and both would get the same name"
            raise StudyError(f"{WHERE}.table, line {line}", rule, "rename one of them")
    return values.map(names)


def _code_devices(names: "pd.Series[str]", words: Collection[str]) -> "pd.Series[str]":
    unknown = [name for name in dict.fromkeys(names) if name.strip() and not is_device_name(name, words)]
    if unknown:
        rule = f"{len(unknown)} names of devices hold a word that is not known of devices, and are coded (device_1 ...)"
        fix = "if they name no person, list their words in export.deidentify.device_words"
        log.warning("%s.columns.device: %s. Fix: %s.", WHERE, rule, fix)
    return names.replace({name: f"device_{number}" for number, name in enumerate(unknown, start=1)})


def _check_spacing(cells: "pd.Series[str]") -> None:
    spacing = pd.to_numeric(cells, errors="coerce")
    wrong = (cells != "") & ~((spacing > 0) & (spacing < float("inf")))
    for line in cells.index[wrong]:
        where, rule = f"{WHERE}.table, line {int(line) + 2}", "the spacing is not a length in mm"
        raise StudyError(where, rule, "write a number above 0 with a decimal point, or leave it empty if it is unknown")


def _fill_in_paths(source: pd.DataFrame, pattern: str, key: str) -> list[str]:
    try:
        return [pattern.format_map(row) for row in source.to_dict("records")]
    except KeyError as error:
        raise missing_column(f"{WHERE}.{key}", str(error.args[0]), source) from None
    except (LookupError, ValueError, TypeError, AttributeError):
        rule, fix = f"{pattern!r} is not a path with {{column}} in it", "write {{ and }} for braces that are part of it"
        raise StudyError(f"{WHERE}.{key}", rule, fix) from None
