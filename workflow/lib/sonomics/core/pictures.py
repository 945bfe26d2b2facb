"""What a picture file shows, and what a mask in one means: palettes, transparency, inverted displays."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, TiffImagePlugin

GREY = ("1", "L", "LA", "La")
BYTE = 255
COLOUR_MAP, DISPLAY = TiffImagePlugin.COLORMAP, TiffImagePlugin.PHOTOMETRIC_INTERPRETATION
WHITE_IS_ZERO = 0


def show_picture(image: Image.Image) -> NDArray[np.uint8]:
    """Return the pixels of a picture as a viewer shows them on black ground.

    What is transparent is not shown: it is black, whatever colour lies beneath, and what is partly transparent is
    darker by that share.

    Parameters
    ----------
    image : Image
        Of at most 8 bits a channel.

    Returns
    -------
    (rows, columns) or (rows, columns, 3) uint8 array
        Colour is RGB.

    Raises
    ------
    ValueError
        When the picture has more than 8 bits a channel.
    """
    if image.mode.startswith(("I", "F")):
        raise ValueError("it has more than 8 bits")
    restore_palette(image)
    mode = "L" if image.mode in GREY else "RGB"
    if image.has_transparency_data:
        whole = image.convert("RGBA")
        ground = Image.new("RGBA", whole.size, (0, 0, 0, BYTE))
        image = Image.alpha_composite(ground, whole)
    return np.asarray(image.convert(mode))


def restore_palette(image: Image.Image) -> None:
    """Restore the colours of a TIFF palette that uses the low byte of its entries of 16 bits, in place.

    TIFF 6.0 asks for colours from 0 to 65,535. Where none is above 255, a writer left them from 0 to 255, and a reader
    that takes the upper byte sees black.
    """
    tags = getattr(image, "tag_v2", {})
    if image.mode == "P" and COLOUR_MAP in tags and 0 < max(tags[COLOUR_MAP]) <= BYTE:
        # TIFF lists all reds, then all greens, then all blues.
        image.putpalette(np.asarray(tags[COLOUR_MAP], dtype=np.uint8).reshape(3, -1).T.tobytes())


def read_mask_page(page: Image.Image) -> Image.Image:
    """Return a page of a mask's file with the levels that its tool meant.

    ImageJ and Fiji store a mask as 255 on 0 and let it be shown black on white (TIFF's WhiteIsZero): the levels stored
    count. Other tools mean the levels shown. Either is the opposite of the other, and a region that holds most of the
    frame's rim is the ground, so that one of the two is the mask.
    """
    restore_palette(page)
    whole = page.copy()  # without the tags of the file
    inverted = getattr(page, "tag_v2", {}).get(DISPLAY) == WHITE_IS_ZERO and page.mode in ("1", "L")
    return ImageOps.invert(whole) if inverted and _holds_rim(np.asarray(whole) > 0) else whole


def _holds_rim(mask: NDArray[np.bool_]) -> bool:
    """Tell whether a mask holds more than half of the pixels at the four sides of the frame."""
    return float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean()) > 0.5
