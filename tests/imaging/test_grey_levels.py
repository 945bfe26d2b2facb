"""Grey levels of any depth become 8 bits that keep the contrast of the tissue."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import FileDataset

from sonomics.clean.images.decode import ignore_harmless_warnings, open_recording
from sonomics.export.deidentify.frame_file import FrameFile
from sonomics.export.deidentify.pixels import write_pixels
from sonomics.imaging.brightness import brightest_channel, find_top_level
from tests.clean.dicom_files import dataset, written
from tests.imaging.decoded import decode_all

TRUTH = np.random.default_rng(0).integers(0, 250, (60, 80), dtype=np.uint8)
TRUTH[:20] = 0
DEEP = TRUTH.astype(np.uint16) * 16


def deep(levels: NDArray[np.generic], **elements: object) -> FileDataset:
    """Make an object of pixels of 16 bits allocated and, unless told otherwise, stored."""
    stored = int(elements.get("BitsStored", 16))  # type: ignore[call-overload]
    words = np.ascontiguousarray(levels.astype(np.uint16))
    made = dataset(words.view(np.uint8), BitsAllocated=16, **{"BitsStored": 16, "HighBit": stored - 1, **elements})
    made.Rows, made.Columns = levels.shape[-2:]
    return made


def shown(made: FileDataset, folder: Path) -> NDArray[np.uint8]:
    """Decode all frames as clean does."""
    (folder / "a.dcm").write_bytes(written(made))
    with ignore_harmless_warnings():
        recording = open_recording(folder / "a.dcm")
        return np.squeeze(np.stack(list(recording.frames(range(recording.count)))))


def after_export(made: FileDataset, folder: Path) -> NDArray[np.uint8]:
    """Decode what export writes of an object."""
    read = dcmread_bytes(made, folder)
    frames = FrameFile(BytesIO())
    for frame in decode_all(read):
        frames.append(frame)
    write_pixels(read, frames, int(read.BitsStored))
    return shown(read, folder)


def dcmread_bytes(made: FileDataset, folder: Path) -> FileDataset:
    (folder / "b.dcm").write_bytes(written(made))
    return dcmread(folder / "b.dcm")


def test_one_bright_pixel_does_not_darken_the_rest(tmp_path: Path) -> None:
    spotted = DEEP.copy()
    spotted[30, 40] = 65535
    expected = TRUTH.astype(int)
    expected[30, 40] = 255
    for found in (shown(deep(spotted), tmp_path), after_export(deep(spotted), tmp_path), brightest_channel(spotted)):
        np.testing.assert_allclose(found, expected, atol=1)


def test_levels_of_8_bits_in_words_stay(tmp_path: Path) -> None:
    for stored in (8, 16):
        np.testing.assert_array_equal(shown(deep(TRUTH, BitsStored=stored), tmp_path), TRUTH)


def test_a_stated_depth_is_believed_unless_the_image_would_be_black(tmp_path: Path) -> None:
    np.testing.assert_allclose(shown(deep(DEEP // 2, BitsStored=12), tmp_path), TRUTH // 2, atol=1)
    np.testing.assert_allclose(shown(deep(TRUTH, BitsStored=12), tmp_path), TRUTH, atol=1)


def test_all_frames_of_a_clip_share_one_scale(tmp_path: Path) -> None:
    clip = np.stack([DEEP // 8, DEEP // 4, DEEP])
    found = shown(deep(clip, NumberOfFrames=3), tmp_path)
    np.testing.assert_allclose(found, [TRUTH // 8, TRUTH // 4, TRUTH], atol=1)


def test_a_window_is_applied_where_levels_are_deep(tmp_path: Path) -> None:
    window = {"WindowCenter": 2000, "WindowWidth": 2000}
    expected = np.clip((DEEP.astype(float) - 1000) / 2000, 0, 1) * 255
    np.testing.assert_allclose(shown(deep(DEEP, **window), tmp_path), expected, atol=1)
    for interpretation, levels in (("MONOCHROME1", 65535 - DEEP), ("MONOCHROME2", DEEP)):
        centre = 65535 - 2000 if interpretation == "MONOCHROME1" else 2000
        made = deep(levels, PhotometricInterpretation=interpretation, WindowCenter=centre, WindowWidth=2000)
        np.testing.assert_allclose(shown(made, tmp_path), expected, atol=1)
        np.testing.assert_allclose(after_export(made, tmp_path), expected, atol=1)


@pytest.mark.parametrize("width", [0, 1, "", 100])
def test_a_window_that_shows_nothing_is_passed_over(width: object, tmp_path: Path) -> None:
    np.testing.assert_allclose(shown(deep(DEEP, WindowCenter=50, WindowWidth=width), tmp_path), TRUTH, atol=1)


def test_a_window_changes_no_image_of_8_bits(tmp_path: Path) -> None:
    np.testing.assert_array_equal(shown(dataset(TRUTH, WindowCenter=50, WindowWidth=20), tmp_path), TRUTH)


def test_padding_is_black(tmp_path: Path) -> None:
    padded = np.where(TRUTH == 0, 255, TRUTH).astype(np.uint8)
    lit = TRUTH > 0
    for interpretation in ("MONOCHROME1", "MONOCHROME2"):
        made = dataset(padded, PixelPaddingValue=255, PhotometricInterpretation=interpretation)
        expected = np.where(lit, 255 - TRUTH if interpretation == "MONOCHROME1" else TRUTH, 0)
        np.testing.assert_array_equal(shown(made, tmp_path), expected)
        np.testing.assert_array_equal(decode_all(dcmread_bytes(made, tmp_path))[0], expected)


@pytest.mark.parametrize("bits", [8, 16])
def test_signed_pixels_are_read_as_they_were_meant(bits: int, tmp_path: Path) -> None:
    smooth = np.add.outer(np.arange(60) * 2, np.arange(80)).astype(np.uint8)
    meant = smooth if bits == 8 else smooth.astype(np.uint16) * 257
    wrongly_signed = meant
    truly_signed = (meant.astype(np.int64) - 2 ** (bits - 1)).astype(f"i{bits // 8}").view(meant.dtype)
    for levels in (wrongly_signed, truly_signed):
        made = dataset(levels, PixelRepresentation=1) if bits == 8 else deep(levels, PixelRepresentation=1)
        np.testing.assert_allclose(shown(made, tmp_path), smooth, atol=1)
        np.testing.assert_allclose(after_export(made, tmp_path), smooth, atol=1)


def test_unused_high_bits_are_dropped(tmp_path: Path) -> None:
    overlaid = DEEP | np.where(np.eye(60, 80, dtype=bool), 0x8000, 0x1000).astype(np.uint16)
    np.testing.assert_allclose(shown(deep(overlaid, BitsStored=12), tmp_path), TRUTH, atol=1)
    np.testing.assert_array_equal(decode_all(dcmread_bytes(deep(overlaid, BitsStored=12), tmp_path))[0], DEEP)


def test_pixels_in_the_high_bits_are_refused(tmp_path: Path) -> None:
    made = deep(DEEP << 4, BitsStored=12)
    made.HighBit = 15
    with pytest.raises(Exception, match="not the lowest bits"):
        shown(made, tmp_path)


def test_the_top_level_of_black_and_of_few_pixels() -> None:
    assert find_top_level(np.zeros((4, 4), dtype=np.uint16)) == 255
    assert find_top_level(np.array([[0, 300, 65535]], dtype=np.uint16)) == 511
