"""DICOM Segmentation objects, each named after its image."""

from sonomics.kinds.outlines import OutlineKind

KIND = OutlineKind(
    name="segmentations",
    builder="sonomics.crop.formats.segmentations:read_segmentation",
    endings=(".dcm",),
    words="DICOM Segmentation objects",
)
