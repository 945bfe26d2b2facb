"""Why an outline cannot be used."""

VIDEO, UNREADABLE = "outline_video", "outline_unreadable"
FILE, TWICE = "outline_file_unreadable", "image_outlined_twice"
# Reason, as the table of crops names it -> what is wrong, and how to fix it.
REASONS = {
    "no_outline": (
        "the reader of crop.analysis has not outlined it",
        "draw an outline named after the image, or leave the image out",
    ),
    UNREADABLE: ("the outline cannot be read", "save it again, for example as PNG"),
    FILE: ("the file does not hold outlines of the kind that its name ends in", "export it again, or remove it"),
    TWICE: ("the file outlines an image twice", "remove one of the two from it"),
    VIDEO: (
        "this is CVAT's export for video, with tracks in place of images",
        "export the task as CVAT for images 1.1",
    ),
    "outline_label": ("nothing in the outline has the label crop.label", "use the label that the reader used"),
    "outline_frames": ("the outline has several frames, but not this one", "outline every frame, or a single one"),
    "outline_transposed": ("rows and columns of the outline are exchanged", "export the outline unrotated"),
    "outline_size": (
        "the outline and the exported frame differ in size",
        "outline the frame as it was exported",
    ),
    "outline_empty": ("no pixel of the outline is set", "draw the region again"),
    "outline_inverted": (
        "the outline touches all four sides of the frame, as an inverted mask does and no lesion",
        "exchange inside and outside, or draw the lesion alone; crop.max_share: 1 accepts any outline",
    ),
    "outline_large": (
        "the outline covers more of the frame or of the scan region than crop.max_share",
        "draw the lesion alone, or raise crop.max_share",
    ),
    "outline_outside": ("the outline lies outside the scan region", "check that it belongs to this image"),
    "outline_small": ("the outline has fewer pixels than crop.min_pixels", "draw it again, or lower crop.min_pixels"),
    "no_variation": (
        "the region to analyse has a single grey level",
        "check that the outline belongs to this image, or leave it out",
    ),
    "no_background": ("no tissue around the lesion can serve as background", "leave the image out of this variant"),
}


class RefusedError(Exception):
    """An outline that cannot be used.

    Parameters
    ----------
    code : str
        A key of `REASONS`, written in the table of crops.
    detail : str
        What was found, for the log.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(code)
