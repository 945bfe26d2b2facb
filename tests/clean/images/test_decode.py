"""Files become frames of 8 bits; broken ones say why they do not."""

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread
from pydicom.pixels import apply_color_lut, pixel_array
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit

from sonomics.clean.images.decode import UnusableError, ignore_harmless_warnings, open_recording
from sonomics.imaging.brightness import luma
from tests.clean.dicom_files import dicom, encapsulated, seeds

REAL = 17


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (4, 6, 8), dtype=np.uint8)


def frames_of(content: bytes, to: Path) -> NDArray[np.uint8]:
    """Write a file, open it and decode all of it."""
    to.write_bytes(content)
    with ignore_harmless_warnings():
        recording = open_recording(to)
        frames = np.stack(list(recording.frames(range(recording.count))))
    assert frames.shape[:3] == (recording.count, recording.rows, recording.columns)
    return frames


def test_a_still_and_a_clip(pixels: NDArray[np.uint8], tmp_path: Path) -> None:
    np.testing.assert_array_equal(frames_of(dicom(pixels[0]), tmp_path / "a.dcm"), pixels[:1])
    np.testing.assert_array_equal(frames_of(dicom(pixels), tmp_path / "a.dcm"), pixels)


def test_single_frames_of_a_clip(pixels: NDArray[np.uint8], tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(dicom(pixels))
    (third,) = open_recording(tmp_path / "a.dcm").frames([2])
    np.testing.assert_array_equal(third, pixels[2])


def test_monochrome1_is_inverted(pixels: NDArray[np.uint8], tmp_path: Path) -> None:
    found = frames_of(dicom(pixels[0], PhotometricInterpretation="MONOCHROME1"), tmp_path / "a.dcm")
    np.testing.assert_array_equal(found[0], 255 - pixels[0])


def test_other_depths_are_scaled(tmp_path: Path) -> None:
    deep = np.array([[0, 4095], [2048, 16]], dtype=np.uint16)
    content = dicom(deep.view(np.uint8), Columns=2, BitsAllocated=16, BitsStored=12, HighBit=11)
    np.testing.assert_array_equal(frames_of(content, tmp_path / "a.dcm")[0], [[0, 255], [128, 1]])


def test_colour_stays_and_has_luma(tmp_path: Path) -> None:
    colour = np.zeros((2, 2, 3), dtype=np.uint8)
    colour[0, 0], colour[0, 1], colour[1, 0] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    (frame,) = frames_of(dicom(colour), tmp_path / "a.dcm")
    np.testing.assert_array_equal(frame, colour)
    np.testing.assert_array_equal(luma(frame), [[76, 150], [29, 0]])


def test_a_palette_of_16_bits_holds_colours_in_its_upper_byte(tmp_path: Path) -> None:
    (frame,) = frames_of(seeds()["palette"], tmp_path / "a.dcm")
    grey = np.random.default_rng(0).integers(20, 200, (48, 64), dtype=np.uint8)
    np.testing.assert_array_equal(frame, np.stack([grey, grey - 1, grey - 2], axis=2))


@pytest.mark.parametrize("kind", ["rle", "deflated", "jpeg2000"])
def test_lossless_compression_gives_the_pixels_back(kind: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    grey = rng.integers(20, 200, (48, 64), dtype=np.uint8)
    clip = rng.integers(20, 200, (6, 40, 48), dtype=np.uint8)
    colour = rng.integers(0, 256, (40, 48, 3), dtype=np.uint8)
    expected = {"rle": clip, "deflated": grey[None], "jpeg2000": colour[None]}[kind]
    np.testing.assert_array_equal(frames_of(seeds()[kind], tmp_path / "a.dcm"), expected)


def test_a_jpeg_is_read_as_pillow_reads_it(tmp_path: Path) -> None:
    smooth = np.add.outer(np.arange(40), np.arange(48))[..., None] * np.array([1, 2, 2]).astype(np.uint8)
    (frame,) = frames_of(encapsulated(smooth.astype(np.uint8), JPEGBaseline8Bit), tmp_path / "a.dcm")
    assert np.abs(frame.astype(int) - smooth).mean() < 3


def test_a_truncated_stream_is_unreadable(tmp_path: Path) -> None:
    colour = np.random.default_rng(0).integers(0, 256, (40, 48, 3), dtype=np.uint8)
    for syntax in (JPEGBaseline8Bit, JPEG2000Lossless):
        whole = encapsulated(colour, syntax)
        with pytest.raises(UnusableError, match="cannot be decoded"):
            frames_of(whole[: len(whole) // 2], tmp_path / "a.dcm")


def test_a_picture(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    Image.fromarray(pixels[0]).save(tmp_path / "a.png")
    (frame,) = open_recording(tmp_path / "a.png").frames([0])
    np.testing.assert_array_equal(frame, pixels[0])
    Image.fromarray(pixels[:, :, :3]).save(tmp_path / "b.png")
    (frame,) = open_recording(tmp_path / "b.png").frames([0])
    np.testing.assert_array_equal(frame, pixels[:, :, :3])


@pytest.mark.parametrize("name", ["a.dcm", "a.png"])
@pytest.mark.parametrize("content", [None, b"", b"no image"])
def test_broken_and_missing_files_are_unreadable(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UnusableError, match="cannot be decoded") as caught:
        open_recording(tmp_path / name)
    assert caught.value.reason == "unreadable"


def test_what_is_no_ultrasound_image_says_so(pixels: NDArray[np.uint8], tmp_path: Path) -> None:
    (tmp_path / "ct.dcm").write_bytes(dicom(pixels[0], Modality="CT"))
    with pytest.raises(UnusableError, match="the modality is CT") as caught:
        open_recording(tmp_path / "ct.dcm")
    assert caught.value.reason == "wrong_modality"
    report = dcmread(tmp_path / "ct.dcm")
    report.Modality = "US"
    del report.Rows, report.Columns, report.PixelData
    report.save_as(tmp_path / "report.dcm")
    with pytest.raises(UnusableError) as caught:
        open_recording(tmp_path / "report.dcm")
    assert caught.value.reason == "no_pixels"


def test_a_header_that_promises_too_much_is_refused(pixels: NDArray[np.uint8], tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(dicom(pixels[0], Rows=65535, Columns=65535))
    with pytest.raises(UnusableError, match="65535 x 65535 pixels are not an image"):
        open_recording(tmp_path / "a.dcm")


def test_a_long_clip_is_read_frame_by_frame(tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(dicom(np.zeros((200, 200, 200), dtype=np.uint8)))
    recording = open_recording(tmp_path / "a.dcm")
    tracemalloc.start()
    assert sum(1 for _ in recording.frames(range(recording.count))) == 200
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1e6  # the file holds 8 MB


@pytest.mark.realdata
def test_real_files_are_right_to_the_pixel() -> None:
    files = sorted(Path(os.environ["SONOMICS_REALDATA"], "us-dicom").rglob("*.dcm"))
    assert len(files) >= REAL
    for file in files:
        with ignore_harmless_warnings():
            recording = open_recording(file)
            looked_at = range(0, recording.count, max(1, recording.count // 6))
            for number, frame in zip(looked_at, recording.frames(looked_at), strict=True):
                own = pixel_array(file, index=number)
                if recording.tags.PhotometricInterpretation == "PALETTE COLOR":
                    own = (apply_color_lut(own, recording.tags) >> 8).astype(np.uint8)
                np.testing.assert_array_equal(frame, own, err_msg=file.name)
