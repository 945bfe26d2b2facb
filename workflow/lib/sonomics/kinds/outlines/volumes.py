"""Label volumes of ITK-SNAP and 3D Slicer, each named after its image."""

from sonomics.kinds.outlines import OutlineKind

KIND = OutlineKind(
    name="volumes",
    builder="sonomics.crop.formats.volumes:read_volume",
    endings=(".nii", ".nii.gz", ".nrrd", ".seg.nrrd", ".mha"),
    words="label volumes (NIfTI, NRRD or MetaImage)",
)
