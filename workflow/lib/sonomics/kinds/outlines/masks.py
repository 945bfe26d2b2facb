"""Masks as pictures, each named after its image."""

from sonomics.kinds.outlines import OutlineKind

KIND = OutlineKind(
    name="masks",
    builder="sonomics.crop.formats.masks:read_picture",
    endings=(".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"),
    words="masks as pictures (PNG, JPEG, TIFF or BMP)",
)
