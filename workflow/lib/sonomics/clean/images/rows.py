"""Make the rows of the tables of images and curves."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.clean.clips.intensity_curve import Curve
from sonomics.clean.clips.views import Pick
from sonomics.clean.images.acquisition import Acquisition
from sonomics.clean.images.kind import NO, YES, StatedKind
from sonomics.clean.images.quality import UNDEFINED, Quality
from sonomics.clean.images.scan_region import SOURCE, UNKNOWN, Region
from sonomics.clean.screening.hashes import difference_hash, hash_pixels
from sonomics.imaging.brightness import Picture, luma
from sonomics.imaging.colour import shows_flow

CARRIED = ("patient", "case", "exam", "instance", "centre", "device")
EMPTY_ROW = {
    "rows": 0, "columns": 0, "offset_row": 0, "offset_column": 0, "overlay_pixels": 0, "region": -1, "region_from": "",
    "regions_set_aside": 0, "depth_mm": math.nan, "flow": "", "flow_share": math.nan, "flow_stated": "",
    "dimension": "", "contrast": "", **asdict(Acquisition()),
    **asdict(UNDEFINED), "file": "", "sha256": "", "dhash": "", "keep": False,
}  # fmt: skip

Row = dict[str, Any]


@dataclass(frozen=True)
class Scan:
    """One scan of an instance.

    Attributes
    ----------
    stem : str
        Of the instance.
    suffix : str
        `-r<number>` when the instance has several scans, else "".
    number : int
    region : Region
    region_from : str
        As `Scans.region_from`.
    set_aside : int
        Stale regions of the file.
    size : (int, int)
        Rows and columns of the exported frame.
    depth_mm : float
        Depth of Scan Field (0018,5050), else the height of the region; NaN when its spacing is unknown.
    stated : StatedKind
    contrast : str
        `stated`, `seen`, or "".
    acquisition : Acquisition
    """

    stem: str
    suffix: str
    number: int
    region: Region
    region_from: str
    set_aside: int
    size: tuple[int, int]
    depth_mm: float
    stated: StatedKind
    contrast: str
    acquisition: Acquisition


def make_unusable_row(entry: Row, reason: str) -> Row:
    """Make the row of an instance that could not be decoded."""
    return _start_row(entry, Pick("", reason=reason)) | {
        "image": entry["stem"],
        "exported_rows": entry["rows"],
        "exported_columns": entry["columns"],
        **_spacing_columns(entry, math.nan, UNKNOWN),
    }


def make_set_aside_row(entry: Row, pick: Pick, scan: Scan) -> Row:
    """Make the row of a scan of which no frame was picked."""
    name = f"{scan.stem}{scan.suffix}"
    return (
        _start_row(entry, pick) | _scan_columns(entry, scan) | {"image": f"{name}-{pick.view}" if pick.view else name}
    )


def make_image_row(
    entry: Row, pick: Pick, scan: Scan, pixels: Picture, marks: int, flow: float, scores: Quality
) -> Row:
    """Make the row of a clean image.

    Parameters
    ----------
    entry : dict
        The instance's row of the manifest.
    pick : Pick
        With a frame.
    scan : Scan
    pixels : (rows, columns) or (rows, columns, 3) uint8
    marks : int
        Number of overlay pixels that were filled.
    flow : float
        From `flow_share`.
    scores : Quality
    """
    grey = luma(pixels)
    return _start_row(entry, pick) | _scan_columns(entry, scan) | {
        "image": f"{scan.stem}-f{pick.frame}{scan.suffix}",
        "rows": grey.shape[0],
        "columns": grey.shape[1],
        "flow": YES if shows_flow(flow) else NO,
        "flow_share": flow,
        **asdict(scores),
        "overlay_pixels": marks,
        "sha256": hash_pixels(pixels),
        "dhash": difference_hash(grey),
        "keep": True,
    }  # fmt: skip


def make_curve_row(
    entry: Row, scan: Scan, times_s: NDArray[np.float64] | None, frames: int, rule: str, curve: Curve
) -> Row:
    """Make the row of a clip's curve.

    Parameters
    ----------
    entry : dict
        The instance's row of the manifest.
    scan : Scan
    times_s : (frames,) array or None
        Since injection.
    frames : int
    rule : str
        Source of the time of injection.
    curve : Curve
        On the same clock.
    """
    first_s, last_s = (math.nan, math.nan) if times_s is None else (float(times_s[0]), float(times_s[-1]))
    return {
        **{name: entry[name] for name in ("patient", "case", "exam", "instance")},
        "clip": f"{scan.stem}{scan.suffix}",
        "region": scan.number,
        "frames": frames,
        "first_s": first_s,
        "last_s": last_s,
        "time_from": rule,
        **asdict(curve),
    }


def _start_row(entry: Row, pick: Pick) -> Row:
    picked = {"view": pick.view, "frame": pick.frame, "time_s": pick.time_s, "reason": pick.reason}
    return {name: entry[name] for name in CARRIED} | EMPTY_ROW | picked


def _scan_columns(entry: Row, scan: Scan) -> Row:
    return {
        "exported_rows": scan.size[0],
        "exported_columns": scan.size[1],
        "offset_row": scan.region.box.top,
        "offset_column": scan.region.box.left,
        "region": scan.number,
        "region_from": scan.region_from,
        "regions_set_aside": scan.set_aside,
        "depth_mm": scan.depth_mm,
        "flow_stated": scan.stated.flow,
        "dimension": scan.stated.dimension,
        "contrast": scan.contrast,
        **asdict(scan.acquisition),
        **_spacing_columns(entry, scan.region.spacing_mm, scan.region.spacing_from),
    }


def _spacing_columns(entry: Row, spacing_mm: float, spacing_from: str) -> Row:
    """Take the spacing of the scan, else the source's."""
    if math.isnan(spacing_mm) and not math.isnan(entry["spacing_mm"]):
        return {"spacing_mm": entry["spacing_mm"], "spacing_from": SOURCE}
    return {"spacing_mm": spacing_mm, "spacing_from": spacing_from}
