"""What `sonomics check` says of outlines: how many jobs will use, which they will not, and which cannot be a lesion."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.params import overlaid
from sonomics.core.private import keep_private, make_private_folder
from sonomics.core.settings.crop import Crop
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import read_tables, write_table
from sonomics.crop.outlines.clean_frame import check_extent
from sonomics.crop.outlines.drawings import MaskRequest
from sonomics.crop.outlines.folders import Outline, Reading, find_outlines
from sonomics.crop.outlines.refusals import REASONS, UNREADABLE, VIDEO, RefusedError
from sonomics.crop.outlines.unused import (
    Unused,
    explain,
    group_stems,
    list_leading_parts,
    list_unmatched,
    list_unused,
)
from sonomics.export.files.listing import read_listing
from sonomics.kinds.sources import SOURCES

FOLDER = "folder"
UNUSED = Path("work", "unused_outlines.csv")
# Pixels: sides of a frame of unknown size, larger than the frames of scanners, in which shapes are drawn to look at.
STAND_IN = 2048
# What can be told of an outline whose frame is not known.
TOLD = (UNREADABLE, "outline_label", "outline_empty", "outline_inverted", "outline_large", VIDEO)


class Known(NamedTuple):
    """What is known of the images before the phase crop.

    Attributes
    ----------
    names : set of str or None
        Instances of the source; None when they are not known.
    sizes : dict of str to (int, int)
        Rows and columns of the exported frames, by instance.
    kept : dict of str to bool or None
        Image to whether clean kept it; None before clean has run.
    """

    names: set[str] | None
    sizes: dict[str, tuple[int, int]]
    kept: dict[str, bool] | None


def describe_outlines(study: Path, cases: set[str], params: Parameters) -> Iterator[str]:
    """Describe the users' outlines of a study, line by line.

    Parameters
    ----------
    study : Path
    cases : set of str
        Of the cohort.
    params : Parameters

    Raises
    ------
    StudyError
        As `find_outlines`.
    """
    found = find_outlines([study / "data" / "outlines"])
    known = _read_known(study, params)
    unused = list_unused(found, cases, known.kept) if known.kept else list_unmatched(found, cases, known.names)
    for reading, by_stem in found.items():
        outlines = dict(group_stems(by_stem))
        strays = [each for each in unused if each.reading == reading]
        refused = _refuse(outlines, {each.outline for each in strays}, known.sizes, params.crop)
        usable = len(outlines) - len(strays) - sum(map(len, refused.values()))
        yield f"outlines of {reading.reader}, session {reading.session}: {usable} of {len(outlines)} can be used"
        yield from (f"  not used: {names}: {explain(reason)}" for reason, names in _name_strays(strays).items())
        for code, which in refused.items():
            rule, fix = REASONS[code]
            yield f"  not used: {', '.join(each.describe(known=True) for each in which)}: {rule}. Fix: {fix}"
            unused += [Unused(reading, outline, code) for outline in which]
    if unused:
        _write_unused(unused, study / UNUSED)
        yield f"{UNUSED} names the outlines that are not used (files are numbered by name in their folder)"
    yield from _list_missing(set(found), params)


def _write_unused(unused: list[Unused], path: Path) -> None:
    """Write which outlines are not used, for their owner alone: names of files may be those of patients."""
    make_private_folder(path.parent)
    with keep_private():
        write_table(pd.DataFrame([each.to_row() for each in unused]), path, schemas.UNUSED)


def _read_known(study: Path, params: Parameters) -> Known:
    data = study / "data"
    manifests = sorted(data.glob("export/*/manifest.parquet"))
    if not manifests:
        return Known(_list_pictures(params), {}, None)
    manifest = read_tables(manifests, schemas.MANIFEST)
    sizes = {row["stem"]: (row["rows"], row["columns"]) for row in manifest.to_dict("records") if row["rows"]}
    verdicts = [data / "clean" / file.parent.name / "verdicts.parquet" for file in manifests]
    if not all(file.exists() for file in verdicts):
        return Known(set(manifest["stem"]), sizes, None)
    judged = read_tables(verdicts, schemas.VERDICTS)
    return Known(set(manifest["stem"]), sizes, dict(zip(judged["image"], map(bool, judged["keep"]), strict=True)))


def _list_pictures(params: Parameters) -> set[str] | None:
    """List the pictures of a folder source by name; None for another source, and where the folder is not mounted."""
    settings = params.export.sources()[FOLDER] if params.export.source == FOLDER else None
    if settings is None or settings.table is None:
        return None
    try:
        return set(read_listing(settings)["stem"])
    except StudyError:
        return None


def _name_strays(strays: list[Unused]) -> dict[str, str]:
    named: dict[str, list[str]] = {}
    for each in strays:
        named.setdefault(each.reason, []).append(each.describe())
    return {reason: ", ".join(names) for reason, names in named.items()}


def _refuse(
    outlines: Mapping[Outline, list[str]], strays: set[Outline], sizes: Mapping[str, tuple[int, int]], settings: Crop
) -> dict[str, list[Outline]]:
    """Draw the outlines that images can use, and list those that cannot be a lesion, by reason."""
    refused: dict[str, list[Outline]] = {}
    for outline, stems in outlines.items():
        if outline in strays:
            continue
        rows, columns = _find_size(stems, sizes)
        try:
            mask = outline.drawing(MaskRequest(settings.label, rows, columns, 0))
            if not mask.any():
                raise RefusedError("outline_empty")
            check_extent(mask, settings.max_share)
        except RefusedError as refusal:
            if refusal.code in TOLD:
                refused.setdefault(refusal.code, []).append(outline)
        except (OSError, SyntaxError):
            refused.setdefault(UNREADABLE, []).append(outline)
    return refused


def _find_size(stems: list[str], sizes: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    named = [part for stem in stems for part in list_leading_parts(stem) if part in sizes]
    return sizes[named[0]] if named else (STAND_IN, STAND_IN)


def _list_missing(readings: set[Reading], params: Parameters) -> Iterator[str]:
    """Name the readings that variants ask for and that nobody has drawn or brings."""
    if SOURCES.get(params.export.source).is_simulated:
        return
    brought = params.export.sources()[FOLDER].outlines if params.export.source == FOLDER else {}
    for variant in params.study.variants:
        seen = overlaid(params.plain(), variant)["crop"]["analysis"]
        if (seen["reader"], seen["session"]) not in {*readings, *((reader, "1") for reader in brought)}:
            who = f"{seen['reader']}, session {seen['session']}"
            yield f"outlines of {who}: none yet, and crop.analysis of the variant {variant} asks for them"
