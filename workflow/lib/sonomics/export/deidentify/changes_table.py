"""The table of what de-identification changed: keywords and counts, never a value."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from sonomics.core import schemas
from sonomics.core.tables import empty_table
from sonomics.export.deidentify.dataset import Changes
from sonomics.export.deidentify.header import CODED, MALFORMED, PRIVATE, UNKNOWN
from sonomics.export.deidentify.profile import Action
from sonomics.imaging.boxes import Box

COUNTED = {
    Action.REMOVE: "n__removed",
    Action.EMPTY: "n__emptied",
    Action.DUMMY: "n__replaced",
    Action.UID: "n__uids",
    Action.SHIFT: "n__dates_shifted",
    Action.PSEUDONYM: "n__device_pseudonyms",
    PRIVATE: "n__private",
    UNKNOWN: "n__unknown",
    MALFORMED: "n__malformed",
    CODED: "n__devices_coded",
}


def make_changes_row(named: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """Make the row of one instance.

    Parameters
    ----------
    named : mapping
        `stem, patient, case, centre, device`.
    changes : Changes
    """
    return {
        **{name: named[name] for name in ("stem", "patient", "case", "centre", "device")},
        **{column: float(changes.counts.get(str(kind), 0)) for kind, column in COUNTED.items()},
        "removed": " ".join(changes.removed),
        "cleaned": " ".join(changes.cleaned),
        "scan": changes.scan.source,
        "scan_boxes": _format_boxes(changes.scan.boxes),
        "stale_regions": changes.scan.stale,
        "blanked_pixels": changes.blanked_pixels,
        "text_boxes": _format_boxes(changes.text),
        "text_lines": len(changes.text),
    }


def make_changes_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Join rows to a table, which may be empty."""
    return pd.DataFrame(rows) if rows else empty_table(schemas.CHANGES)


def _format_boxes(boxes: Iterable[Box]) -> str:
    """Write boxes as `top,left,bottom,right`, separated by blanks."""
    return " ".join(",".join(str(side) for side in box) for box in boxes)
