"""LabelMe: one JSON per image."""

from sonomics.kinds.outlines import OutlineKind

KIND = OutlineKind(
    name="labelme",
    builder="sonomics.crop.formats.labelme:read_labelme",
    endings=(".json",),
    words="annotations of LabelMe",
)
