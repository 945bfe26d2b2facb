"""Values of DICOM elements, or nothing when an element is absent or malformed."""

import math
from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as Items


def number(tags: Dataset, keyword: str) -> float:
    """Return the (first) number of an element; NaN when there is none."""
    return next(iter(numbers(tags, keyword)), math.nan)


def numbers(tags: Dataset, keyword: str) -> list[float]:
    """Return the numbers of an element; empty when it is absent or one of them is no finite number."""
    try:
        found = [float(value) for value in _values(tags, keyword)]
    except (TypeError, ValueError, OverflowError):
        return []
    return found if all(math.isfinite(value) for value in found) else []


def text(tags: Dataset, keyword: str) -> str:
    """Return the text of an element, several values joined by a backslash; "" when it is absent."""
    return "\\".join(str(value).strip() for value in _values(tags, keyword))


def items(tags: Dataset, keyword: str) -> Sequence[Dataset]:
    """Return the items of a sequence; empty when it is absent or no sequence."""
    value = _value(tags, keyword)
    return list(value) if isinstance(value, Items) else []


def _values(tags: Dataset, keyword: str) -> Sequence[Any]:
    value = _value(tags, keyword)
    if value is None or isinstance(value, Items):
        return []
    return list(value) if isinstance(value, MultiValue | list | tuple) else [value]


def _value(tags: Dataset, keyword: str) -> Any:
    try:
        return tags.get(keyword)
    except Exception:  # pydicom converts a value when it is asked for, and a malformed one can raise anything
        return None
