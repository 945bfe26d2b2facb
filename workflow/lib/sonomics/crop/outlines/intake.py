"""Readers' outlines: which there are, and whether one fits an image."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from sonomics.core.errors import StudyError
from sonomics.core.schemas import PERTURBED
from sonomics.crop.formats import FORMATS, suffix_of
from sonomics.crop.outlines.drawings import Drawing, Mask, RefusedError


class Reading(NamedTuple):
    """One reader in one session; sorts by both."""

    reader: str
    session: str


class Outline(NamedTuple):
    """A file and what is drawn in it for one image."""

    file: Path
    drawing: Drawing


REASONS = {
    "no_outline": ("nobody outlined it", "draw an outline named after the image, or leave it out"),
    "outline_unreadable": ("the outline cannot be read", "write it again, as PNG for instance"),
    "outline_label": ("nothing in the outline has the label crop.label", "name the label as the reader did"),
    "outline_frames": ("the outline has several frames, but none for this one", "outline every frame, or a single one"),
    "outline_transposed": ("the outline has the frame's size with rows and columns exchanged", "export it unrotated"),
    "outline_size": ("the outline has another size than the exported frame", "outline the frame as it was exported"),
    "outline_empty": ("no pixel of the outline is set", "draw the region again"),
    "outline_outside": ("the outline lies outside the scan region", "check that it belongs to this image"),
    "outline_small": ("the outline has fewer pixels than crop.min_pixels", "draw it again, or lower crop.min_pixels"),
    "no_background": ("there is no tissue beside the lesion for its shape", "leave it out of this variant"),
}


def find_outlines(roots: Iterable[Path]) -> dict[Reading, dict[str, Outline]]:
    """List the outlines under `<root>/<reader>/<session>/`, whatever tool they were drawn with.

    Parameters
    ----------
    roots : iterable of Path
        The source's, then the user's: a later root's outline replaces an earlier one of the same name. A root
        that is absent has none.

    Returns
    -------
    dict of Reading to dict of stem to Outline
        Sorted by reader and session.

    Raises
    ------
    StudyError
        When one reader outlined an image twice in a session, a file for many images cannot be read, a file does not
        lie in a folder of a session, or a reader is called as perturbed copies are.
    """
    found: dict[Reading, dict[str, Outline]] = {}
    for root in roots:
        _check_places(root)
        for folder in sorted(root.glob("*/*/")):
            reading = Reading(folder.parent.name, folder.name)
            found.setdefault(reading, {}).update(_drawn_in(folder))
    return dict(sorted(found.items()))


def _check_places(root: Path) -> None:
    for depth in ("*", "*/*", "*/*/*/*"):
        if astray := sorted(path for path in root.glob(depth) if path.is_file() and suffix_of(path)):
            rule = "outlines lie in <reader>/<session>/, and this one does not"
            raise StudyError(str(astray[0]), rule, f"move it, to {root.name}/reader_1/1/ for instance")
    if (own := root / PERTURBED).exists():
        rule = f"perturbed copies (crop.perturb) are the readings of {PERTURBED}, and a reader is called so"
        raise StudyError(str(own), rule, "give the reader's folder another name")


def _drawn_in(folder: Path) -> dict[str, Outline]:
    outlines: dict[str, Outline] = {}
    for file in sorted(folder.iterdir()):
        if (suffix := suffix_of(file)) is None:
            continue
        try:
            drawings = FORMATS[suffix](file)
        except RefusedError:
            rule = f"it is no outlines file of its kind ({suffix}), or it outlines an image twice"
            raise StudyError(str(file), rule, "export it again, or take it away") from None
        for stem, drawing in drawings.items():
            if stem in outlines:
                rule = f"{outlines[stem].file.name} and {file.name} both outline {stem}"
                raise StudyError(str(folder), rule, "keep one of them, or move one to another session")
            outlines[stem] = Outline(file, drawing)
    return outlines


def fitted(outline: Mask, frame: Mapping[str, int], min_pixels: int) -> Mask:
    """Move an outline from the exported frame into the clean frame.

    Parameters
    ----------
    outline : (exported_rows, exported_columns) bool array
        As the reader drew it.
    frame : mapping
        `rows, columns, offset_row, offset_column, exported_rows, exported_columns` of the clean image.
    min_pixels : int
        The least number of pixels left in the clean frame.

    Returns
    -------
    (rows, columns) bool array

    Raises
    ------
    RefusedError
        `outline_transposed`, `outline_size`, `outline_empty`, `outline_outside` or `outline_small`.
    """
    size = (frame["exported_rows"], frame["exported_columns"])
    if outline.shape != size:
        code = "outline_transposed" if outline.shape == size[::-1] else "outline_size"
        found, asked = (" x ".join(map(str, shape)) for shape in (outline.shape, size))
        raise RefusedError(code, f"{found}, not {asked}")
    if not outline.any():
        raise RefusedError("outline_empty")
    top, left = frame["offset_row"], frame["offset_column"]
    moved = outline[top : top + frame["rows"], left : left + frame["columns"]]
    if not moved.any():
        raise RefusedError("outline_outside")
    if (left_over := int(moved.sum())) < min_pixels:
        raise RefusedError("outline_small", f"{left_over}, not {min_pixels}")
    return moved
