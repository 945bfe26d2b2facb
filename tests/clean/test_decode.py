"""Files become grey frames; broken ones say why they do not."""

import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, UltrasoundImageStorage

from sonomics.clean.decode import decode_dicom, decode_picture
from sonomics.clean.frames import read_recording
from sonomics.core.errors import ItemError

LOSSLESS_JPEG = {"JPGLosslessP14SV1_1s_1f_8b.dcm"}


def dicom(pixels: NDArray[np.uint8], **elements: object) -> bytes:
    """Make a DICOM file; colour when the last axis is 3, a clip when there is one axis more."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = UltrasoundImageStorage
    meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    colour = pixels.shape[-1] == 3
    spatial = pixels.shape[:-1] if colour else pixels.shape
    dataset.Rows, dataset.Columns = spatial[-2:]
    if len(spatial) == 3:
        dataset.NumberOfFrames = spatial[0]
    dataset.SamplesPerPixel = 3 if colour else 1
    dataset.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    for name, value in elements.items():
        setattr(dataset, name, value)
    dataset.PixelData = pixels.tobytes()
    written = BytesIO()
    dataset.save_as(written, enforce_file_format=True)
    return written.getvalue()


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (4, 6, 8), dtype=np.uint8)


def test_a_still(pixels: NDArray[np.uint8]) -> None:
    recording = decode_dicom(dicom(pixels[0]))
    np.testing.assert_array_equal(recording.frames, pixels[:1])
    assert recording.times_s is None
    assert recording.regions == ()


def test_monochrome1_is_inverted(pixels: NDArray[np.uint8]) -> None:
    recording = decode_dicom(dicom(pixels[0], PhotometricInterpretation="MONOCHROME1"))
    np.testing.assert_array_equal(recording.frames[0], 255 - pixels[0])


def test_colour_becomes_luma() -> None:
    colour = np.zeros((2, 2, 3), dtype=np.uint8)
    colour[0, 0], colour[0, 1], colour[1, 0] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    np.testing.assert_array_equal(decode_dicom(dicom(colour)).frames[0], [[76, 150], [29, 0]])


def test_frame_times_are_sums_of_steps_in_milliseconds(pixels: NDArray[np.uint8]) -> None:
    clip = decode_dicom(dicom(pixels, FrameTimeVector=[0, 1000, 500, 2500]))
    assert clip.times_s is not None
    np.testing.assert_allclose(clip.times_s, [0, 1, 1.5, 4])
    steady = decode_dicom(dicom(pixels, FrameTime=40))
    assert steady.times_s is not None
    np.testing.assert_allclose(steady.times_s, [0, 0.04, 0.08, 0.12])


def test_a_clip_may_not_say_its_times(pixels: NDArray[np.uint8]) -> None:
    assert decode_dicom(dicom(pixels, FrameTimeVector=[0, 1000])).times_s is None


def test_a_picture(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    Image.fromarray(pixels[0]).save(tmp_path / "a.png")
    np.testing.assert_array_equal(decode_picture((tmp_path / "a.png").read_bytes()).frames, pixels[:1])


@pytest.mark.parametrize("name", ["a.dcm", "a.png"])
def test_broken_and_missing_files_name_the_instance(tmp_path: Path, name: str) -> None:
    with pytest.raises(ItemError, match="P1-e1-i1"):
        read_recording("P1-e1-i1", tmp_path / name)
    (tmp_path / name).write_bytes(b"no image")
    with pytest.raises(ItemError, match="cannot be decoded"):
        read_recording("P1-e1-i1", tmp_path / name)


@pytest.mark.realdata
def test_real_files_decode_or_are_set_aside() -> None:
    files = sorted(Path(os.environ["SONOMICS_REALDATA"], "us-dicom").rglob("*.dcm"))
    assert len(files) >= 17
    broken = set()
    for file in files:
        try:
            recording = read_recording(file.stem, file)
        except ItemError:
            broken.add(file.name)
        else:
            assert recording.frames.dtype == np.uint8
            assert recording.frames.std() > 0
    assert broken <= LOSSLESS_JPEG
