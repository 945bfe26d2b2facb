"""CVAT for images 1.1: one XML for many images."""

from sonomics.kinds.outlines import OutlineKind

KIND = OutlineKind(
    name="cvat",
    builder="sonomics.crop.formats.cvat:read_cvat",
    endings=(".xml",),
    words="annotations of CVAT for images",
)
