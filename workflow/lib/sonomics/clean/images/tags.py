"""Read values of DICOM elements; nothing when an element is absent or malformed."""

import math
from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as Items


def read_number(tags: Dataset, keyword: str) -> float:
    """Return the (first) number of an element; NaN when there is none."""
    return next(iter(read_numbers(tags, keyword)), math.nan)


def read_numbers(tags: Dataset, keyword: str) -> list[float]:
    """Return the numbers of an element; empty when it is absent or one of them is not a finite number."""
    try:
        converted = [float(value) for value in _read_values(tags, keyword)]
    except (TypeError, ValueError, OverflowError):
        return []
    return converted if all(math.isfinite(value) for value in converted) else []


def read_text(tags: Dataset, keyword: str) -> str:
    """Return the text of an element, several values joined by a backslash; "" when it is absent."""
    return "\\".join(str(value).strip() for value in _read_values(tags, keyword))


def read_items(tags: Dataset, keyword: str) -> Sequence[Dataset]:
    """Return the items of a sequence; empty when it is absent or not a sequence."""
    value = _read_value(tags, keyword)
    return list(value) if isinstance(value, Items) else []


def _read_values(tags: Dataset, keyword: str) -> Sequence[Any]:
    value = _read_value(tags, keyword)
    if value is None or isinstance(value, Items):
        return []
    return list(value) if isinstance(value, MultiValue | list | tuple) else [value]


def _read_value(tags: Dataset, keyword: str) -> Any:
    try:
        return tags.get(keyword)
    except Exception:  # pydicom converts a value when it is read, and a malformed one can raise anything
        return None
