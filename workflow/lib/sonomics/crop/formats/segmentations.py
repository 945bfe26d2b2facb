"""DICOM Segmentation objects (PS3.3, A.51), binary, fractional or label map."""

import struct
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sonomics.crop.outlines.drawings import MALFORMED, Drawing, MaskRequest
from sonomics.crop.outlines.rasterise import Mask
from sonomics.crop.outlines.refusals import RefusedError

SEGMENTATION = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")


class Plane(NamedTuple):
    """One frame of the file.

    Attributes
    ----------
    pixels : (rows, columns) array of int
    segment : int or None
        Number of the segment; None in a label map.
    images : set of str
        Instances that the plane was drawn on.
    frames : set of int
        Frames of the instance that the plane was drawn on, from 1; empty when it holds for all frames.
    """

    pixels: NDArray[np.integer[Any]]
    segment: int | None
    images: set[str]
    frames: set[int]


def read_segmentation(file: Path) -> dict[str, Drawing]:
    """Read a segmentation named after its image; in a fractional one, pixels above half of the maximum are inside."""
    return {file.stem: lambda request: _draw(file, request)}


def _draw(file: Path, request: MaskRequest) -> Mask:
    from pydicom import dcmread
    from pydicom.errors import InvalidDicomError

    try:
        dataset = dcmread(file)
        if dataset.get("SOPClassUID") not in SEGMENTATION:
            raise RefusedError("outline_unreadable")
        return _combine_planes(dataset, request)
    except (InvalidDicomError, AttributeError, EOFError, RuntimeError, struct.error, *MALFORMED):
        raise RefusedError("outline_unreadable") from None


def _combine_planes(dataset: Any, request: MaskRequest) -> Mask:
    names = {int(item.SegmentNumber): str(item.get("SegmentLabel", "")) for item in dataset.SegmentSequence}
    numbers = {number for number, name in names.items() if request.label in ("", name)}
    numbers = (numbers or {number for number in names if str(number) == request.label}) - {0}
    if not numbers:
        raise RefusedError("outline_label")
    planes = _read_planes(dataset)
    for_all_frames = [plane.segment for plane in planes if not plane.frames]
    if len(for_all_frames) > len(set(for_all_frames)) or len(set().union(*(plane.images for plane in planes))) > 1:
        raise RefusedError("outline_frames")
    half = int(dataset.get("MaximumFractionalValue", 1)) / 2
    mask = np.zeros(planes[0].pixels.shape, dtype=np.bool_)
    for plane in planes:
        if plane.frames and request.frame + 1 not in plane.frames:
            continue
        if dataset.get("SegmentationType") == "LABELMAP":
            mask |= np.isin(plane.pixels, list(numbers))
        elif not request.label or plane.segment in numbers:
            mask |= plane.pixels > half
    return mask


def _read_planes(dataset: Any) -> list[Plane]:
    pixels = dataset.pixel_array
    stack = pixels if pixels.ndim == 3 else pixels[None]
    shared = dataset.get("SharedFunctionalGroupsSequence") or [{}]
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or [{}] * len(stack)
    return [_read_plane(plane, group, shared[0]) for plane, group in zip(stack, groups, strict=True)]


def _read_plane(pixels: NDArray[np.integer[Any]], group: Any, shared: Any) -> Plane:
    identity = group.get("SegmentIdentificationSequence") or shared.get("SegmentIdentificationSequence")
    derivations = group.get("DerivationImageSequence") or shared.get("DerivationImageSequence") or []
    sources = [source for derivation in derivations for source in derivation.get("SourceImageSequence") or []]
    numbers = [np.atleast_1d(source.get("ReferencedFrameNumber", [])) for source in sources]
    return Plane(
        pixels,
        int(identity[0].ReferencedSegmentNumber) if identity else None,
        {str(source.ReferencedSOPInstanceUID) for source in sources if "ReferencedSOPInstanceUID" in source},
        {int(number) for several in numbers for number in several},
    )
