"""NIfTI, NRRD and MetaImage, as ITK-SNAP and 3D Slicer export them."""

import math
import re
from collections.abc import Generator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonomics.crop.outlines.drawings import Drawing, MaskRequest
from sonomics.crop.outlines.rasterise import Mask, select_frame, select_label
from sonomics.crop.outlines.refusals import RefusedError
from sonomics.imaging.decoding import decode_in_child

# Voxels of all slices and segments: a clip of 250 frames of 1,000 x 500. A convention.
MOST_VOXELS = 2**27
HEADER_S = 5  # of processor time, to read a header; a convention, an ordinary one takes milliseconds
SUFFIX = re.compile(r"(\.seg)?\.(nii(\.gz)?|nrrd|mha)$", re.IGNORECASE)
SEGMENT = re.compile(r"Segment([0-9]+)_Name$")


def read_volume(file: Path) -> dict[str, Drawing]:
    """Read a label volume named after its image: one slice per frame, or one slice for all frames."""
    return {SUFFIX.sub("", file.name): lambda request: _draw(file, request)}


def _draw(file: Path, request: MaskRequest) -> Mask:
    import SimpleITK

    try:
        (voxels,) = decode_in_child(lambda: _count_voxels(file), seconds=HEADER_S)
        if int(np.asarray(voxels, dtype=np.int64)) > MOST_VOXELS:
            raise RefusedError("outline_size")
        image = SimpleITK.ReadImage(str(file))
    except RuntimeError:
        raise RefusedError("outline_unreadable") from None
    metadata = {key: image.GetMetaData(key) for key in image.GetMetaDataKeys()}
    values = np.nan_to_num(SimpleITK.GetArrayFromImage(image).astype(np.float64))
    layers = values if image.GetNumberOfComponentsPerPixel() > 1 else values[..., None]
    plane = _select_plane(layers if layers.ndim == 4 else layers[None], metadata, request)
    segments = _list_slicer_segments(metadata, request.label)
    if not segments:
        return np.asarray(select_label(plane, request.label).any(axis=2))
    mask = np.logical_or.reduce([np.round(plane[..., layer]) == value for value, layer in segments])
    if plane.any() and not mask.any():
        raise RefusedError("outline_label")
    return np.asarray(mask, dtype=np.bool_)


def _count_voxels(file: Path) -> Generator[NDArray[np.generic], None, None]:
    """Yield how many voxels a file states, which may be more than memory holds; ITK dies of some headers."""
    import SimpleITK

    reader = SimpleITK.ImageFileReader()
    reader.SetFileName(str(file))
    reader.ReadImageInformation()
    yield np.asarray(math.prod(reader.GetSize()) * reader.GetNumberOfComponents())


def _list_slicer_segments(metadata: dict[str, str], name: str) -> list[tuple[int, int]]:
    """List label value and layer of the segments of one name, from 3D Slicer's metadata."""
    prefixes = [f"Segment{match[1]}_" for key in metadata if (match := SEGMENT.match(key)) and metadata[key] == name]
    return [
        (int(metadata.get(f"{prefix}LabelValue", "1")), int(metadata.get(f"{prefix}Layer", "0"))) for prefix in prefixes
    ]


def _select_plane(stack: NDArray[np.float64], metadata: dict[str, str], request: MaskRequest) -> NDArray[np.float64]:
    """Select one frame of (slices, rows, columns, layers); restore the frame's size where 3D Slicer has cut it."""
    offset = metadata.get("Segmentation_ReferenceImageExtentOffset")
    if offset is None:
        return select_frame(list(stack), request.frame)
    left, top, first = (int(number) for number in offset.split())
    if first and not 0 <= request.frame - first < len(stack):
        raise RefusedError("outline_frames")
    plane: NDArray[np.float64] = select_frame(list(stack), request.frame - first)
    if plane.shape[:2] == (request.rows, request.columns):
        return plane
    height, width, layers = plane.shape
    if top < 0 or left < 0 or top + height > request.rows or left + width > request.columns:
        raise RefusedError("outline_size")
    whole = np.zeros((request.rows, request.columns, layers), dtype=plane.dtype)
    whole[top : top + height, left : left + width] = plane
    return whole
