"""Which outlines no image uses, and why."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from sonomics.core.images import stem_of
from sonomics.crop.outlines.folders import Outline, Reading
from sonomics.crop.outlines.refusals import REASONS

NO_CASE, NO_IMAGE, EXCLUDED, FINER = "no_case", "no_image", "image_excluded", "finer_outline"
IN_STUDY = (EXCLUDED, FINER)  # what is not used for these reasons names an image of the study
WORDS = {
    NO_CASE: "it names no case of the cohort",
    NO_IMAGE: "it names no image of its case",
    EXCLUDED: "its images were excluded",
    FINER: "its images have outlines of longer names",
}


class Unused(NamedTuple):
    """An outline that no image uses.

    Attributes
    ----------
    reading : Reading
    outline : Outline
    reason : str
        A key of `WORDS`, or of `REASONS` for a file of many images that another package's format refuses.
    """

    reading: Reading
    outline: Outline
    reason: str

    def describe(self) -> str:
        """Name the outline for a message."""
        return self.outline.describe(known=self.reason in IN_STUDY)

    def to_row(self) -> dict[str, str]:
        """Name the outline for the table UNUSED, by its file."""
        named = {"file": str(self.outline.file), "name": self.outline.name, "reason": self.reason}
        return {**self.reading._asdict(), **named}


def explain(reason: str) -> str:
    """Say why an outline is not used, and what to do where its file is at fault."""
    if reason in WORDS:
        return WORDS[reason]
    rule, fix = REASONS[reason]
    return f"{rule}. Fix: {fix}"


def list_unused(
    outlines: Mapping[Reading, Mapping[str, Outline]], cases: Collection[str], images: Mapping[str, bool]
) -> list[Unused]:
    """List the outlines that no image uses.

    Parameters
    ----------
    outlines : mapping
        From `find_outlines`.
    cases : collection of str
        Of the cohort.
    images : mapping
        Image to whether clean kept it.

    Returns
    -------
    list of Unused
        Sorted by reading and name.
    """
    below: dict[str, set[str]] = {}
    for image in images:
        for part in list_leading_parts(image):
            below.setdefault(part, set()).add(image)
    found: list[Unused] = []
    for reading, by_stem in outlines.items():
        used = {by_stem[stem] for image, kept in images.items() if kept and (stem := stem_of(image, by_stem))}
        for outline, stems in group_stems(by_stem):
            if outline in used:
                continue
            if outline.refusal:
                found.append(Unused(reading, outline, outline.refusal))
                continue
            # A file that gave no image has a row under the name of the file.
            named = set().union(*(below.get(stem, set()) | _find_whole(stem, images) for stem in stems))
            if named:
                reason = FINER if any(images[image] for image in named) else EXCLUDED
            else:
                reason = NO_IMAGE if _name_case(stems, cases) else NO_CASE
            found.append(Unused(reading, outline, reason))
    return found


def list_unmatched(
    outlines: Mapping[Reading, Mapping[str, Outline]], cases: Collection[str], names: Collection[str] | None
) -> list[Unused]:
    """List the outlines that no image can use, before the images are there.

    Parameters
    ----------
    outlines : mapping
        From `find_outlines`.
    cases : collection of str
        Of the cohort.
    names : collection of str or None
        The instances that the source has, by name; None when they are not known.
    """
    parts = {part for name in names or () for part in list_leading_parts(name)}
    found: list[Unused] = []
    for reading, by_stem in outlines.items():
        for outline, stems in group_stems(by_stem):
            if outline.refusal:
                found.append(Unused(reading, outline, outline.refusal))
            elif not _name_case(stems, cases):
                found.append(Unused(reading, outline, NO_CASE))
            elif names is not None and not any(stem in parts or _find_whole(stem, names) for stem in stems):
                found.append(Unused(reading, outline, NO_IMAGE))
    return found


def group_stems(by_stem: Mapping[str, Outline]) -> Iterator[tuple[Outline, list[str]]]:
    """Group the names that an outline goes by, its own first; sorted by it."""
    grouped: dict[Outline, list[str]] = {}
    for stem, outline in by_stem.items():
        grouped.setdefault(outline, []).append(stem)
    yield from sorted(grouped.items(), key=lambda item: (item[0].name, str(item[0].file)))


def list_leading_parts(name: str) -> list[str]:
    """List the parts of a name that end before a '-', and the whole."""
    parts = name.split("-")
    return ["-".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _find_whole(stem: str, names: Collection[str]) -> set[str]:
    """Find the names that are a leading part of a stem."""
    return {part for part in list_leading_parts(stem) if part in names}


def _name_case(stems: Iterable[str], cases: Collection[str]) -> bool:
    return any(stem.split("-")[0] in cases for stem in stems)
