"""NIfTI, NRRD and MetaImage, as ITK-SNAP and 3D Slicer export them."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonomics.crop.outlines.drawings import Drawing, Mask, RefusedError, Wanted, labelled, of_frame

SUFFIX = re.compile(r"(\.seg)?\.(nii(\.gz)?|nrrd|mha)$", re.IGNORECASE)
SEGMENT = re.compile(r"Segment(\d+)_Name$")


def read_volume(file: Path) -> dict[str, Drawing]:
    """Read a label volume named after its image: a slice a frame, or one slice for all."""
    return {SUFFIX.sub("", file.name): lambda wanted: _drawn(file, wanted)}


def _drawn(file: Path, wanted: Wanted) -> Mask:
    import SimpleITK

    try:
        image = SimpleITK.ReadImage(str(file))
    except RuntimeError:
        raise RefusedError("outline_unreadable") from None
    about = {key: image.GetMetaData(key) for key in image.GetMetaDataKeys()}
    values = np.round(SimpleITK.GetArrayFromImage(image)).astype(np.int64)
    layered = values if image.GetNumberOfComponentsPerPixel() > 1 else values[..., None]
    plane = _placed(layered if layered.ndim == 4 else layered[None], about, wanted)
    segments = _slicer_segments(about, wanted.label)
    if not segments:
        return np.asarray(labelled(plane, wanted.label).any(axis=2))
    inside = np.logical_or.reduce([plane[..., layer] == value for value, layer in segments])
    if plane.any() and not inside.any():
        raise RefusedError("outline_label")
    return np.asarray(inside, dtype=np.bool_)


def _slicer_segments(about: dict[str, str], name: str) -> list[tuple[int, int]]:
    """List label value and layer of the segments of a name, as 3D Slicer states them."""
    prefixes = [f"Segment{match[1]}_" for key in about if (match := SEGMENT.match(key)) and about[key] == name]
    return [(int(about.get(f"{prefix}LabelValue", "1")), int(about.get(f"{prefix}Layer", "0"))) for prefix in prefixes]


def _placed(stack: NDArray[np.integer], about: dict[str, str], wanted: Wanted) -> NDArray[np.integer]:
    """Take one frame's plane of (slices, rows, columns, layers); put back what 3D Slicer has cut to what was drawn."""
    offset = about.get("Segmentation_ReferenceImageExtentOffset")
    if offset is None:
        return of_frame(list(stack), wanted.frame)
    left, top, first = (int(number) for number in offset.split())
    if first and not 0 <= wanted.frame - first < len(stack):
        raise RefusedError("outline_frames")
    plane = of_frame(list(stack), wanted.frame - first)
    if plane.shape[:2] == (wanted.rows, wanted.columns):
        return plane
    height, width, layers = plane.shape
    if top < 0 or left < 0 or top + height > wanted.rows or left + width > wanted.columns:
        raise RefusedError("outline_size")
    whole = np.zeros((wanted.rows, wanted.columns, layers), dtype=plane.dtype)
    whole[top : top + height, left : left + width] = plane
    return whole
