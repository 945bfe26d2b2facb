"""File formats of outlines, recognised by how a file's name ends."""

from dataclasses import dataclass
from pathlib import Path

from sonomics.core.registry import Group
from sonomics.kinds.choices import Choice


@dataclass(frozen=True, kw_only=True)
class OutlineKind(Choice):
    """A file format of outlines.

    Its builder is a function `read(file) -> drawings`: from the path of a file to the drawing of each image in it, by
    the image's stem; it raises RefusedError when the file is not of this format.

    Attributes
    ----------
    endings : tuple of str
        How the names of its files end, in small letters.
    """

    endings: tuple[str, ...]

    def ending_of(self, file: Path) -> str:
        """Return the longest of the endings that a file's name has; "" when it has none."""
        return max((end for end in self.endings if file.name.lower().endswith(end)), key=len, default="")


OUTLINES: Group[OutlineKind] = Group("outlines", "data/outlines")


def format_of(file: Path) -> OutlineKind | None:
    """Return the format of a file, that of the longest ending of its name; None when the file holds no outlines."""
    kinds = [OUTLINES.get(name) for name in OUTLINES.names()]
    fitting = [kind for kind in kinds if kind.ending_of(file)]
    return max(fitting, key=lambda kind: len(kind.ending_of(file)), default=None)
