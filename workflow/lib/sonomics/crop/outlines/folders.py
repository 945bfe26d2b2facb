"""Find the outlines that readers drew: one folder per reader and session."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sonomics.core.errors import StudyError
from sonomics.core.schemas import PERTURBED
from sonomics.crop.outlines.drawings import Drawing, MaskRequest
from sonomics.crop.outlines.names import strip_additions
from sonomics.crop.outlines.rasterise import Mask
from sonomics.crop.outlines.refusals import FILE, UNREADABLE, RefusedError
from sonomics.kinds.outlines import OUTLINES, format_of


class Reading(NamedTuple):
    """One reader in one session; sorts by both."""

    reader: str
    session: str


class Outline(NamedTuple):
    """A file and what is drawn in it for one image.

    Attributes
    ----------
    file : Path
    drawing : Drawing
    name : str
        Of the image, as the file or its tool states it, without folders and ending.
    number : int
        Of the outline in its file, from 1.
    place : int
        Of the file in its folder by name, from 1.
    refusal : str
        Of a file of many images that cannot be read as a whole: a key of `REASONS`. It is listed under the name of
        the file, which is that of no image.
    """

    file: Path
    drawing: Drawing
    name: str
    number: int
    place: int
    refusal: str = ""

    def describe(self, *, known: bool) -> str:
        """Name the outline for a message.

        Parameters
        ----------
        known : bool
            Whether it names an image of the study. Any other text, as a file's name or inside a file of many images,
            may be a patient's name: numbers stand for it.
        """
        if known and self.file.name.startswith(self.name):
            return self.file.name
        file = f"file {self.place} ({''.join(self.file.suffixes[-2:])})"
        if self.refusal or self.file.name.startswith(self.name):
            return file
        return f"{self.name} in {file}" if known else f"outline {self.number} of {file}"


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
        Sorted by reader and session. An outline whose name has what tools add (`_mask`, a hash) goes by its name with
        and without it. A file of many images that cannot be read goes by its own name, with its `refusal`.

    Raises
    ------
    StudyError
        When one reader outlined an image twice in a session, a file lies outside the folder of a session, or a reader
        has the reserved name of perturbed copies. It quotes no name of a file or folder.
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
            kinds = ", ".join(sorted({path.suffix.lower() for path in astray}))
            rule = f"outlines must lie in folders <reader>/<session>/, and {len(astray)} ({kinds}) lie elsewhere"
            raise StudyError(str(root), rule, f"move them, for example to {root.name}/reader_1/1/")
    if braced := sum("{" in str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()):
        rule = f"Snakemake takes braces in a path for wildcards, and {braced} files have one"
        raise StudyError(str(root), rule, "rename the files or their folders")
    if (reserved := root / PERTURBED).exists():
        rule = f"{PERTURBED} is reserved for the copies that crop.perturb makes; a reader cannot have this name"
        raise StudyError(str(reserved), rule, "rename the reader's folder")


def _read_session(folder: Path) -> dict[str, Outline]:
    outlines: dict[str, Outline] = {}
    for place, file in enumerate(sorted(folder.iterdir()), start=1):
        if (kind := format_of(file)) is None:
            continue
        try:
            drawings = OUTLINES.build(kind.name)(file)
        except Exception as error:  # a damaged file can make a reader raise anything
            code = error.code if isinstance(error, RefusedError) else UNREADABLE
            code = FILE if code == UNREADABLE else code
            outlines[file.name] = Outline(file, partial(_refuse, code), file.name, 0, place, code)
            continue
        for number, (name, drawing) in enumerate(drawings.items(), start=1):
            outline = Outline(file, drawing, name, number, place)
            for stem in dict.fromkeys((name, strip_additions(name))):
                if stem in outlines:
                    raise _report_two(folder, outlines[stem], outline)
                outlines[stem] = outline
    return outlines


def _refuse(code: str, request: MaskRequest) -> Mask:
    raise RefusedError(code)


def _report_two(folder: Path, one: Outline, other: Outline) -> StudyError:
    first, second = one.describe(known=False), other.describe(known=False)
    rule = f"{first} and {second}, by name, both outline one image"
    return StudyError(str(folder), rule, "keep one of them, or move one to another session")
