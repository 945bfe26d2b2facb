"""File formats of outlines, one module each: from a file to the drawing of every image in it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from sonomics.crop.formats.boxes import read_boxes
from sonomics.crop.formats.coco import read_coco
from sonomics.crop.formats.cvat import read_cvat
from sonomics.crop.formats.labelme import read_labelme
from sonomics.crop.formats.masks import read_picture
from sonomics.crop.formats.segmentations import read_segmentation
from sonomics.crop.formats.volumes import read_volume
from sonomics.crop.outlines.drawings import Drawing

# The longest suffix that a file's name ends in decides.
FORMATS: Mapping[str, Callable[[Path], Mapping[str, Drawing]]] = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"), read_picture),
    **dict.fromkeys((".nii", ".nii.gz", ".nrrd", ".seg.nrrd", ".mha"), read_volume),
    ".dcm": read_segmentation,
    ".json": read_labelme,
    ".coco.json": read_coco,
    ".xml": read_cvat,
    ".boxes.csv": read_boxes,
}


def suffix_of(file: Path) -> str | None:
    """Return the suffix of `FORMATS` that a file's name ends in; None when it ends in none."""
    fitting = [suffix for suffix in FORMATS if file.name.lower().endswith(suffix)]
    return max(fitting, key=len, default=None)
