"""Parameters of the time-intensity curve of a contrast clip."""

from sonomics.core.settings.extract import Family
from sonomics.kinds.families import FamilyKind

KIND = FamilyKind(
    name="contrast",
    settings=Family,
    builder="sonomics.extract.contrast:main",
    reads="curves",
    words="parameters of the time-intensity curve of a contrast clip",
)
