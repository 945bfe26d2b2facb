"""Trees of results: named values, undefined ones with their reason, as plain JSON."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

Tree = dict[str, Any]
NO_REASON = "undefined"


class Undefined(float):
    """NaN that knows why."""

    reason: str

    def __new__(cls, reason: str) -> "Undefined":
        """Return a NaN with its reason."""
        self = super().__new__(cls, math.nan)
        self.reason = reason or NO_REASON
        return self


def pick_fields(result: Any, names: Mapping[str, Sequence[str]]) -> Tree:
    """Take fields of a result under other names; a tuple of fields becomes a list, NaN carries the result's reason.

    Parameters
    ----------
    result : NamedTuple
        With a field `reason` where it may be undefined.
    names : mapping
        Name in the tree -> field, or fields, of the result.
    """
    reason = getattr(result, "reason", "")
    return {
        name: explain_nan(getattr(result, fields), reason)
        if isinstance(fields, str)
        else [explain_nan(getattr(result, field), reason) for field in fields]
        for name, fields in names.items()
    }


def explain_nan(value: Any, reason: str) -> Any:
    """Give a NaN its reason; every other value stays."""
    return Undefined(reason) if isinstance(value, float) and math.isnan(value) else value


def undefined_fields(names: Iterable[str], reason: str) -> Tree:
    """Return a tree of undefined values."""
    return {name: Undefined(reason) for name in names}


def to_plain(value: Any) -> Any:
    """Turn a tree into what JSON knows: NaN becomes None, infinity "Inf", arrays lists."""
    if isinstance(value, Mapping):
        return {str(name): to_plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [to_plain(part) for part in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        if math.isnan(value):
            return None
        return float(value) if math.isfinite(value) else "Inf" if value > 0 else "-Inf"
    return value


def list_reasons(value: Any, path: str = "") -> dict[str, str]:
    """List why values are undefined, by dotted path, in the order of the tree."""
    if isinstance(value, Mapping):
        parts: Iterable[tuple[str, Any]] = (
            (f"{path}.{name}" if path else str(name), part) for name, part in value.items()
        )
    elif isinstance(value, list | tuple | np.ndarray):
        parts = ((f"{path}[{index}]", part) for index, part in enumerate(value))
    else:
        undefined = isinstance(value, float | np.floating) and math.isnan(value)
        return {path: getattr(value, "reason", NO_REASON)} if undefined else {}
    return {name: reason for where, part in parts for name, reason in list_reasons(part, where).items()}
