"""Colours come out right whatever the header says of how their samples are stored."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import convert_color_space
from pydicom.uid import JPEGBaseline8Bit, RLELossless

from sonomics.clean.images.decode import ignore_harmless_warnings, open_recording
from sonomics.imaging.colour_space import RGB, YBR, judge_colour_space, read_jpeg_colour_space
from tests.clean.dicom_files import dataset, written
from tests.imaging.decoded import decode_all

Pixels = NDArray[np.uint8]
JPEG_ERROR = 6.0  # mean levels, of the coarse picture below at quality 90


def scan(seed: int = 0) -> Pixels:
    """Draw tissue on black with some red and blue flow."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(10, 240, (12, 16), dtype=np.uint8)
    grey = np.asarray(Image.fromarray(coarse).resize((64, 48), Image.Resampling.BICUBIC))
    colour = np.repeat(grey[..., None], 3, axis=2)
    colour[:, :20] = 0
    colour[10:16, 30:40] = (200, 30, 10)
    colour[20:26, 30:40] = (10, 40, 210)
    return colour


def bare(stream: bytes) -> bytes:
    """Remove the JFIF and Adobe segments of a JPEG stream."""
    kept, place = stream[:2], 2
    while stream[place + 1] != 0xDA:
        end = place + 2 + int.from_bytes(stream[place + 2 : place + 4], "big")
        kept += b"" if stream[place + 1] in (0xE0, 0xEE) else stream[place:end]
        place = end
    return kept + stream[place:]


def with_adobe(stream: bytes, transform: int) -> bytes:
    """Add an Adobe segment, which names the colour transform."""
    return stream[:2] + b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([transform]) + stream[2:]


def numbered(stream: bytes, numbers: bytes) -> bytes:
    """Give the three channels of a stream other numbers, in the frame and in the scan."""
    changed = bytearray(stream)
    frame = next(stream.index(bytes([0xFF, marker])) for marker in (0xC0, 0xC2) if bytes([0xFF, marker]) in stream)
    scan_of = stream.index(b"\xff\xda")
    for channel, number in enumerate(numbers):
        changed[frame + 10 + 3 * channel] = number
        changed[scan_of + 5 + 2 * channel] = number
    return bytes(changed)


def jpeg(pixels: Pixels, **options: object) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, format="JPEG", quality=90, **options)
    return file.getvalue()


def wrapped(stream: bytes, interpretation: str) -> FileDataset:
    """Put a JPEG stream into a DICOM object whose header states a colour space."""
    made = dataset(scan(), PhotometricInterpretation=interpretation)
    made.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    made.PixelData = encapsulate([stream])
    made["PixelData"].is_undefined_length = True
    return made


def decoded(made: FileDataset, folder: Path) -> tuple[Pixels, Pixels]:
    """Decode an object as clean and as export do."""
    file = folder / "a.dcm"
    file.write_bytes(written(made))
    with ignore_harmless_warnings():
        (frame,) = open_recording(file).frames([0])
        (exported,) = decode_all(dcmread(file))
    return frame, exported


STREAMS = {
    "JFIF, thinned": jpeg(scan(), subsampling=2),
    "JFIF, whole": jpeg(scan(), subsampling=0),
    "bare, thinned": bare(jpeg(scan(), subsampling=1)),
    "bare, whole": bare(jpeg(scan(), subsampling=0)),
    "Adobe, YCbCr": with_adobe(bare(jpeg(scan(), subsampling=1)), 1),
    "Adobe, RGB": jpeg(scan(), keep_rgb=True, subsampling=0),
    "bare RGB": numbered(bare(jpeg(scan(), keep_rgb=True, subsampling=0)), b"\1\2\3"),
    "letters": bare(jpeg(scan(), keep_rgb=True, subsampling=0)),
}


@pytest.mark.parametrize("interpretation", ["RGB", "YBR_FULL_422", "YBR_FULL"])
@pytest.mark.parametrize("name", [name for name in STREAMS if name != "letters"])
def test_a_jpeg_is_shown_in_its_colours_whatever_segments_and_header_say(
    name: str, interpretation: str, tmp_path: Path
) -> None:
    for frame in decoded(wrapped(STREAMS[name], interpretation), tmp_path):
        assert np.abs(frame.astype(int) - scan()).mean() < JPEG_ERROR


def test_segments_tell_where_a_frame_is_mostly_coloured(tmp_path: Path) -> None:
    vivid = np.zeros((48, 64, 3), dtype=np.uint8)
    vivid[:, :32], vivid[:, 32:] = (190, 60, 20), (20, 60, 190)
    stream = bare(jpeg(vivid, subsampling=1))
    assert (read_jpeg_colour_space(stream), read_jpeg_colour_space(STREAMS["letters"])) == (YBR, RGB)
    assert read_jpeg_colour_space(STREAMS["bare, whole"]) == read_jpeg_colour_space(b"") == ""
    for frame in decoded(wrapped(stream, "RGB"), tmp_path):
        assert np.abs(frame.astype(int) - vivid).mean() < JPEG_ERROR


@given(place=st.integers(0, 700), value=st.integers(0, 255), length=st.integers(0, 700))
def test_a_damaged_stream_never_stops_the_reading_of_its_segments(place: int, value: int, length: int) -> None:
    broken = bytearray(STREAMS["JFIF, thinned"])
    broken[place] = value
    assert read_jpeg_colour_space(bytes(broken)) in ("", RGB, YBR)
    assert read_jpeg_colour_space(bytes(broken[:length])) in ("", RGB, YBR)


@pytest.mark.parametrize("stated", ["RGB", "YBR_FULL"])
@pytest.mark.parametrize("true", ["RGB", "YBR_FULL"])
@pytest.mark.parametrize("compressed", [False, True])
def test_a_header_that_misstates_the_colour_space_is_overruled(
    stated: str, true: str, compressed: bool, tmp_path: Path
) -> None:
    planes = scan() if true == "RGB" else np.asarray(convert_color_space(scan(), "RGB", "YBR_FULL"), dtype=np.uint8)
    made = dataset(planes, PhotometricInterpretation=stated)
    if compressed:
        made.compress(RLELossless)
    for frame in decoded(made, tmp_path):
        np.testing.assert_allclose(frame, scan(), atol=2)


def test_chroma_that_is_stated_thinned_out_and_is_whole(tmp_path: Path) -> None:
    whole = np.asarray(convert_color_space(scan(), "RGB", "YBR_FULL"), dtype=np.uint8)
    for frame in decoded(dataset(whole, PhotometricInterpretation="YBR_FULL_422"), tmp_path):
        np.testing.assert_allclose(frame, scan(), atol=2)


@pytest.mark.parametrize("by_plane", [False, True])
def test_colour_without_planar_configuration(by_plane: bool, tmp_path: Path) -> None:
    made = dataset(scan())
    made.PixelData = (scan().transpose(2, 0, 1) if by_plane else scan()).tobytes()
    del made.PlanarConfiguration
    for frame in decoded(made, tmp_path):
        np.testing.assert_array_equal(frame, scan())


def test_a_frame_without_grey_is_not_judged() -> None:
    vivid = np.zeros((8, 8, 3), dtype=np.uint8)
    vivid[...] = (200, 20, 60)
    assert judge_colour_space(vivid) == ""
    assert judge_colour_space(np.full((8, 8, 3), 128, dtype=np.uint8)) == ""
