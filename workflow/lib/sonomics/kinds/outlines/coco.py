"""COCO: one JSON for many images."""

from sonomics.kinds.outlines import OutlineKind

KIND = OutlineKind(
    name="coco",
    builder="sonomics.crop.formats.coco:read_coco",
    endings=(".coco.json",),
    words="annotations in COCO's format",
)
