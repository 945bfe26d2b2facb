"""Clean one exported file: its images, or rows that say why there are none."""

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.clean.clips.injection import find_injection_s
from sonomics.clean.clips.intensity_curve import Curve, measure_curve
from sonomics.clean.clips.times import read_frame_times_s
from sonomics.clean.clips.views import Pick, pick_frames
from sonomics.clean.images.acquisition import read_acquisition
from sonomics.clean.images.decode import (
    NO_PIXELS,
    UNREADABLE,
    Recording,
    UnusableError,
    ignore_harmless_warnings,
    open_recording,
    spread_evenly,
)
from sonomics.clean.images.kind import CONTRAST, FLOW, NOT_STATED, SEEN, TISSUE, read_stated_kind
from sonomics.clean.images.quality import UNDEFINED, measure_quality
from sonomics.clean.images.rows import Scan, make_curve_row, make_image_row, make_set_aside_row, make_unusable_row
from sonomics.clean.images.scan_region import Region, Scans, find_scans
from sonomics.clean.images.tags import read_number
from sonomics.clean.overlays.remove import remove_overlays
from sonomics.core.errors import ItemError
from sonomics.core.settings.clean import Clean
from sonomics.imaging.brightness import Picture, luma
from sonomics.imaging.colour import flow_share, shows_flow
from sonomics.imaging.scan_region import SMALLEST_SIDE

NO_VARIATION = "no_variation"
FIX = "leave it out of the export, and report it with the kind of the error if the file is sound"

Row = dict[str, Any]
Floats = NDArray[np.float64]


@dataclass
class Cleaned:
    """The result of one instance.

    Attributes
    ----------
    images : list of (dict, array or None)
        For each picked view a row of the table of images, without `file`, and its pixels (rows, columns), with a third
        axis of red, green and blue where there is flow; or a row with `keep` False and a reason, and None.
    marked : dict of str to array
        By image, its pixels before overlays were removed; images without overlays are left out.
    curves : list of dict
        One row of the table of curves per scan of a clip.
    """

    images: list[tuple[Row, Picture | None]] = field(default_factory=list)
    marked: dict[str, Picture] = field(default_factory=dict)
    curves: list[Row] = field(default_factory=list)


def clean_instance(entry: Row, settings: Clean, listed_injection_s: float = math.nan) -> Cleaned:
    """Clean one exported instance.

    Parameters
    ----------
    entry : dict
        A row of the manifest.
    settings : Clean
        Of which `views`, `overlays` and `injection` are read.
    listed_injection_s : float
        The cohort's time of injection, for `injection: {from: table}`.

    Returns
    -------
    Cleaned
        At least one image row, whatever the file contains.
    """
    if entry["reason"]:
        return Cleaned([(make_unusable_row(entry, entry["reason"]), None)])
    try:
        with ignore_harmless_warnings():
            recording = open_recording(Path(entry["file"]))
            _check_size(recording, Path(entry["file"]))
            return _clean(entry, recording, settings, listed_injection_s)
    except UnusableError as error:
        print(f"{entry['stem']}: {error}", file=sys.stderr)
        return Cleaned([(make_unusable_row(entry, error.reason), None)])
    except Exception as error:  # a header that is not what it should be can make any step raise anything
        rule = f"the file cannot be cleaned ({type(error).__name__})"
        print(f"{entry['stem']}: {ItemError(entry['stem'], entry['file'], rule, FIX)}", file=sys.stderr)
        return Cleaned([(make_unusable_row(entry, UNREADABLE), None)])


def _clean(entry: Row, recording: Recording, settings: Clean, listed_injection_s: float) -> Cleaned:
    survey = _survey(recording)
    scans = find_scans(recording.tags, np.max([luma(frame) for frame in survey], axis=0))
    intensity = _measure_intensity(recording, scans.regions, survey)
    times_s = read_frame_times_s(recording.tags, recording.count)
    rule = settings.injection
    cleaned = Cleaned()
    for number, region in enumerate(scans.regions):
        curve = measure_curve(times_s, intensity[number])
        scan = _describe_scan(entry, recording, scans, number, curve)
        injected_s = find_injection_s(rule, recording.tags, curve, listed_injection_s)
        since_s = None if times_s is None else times_s - injected_s
        if recording.count > 1:
            shifted = replace(curve, arrival_s=curve.arrival_s - injected_s)
            cleaned.curves.append(make_curve_row(entry, scan, since_s, recording.count, rule.from_, shifted))
        flow = max(flow_share(region.cut(frame)) for frame in survey)
        picks = pick_frames(intensity[number], since_s, settings.views, entry["view"], _list_kinds(flow, scan.contrast))
        pixels = _decode_picked(recording, survey, picks)
        for pick in picks:
            if pick.reason:
                cleaned.images.append((make_set_aside_row(entry, pick, scan), None))
            else:
                _add_image(cleaned, entry, pick, scan, region.cut(pixels[pick.frame]), settings)
    return cleaned


def _check_size(recording: Recording, file: Path) -> None:
    if min(recording.rows, recording.columns) < SMALLEST_SIDE:
        rule = f"{recording.rows} x {recording.columns} pixels are not a scan"
        raise UnusableError(NO_PIXELS, file, rule, "leave it out of the export")


def _survey(recording: Recording) -> list[Picture]:
    """Decode a few frames, evenly spread, on which the scan regions are located."""
    return list(recording.frames(spread_evenly(recording.count)))


def _measure_intensity(recording: Recording, regions: tuple[Region, ...], survey: list[Picture]) -> Floats:
    """Measure the mean grey level of every region in every frame, shape (regions, frames); one frame at a time."""
    frames: Iterator[Picture] = iter(survey) if recording.count == 1 else recording.frames(range(recording.count))
    return np.array([[luma(region.cut(frame)).mean() for region in regions] for frame in frames]).T


def _describe_scan(entry: Row, recording: Recording, scans: Scans, number: int, curve: Curve) -> Scan:
    region, stated = scans.regions[number], read_stated_kind(recording.tags)
    depth_mm = read_number(recording.tags, "DepthOfScanField")
    return Scan(
        stem=entry["stem"],
        suffix=f"-r{number}" if len(scans.regions) > 1 else "",
        number=number,
        region=region,
        region_from=scans.region_from,
        set_aside=scans.set_aside,
        size=(recording.rows, recording.columns),
        depth_mm=depth_mm if depth_mm > 0 else region.box.sides[0] * region.spacing_mm,
        stated=stated,
        contrast=stated.contrast or (SEEN if curve.doubles else NOT_STATED),
        acquisition=read_acquisition(recording.tags),
    )


def _list_kinds(flow: float, contrast: str) -> list[str]:
    return [FLOW if shows_flow(flow) else TISSUE, *([CONTRAST] if contrast else [])]


def _decode_picked(recording: Recording, survey: list[Picture], picks: list[Pick]) -> dict[int, Picture]:
    """Decode the frames that were picked."""
    numbers = sorted({pick.frame for pick in picks if not pick.reason})
    return dict(zip(numbers, survey if recording.count == 1 else recording.frames(numbers), strict=False))


def _add_image(cleaned: Cleaned, entry: Row, pick: Pick, scan: Scan, exported: Picture, settings: Clean) -> None:
    flow, pixels, marks = flow_share(exported), exported, 0
    if settings.overlays == "remove":
        pixels, overlays = remove_overlays(exported)
        marks = int(overlays.sum())
    shown, before = (part if shows_flow(flow) else luma(part) for part in (pixels, exported))
    quality = measure_quality(luma(pixels))
    row = make_image_row(entry, pick, scan, shown, marks, flow, quality)
    if quality is UNDEFINED:
        cleaned.images.append((row | {"keep": False, "reason": NO_VARIATION}, None))
        return
    cleaned.images.append((row, shown))
    if marks:
        cleaned.marked[row["image"]] = before
