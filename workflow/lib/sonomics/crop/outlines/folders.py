"""Find the outlines that readers drew: one folder per reader and session."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from sonomics.core.errors import StudyError, name_error
from sonomics.core.schemas import PERTURBED
from sonomics.crop.outlines.drawings import Drawing
from sonomics.crop.outlines.refusals import RefusedError
from sonomics.kinds.outlines import OUTLINES, format_of


class Reading(NamedTuple):
    """One reader in one session; sorts by both."""

    reader: str
    session: str


class Outline(NamedTuple):
    """A file and what is drawn in it for one image."""

    file: Path
    drawing: Drawing


def find_outlines(roots: Iterable[Path]) -> dict[Reading, dict[str, Outline]]:
    """Find the outlines under `<root>/<reader>/<session>/`, whatever tool they were drawn with.

    Parameters
    ----------
    roots : iterable of Path
        The source's folder, then the user's: an outline in a later root replaces one of the same stem in an earlier
        root. A folder that does not exist holds no outlines.

    Returns
    -------
    dict of Reading to dict of stem to Outline
        Sorted by reader and session.

    Raises
    ------
    StudyError
        When one reader outlined an image twice in a session, a file of many images cannot be read, a file lies
        outside the folder of a session, or a reader has the reserved name of perturbed copies.
    """
    outlines: dict[Reading, dict[str, Outline]] = {}
    for root in roots:
        _check_layout(root)
        for folder in sorted(root.glob("*/*/")):
            reading = Reading(folder.parent.name, folder.name)
            outlines.setdefault(reading, {}).update(_read_session(folder))
    return dict(sorted(outlines.items()))


def _check_layout(root: Path) -> None:
    for depth in ("*", "*/*", "*/*/*/*"):
        if astray := sorted(path for path in root.glob(depth) if path.is_file() and format_of(path)):
            rule = "an outline must lie in a folder <reader>/<session>/"
            raise StudyError(str(astray[0]), rule, f"move it, for example to {root.name}/reader_1/1/")
    if braced := sorted(path for path in root.rglob("*") if "{" in str(path.relative_to(root)) and path.is_file()):
        rule = "Snakemake takes braces in a path for wildcards"
        raise StudyError(str(braced[0]), rule, "rename the file or its folder")
    if (reserved := root / PERTURBED).exists():
        rule = f"{PERTURBED} is reserved for the copies that crop.perturb makes; a reader cannot have this name"
        raise StudyError(str(reserved), rule, "rename the reader's folder")


def _read_session(folder: Path) -> dict[str, Outline]:
    outlines: dict[str, Outline] = {}
    for file in sorted(folder.iterdir()):
        if (kind := format_of(file)) is None:
            continue
        try:
            drawings = OUTLINES.build(kind.name)(file)
        except Exception as error:  # a damaged file can make a reader raise anything
            cause = "" if isinstance(error, RefusedError) else f" ({name_error(error)})"
            rule = f"the file does not hold {kind.words}, or it outlines an image twice{cause}"
            raise StudyError(str(file), rule, "export it again, or remove it") from None
        for stem, drawing in drawings.items():
            if stem in outlines:
                rule = f"{outlines[stem].file.name} and {file.name} both outline {stem}"
                raise StudyError(str(folder), rule, "keep one of them, or move one to another session")
            outlines[stem] = Outline(file, drawing)
    return outlines
