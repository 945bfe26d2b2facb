"""A picture is what a viewer shows of it."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from sonomics.core.pictures import show_picture

GREY = np.random.default_rng(0).integers(1, 256, (6, 8), dtype=np.uint8)
HIDDEN = np.zeros((6, 8), dtype=np.bool_)
HIDDEN[:, 3:5] = True


def reopened(image: Image.Image, suffix: str = "PNG", **options: object) -> Image.Image:
    file = BytesIO()
    image.save(file, format=suffix, **options)
    return Image.open(file)


def with_alpha(mode: str, alpha: np.ndarray) -> Image.Image:
    image = Image.fromarray(GREY).convert(mode)
    image.putalpha(Image.fromarray(alpha.astype(np.uint8)))
    return image


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_what_is_transparent_is_black(mode: str) -> None:
    found = show_picture(reopened(with_alpha(mode, np.where(HIDDEN, 0, 255))))
    assert found.ndim == (2 if mode == "L" else 3)
    assert (found[HIDDEN] == 0).all()
    np.testing.assert_array_equal(found[~HIDDEN].reshape(-1, found.size // GREY.size)[:, 0], GREY[~HIDDEN])


def test_what_is_hardly_opaque_is_hardly_seen() -> None:
    found = show_picture(reopened(with_alpha("RGB", np.where(HIDDEN, 1, 255))))
    assert found[HIDDEN].max() <= 1


def test_what_is_opaque_stays() -> None:
    found = show_picture(reopened(with_alpha("RGB", np.full(GREY.shape, 255))))
    np.testing.assert_array_equal(found, np.repeat(GREY[..., None], 3, axis=2))


def test_one_level_or_one_palette_entry_may_be_transparent() -> None:
    chosen = int(GREY[0, 0])
    hidden = chosen == GREY
    for image in (Image.fromarray(GREY), Image.fromarray(GREY).convert("P")):
        if image.mode == "P":
            image.putpalette([level for grey in range(256) for level in (grey, grey, grey)])
        found = show_picture(reopened(image, transparency=chosen))
        grey = found if found.ndim == 2 else found[..., 0]
        np.testing.assert_array_equal(grey, np.where(hidden, 0, GREY))


@pytest.mark.parametrize("factor", [1, 256, 257])
def test_a_tiff_palette_in_the_low_or_the_high_byte(factor: int) -> None:
    palette = Image.fromarray(GREY).convert("P")
    palette.putpalette([level for grey in range(256) for level in (grey, grey, grey)])
    file = BytesIO()
    palette.save(file, format="TIFF")
    written, meant = (np.tile(np.arange(256), 3).astype("<u2") * scale for scale in (256, factor))
    assert written.tobytes() in file.getvalue()
    opened = Image.open(BytesIO(file.getvalue().replace(written.tobytes(), meant.tobytes())))
    np.testing.assert_array_equal(show_picture(opened)[..., 1], GREY)


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32])
def test_more_than_8_bits_are_refused(dtype: type) -> None:
    with pytest.raises(ValueError, match="more than 8 bits"):
        show_picture(reopened(Image.fromarray(GREY.astype(dtype)), "TIFF"))
