"""DICOM Segmentation objects (PS3.3, A.51), binary, fractional or label map."""

from pathlib import Path
from typing import Any

import numpy as np

from sonomics.crop.drawings import Drawing, Mask, RefusedError, Wanted

SEGMENTATION = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")


def read_segmentation(file: Path) -> dict[str, Drawing]:
    """Read a segmentation named after its image; the frames it refers to are numbered from 1 in the file."""
    return {file.stem: lambda wanted: _drawn(file, wanted)}


def _drawn(file: Path, wanted: Wanted) -> Mask:
    from pydicom import dcmread
    from pydicom.errors import InvalidDicomError

    try:
        dataset = dcmread(file)
    except InvalidDicomError:
        raise RefusedError("outline_unreadable") from None
    if dataset.get("SOPClassUID") not in SEGMENTATION:
        raise RefusedError("outline_unreadable")
    pixels = dataset.pixel_array
    planes = pixels if pixels.ndim == 3 else pixels[None]
    segments = {_name(item): int(item.SegmentNumber) for item in dataset.SegmentSequence}
    number = segments.get(wanted.label, int(wanted.label) if wanted.label.isdigit() else None)
    if wanted.label and number not in segments.values():
        raise RefusedError("outline_label")
    mask = np.zeros(planes.shape[1:], dtype=np.bool_)
    is_map = dataset.get("SegmentationType") == "LABELMAP"
    half = int(dataset.get("MaximumFractionalValue", 1)) / 2
    for plane, group in zip(planes, _groups(dataset, len(planes)), strict=True):
        if group["frame"] not in (None, wanted.frame + 1):
            continue
        if is_map:
            mask |= plane == number if wanted.label else plane > 0
        elif not wanted.label or group["segment"] == number:
            mask |= plane > half
    return mask


def _name(item: Any) -> str:
    return str(item.get("SegmentLabel", item.SegmentNumber))


def _groups(dataset: Any, count: int) -> list[dict[str, int | None]]:
    """Say of each plane which segment it is, and on which frame of the image it was drawn."""
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or [None] * count
    return [{"segment": _segment(group), "frame": _frame(group)} for group in groups]


def _segment(group: Any) -> int | None:
    found = group.get("SegmentIdentificationSequence") if group is not None else None
    return int(found[0].ReferencedSegmentNumber) if found else None


def _frame(group: Any) -> int | None:
    for derivation in (group.get("DerivationImageSequence") or []) if group is not None else []:
        for source in derivation.get("SourceImageSequence") or []:
            if (frame := source.get("ReferencedFrameNumber")) is not None:
                return int(frame if isinstance(frame, int | str | float) else frame[0])
    return None
