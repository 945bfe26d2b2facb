"""Accept the numbers of a header: as many as the element may have, and within its range.

A length that is corrupt makes an element swallow what follows it, so that "numbers" are the bytes of a name.
"""

import re
import struct
from collections.abc import Sequence

from pydicom.datadict import dictionary_has_tag, dictionary_VM
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from sonomics.export.deidentify.profile import read_ranges

# Elements with any number of values, and the element beside them that says how many.
STATED_BY = {
    "FrameTimeVector": "NumberOfFrames",
    "FrameNumbersOfInterest": "NumberOfFrames",
    "TableOfXBreakPoints": "NumberOfTableBreakPoints",
    "TableOfYBreakPoints": "NumberOfTableBreakPoints",
    "TableOfPixelValues": "NumberOfTableEntries",
    "TableOfParameterValues": "NumberOfTableEntries",
    "EventElapsedTimes": "NumberOfEventTimers",
}
MOST_VALUES = 64  # of other elements with any number of values; a convention
SMALLEST = 1e-12  # of a number that is not 0; a convention: letters read as a float are mostly smaller, or huge
FLOATS = {"FL": "<f", "FD": "<d"}
_LIKE_TEXT = re.compile(rb"[ -~]{8}")


def are_plausible(keyword: str, vr: str, numbers: Sequence[float], around: Dataset) -> bool:
    """Tell whether numbers can be the values of an element.

    Parameters
    ----------
    keyword, vr : str
        The element.
    numbers : sequence of float
    around : Dataset
        The dataset that holds it, which may say how many values it has.
    """
    if len(numbers) > _count_most(keyword, around):
        return False
    if vr == "AT":
        return all(dictionary_has_tag(int(number)) for number in numbers)
    least, most = read_ranges()[keyword]
    if not all(least <= number <= most for number in numbers):
        return False
    if vr not in FLOATS:
        return True
    if any(0 < abs(number) < SMALLEST for number in numbers):
        return False
    return len(numbers) == 1 or not _LIKE_TEXT.search(b"".join(struct.pack(FLOATS[vr], number) for number in numbers))


def _count_most(keyword: str, around: Dataset) -> int:
    most = dictionary_VM(Tag(keyword)).rpartition("-")[2]
    if most.isdigit():
        return int(most)
    try:
        return int(around.get(STATED_BY.get(keyword, ""), None) or MOST_VALUES)
    except (TypeError, ValueError):
        return MOST_VALUES
