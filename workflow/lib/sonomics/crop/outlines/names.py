"""Which image a name means, as drawing tools write it."""

import re
from pathlib import PurePosixPath

# What tools add to the name of an image, one per pattern.
ADDITIONS = (
    re.compile(r"[_.](png|jpe?g|bmp|tiff?|dcm)(\.rf\.\w+)?$", re.IGNORECASE),  # of Roboflow, with a hash
    re.compile(r"[-_. ](masks?|labels?|labelmap|seg|segmentations?|annotations?|gt)$", re.IGNORECASE),
)


def stem_of_file(name: str) -> str:
    """Return the name of a file without its folders and its ending; folders may be separated as on Windows.

    >>> stem_of_file(r"..\\images\\P1-e1-i1.png")
    'P1-e1-i1'
    """
    return PurePosixPath(name.replace("\\", "/")).stem


def strip_additions(stem: str) -> str:
    """Strip what drawing tools add to the name of an image.

    >>> strip_additions("P1-e1-i1_png.rf.0f3a"), strip_additions("P1-e1-i1_mask"), strip_additions("P1-e1-i1")
    ('P1-e1-i1', 'P1-e1-i1', 'P1-e1-i1')
    """
    shorter = stem
    for addition in ADDITIONS:
        shorter = addition.sub("", shorter)
    return stem if not shorter else shorter if shorter == stem else strip_additions(shorter)
