"""What the words of the ultrasound lexicons describe, measured on the lesion and its surroundings."""

from sonomics.core.settings.extract import Family
from sonomics.kinds.families import FamilyKind, Spacing


class Lexicon(Family):
    """The pixel spacing."""

    resample_mm: Spacing


KIND = FamilyKind(
    name="lexicon",
    settings=Lexicon,
    builder="sonomics.extract.lexicon:main",
    is_hand_crafted=True,
    own_engine=True,
    words="descriptors of shape, orientation, margin, echo pattern and posterior echoes",
    grey_levels="grey levels as they are",
)
