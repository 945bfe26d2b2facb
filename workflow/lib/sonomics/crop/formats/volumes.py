"""NIfTI, NRRD and MetaImage, as ITK-SNAP and 3D Slicer export them."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonomics.crop.drawings import Drawing, Mask, RefusedError, Wanted, labelled, of_frame

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
    layered = image.GetNumberOfComponentsPerPixel() > 1
    stack = values if values.ndim == 3 + layered else values[None]
    label, layer = _slicer_segment(about, wanted.label)
    planes = stack[..., layer] if layered and label else stack.max(axis=-1) if layered else stack
    plane = _placed(of_frame(list(planes), wanted.frame), about, wanted)
    if plane.shape == (wanted.columns, wanted.rows) != (wanted.rows, wanted.columns):
        raise RefusedError("outline_transposed")
    return labelled(plane, label)


def _slicer_segment(about: dict[str, str], label: str) -> tuple[str, int]:
    """Turn a segment's name into its label value and layer, as 3D Slicer states them."""
    for key, name in about.items():
        if (match := SEGMENT.match(key)) and name == label:
            prefix = f"Segment{match[1]}_"
            return about.get(f"{prefix}LabelValue", "1"), int(about.get(f"{prefix}Layer", "0"))
    return label, 0


def _placed(plane: NDArray[np.integer], about: dict[str, str], wanted: Wanted) -> NDArray[np.integer]:
    """Put back a segmentation that 3D Slicer has cut to the part that was drawn."""
    offset = about.get("Segmentation_ReferenceImageExtentOffset")
    if offset is None or plane.shape == (wanted.rows, wanted.columns):
        return plane
    left, top = (int(number) for number in offset.split()[:2])
    whole = np.zeros((wanted.rows, wanted.columns), dtype=plane.dtype)
    height, width = plane.shape
    if top < 0 or left < 0 or top + height > wanted.rows or left + width > wanted.columns:
        raise RefusedError("outline_size")
    whole[top : top + height, left : left + width] = plane
    return whole
