"""Boxes: a CSV with one row per box."""

from sonomics.kinds.outlines import OutlineKind

KIND = OutlineKind(
    name="boxes",
    builder="sonomics.crop.formats.boxes:read_boxes",
    endings=(".boxes.csv",),
    words="a table of boxes",
)
