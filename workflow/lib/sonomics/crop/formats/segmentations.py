"""DICOM Segmentation objects (PS3.3, A.51), binary, fractional or label map."""

import struct
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sonomics.crop.outlines.drawings import MALFORMED, Drawing, Mask, RefusedError, Wanted

SEGMENTATION = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")


class Plane(NamedTuple):
    """One frame of the file.

    Attributes
    ----------
    pixels : (rows, columns) array of int
    segment : int or None
        None in a label map.
    images : set of str
        The instances that it was drawn on.
    frames : set of int
        Those of the instance that it was drawn on, from 1; empty when it holds for all.
    """

    pixels: NDArray[np.integer]
    segment: int | None
    images: set[str]
    frames: set[int]


def read_segmentation(file: Path) -> dict[str, Drawing]:
    """Read a segmentation named after its image; a pixel of a fractional one is inside above half of its maximum."""
    return {file.stem: lambda wanted: _drawn(file, wanted)}


def _drawn(file: Path, wanted: Wanted) -> Mask:
    from pydicom import dcmread
    from pydicom.errors import InvalidDicomError

    try:
        dataset = dcmread(file)
        if dataset.get("SOPClassUID") not in SEGMENTATION:
            raise RefusedError("outline_unreadable")
        return _mask(dataset, wanted)
    except (InvalidDicomError, AttributeError, EOFError, RuntimeError, struct.error, *MALFORMED):
        raise RefusedError("outline_unreadable") from None


def _mask(dataset: Any, wanted: Wanted) -> Mask:
    names = {int(item.SegmentNumber): str(item.get("SegmentLabel", "")) for item in dataset.SegmentSequence}
    numbers = {number for number, name in names.items() if wanted.label in ("", name)}
    numbers = (numbers or {number for number in names if str(number) == wanted.label}) - {0}
    if not numbers:
        raise RefusedError("outline_label")
    planes = _planes(dataset)
    for_all = [plane.segment for plane in planes if not plane.frames]
    if len(for_all) > len(set(for_all)) or len(set().union(*(plane.images for plane in planes))) > 1:
        raise RefusedError("outline_frames")
    half = int(dataset.get("MaximumFractionalValue", 1)) / 2
    mask = np.zeros(planes[0].pixels.shape, dtype=np.bool_)
    for plane in planes:
        if plane.frames and wanted.frame + 1 not in plane.frames:
            continue
        if dataset.get("SegmentationType") == "LABELMAP":
            mask |= np.isin(plane.pixels, list(numbers))
        elif not wanted.label or plane.segment in numbers:
            mask |= plane.pixels > half
    return mask


def _planes(dataset: Any) -> list[Plane]:
    pixels = dataset.pixel_array
    stack = pixels if pixels.ndim == 3 else pixels[None]
    shared = dataset.get("SharedFunctionalGroupsSequence") or [{}]
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or [{}] * len(stack)
    return [_plane(plane, group, shared[0]) for plane, group in zip(stack, groups, strict=True)]


def _plane(pixels: NDArray[np.integer], own: Any, shared: Any) -> Plane:
    identity = own.get("SegmentIdentificationSequence") or shared.get("SegmentIdentificationSequence")
    derivations = own.get("DerivationImageSequence") or shared.get("DerivationImageSequence") or []
    sources = [source for derivation in derivations for source in derivation.get("SourceImageSequence") or []]
    numbers = [np.atleast_1d(source.get("ReferencedFrameNumber", [])) for source in sources]
    return Plane(
        pixels,
        int(identity[0].ReferencedSegmentNumber) if identity else None,
        {str(source.ReferencedSOPInstanceUID) for source in sources if "ReferencedSOPInstanceUID" in source},
        {int(number) for several in numbers for number in several},
    )
