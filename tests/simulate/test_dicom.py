"""Simulated files are real DICOM."""

from io import BytesIO

import numpy as np
import pydicom
import pytest
from pydicom.uid import UltrasoundImageStorage, UltrasoundMultiFrameImageStorage

from sonomics.simulate.scanner.dicom import uid_for, us_dataset

FRAMES = np.arange(3 * 20 * 30, dtype=np.uint8).reshape(3, 20, 30)
TIMES = np.array([0.0, 4.5, 30.0])


def written(frames: np.ndarray, times: np.ndarray | None) -> bytes:
    dataset = us_dataset(
        "P0001-e1-i2",
        frames,
        description="contrast clip",
        model="SIM-A1",
        bounds=(2, 3, 17, 25),
        mm_per_pixel=0.5,
        times_s=times,
    )
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("frames", "times", "kind"),
    [(FRAMES, TIMES, UltrasoundMultiFrameImageStorage), (FRAMES[:1], None, UltrasoundImageStorage)],
)
def test_a_file_reads_back(frames: np.ndarray, times: np.ndarray | None, kind: str) -> None:
    content = written(frames, times)
    assert content == written(frames, times)
    dataset = pydicom.dcmread(BytesIO(content))
    assert dataset.SOPClassUID == dataset.file_meta.MediaStorageSOPClassUID == kind
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
    assert np.array_equal(dataset.pixel_array, frames.squeeze())
    assert (dataset.PatientID, str(dataset.PatientName)) == ("P0001", "P0001")
    assert dataset.DerivationDescription == "SIMULATED"
    assert not dataset.StudyDate
    assert not dataset.StudyTime
    assert not dataset.PatientBirthDate


def test_the_region_is_calibrated_in_centimetres() -> None:
    (region,) = pydicom.dcmread(BytesIO(written(FRAMES, TIMES))).SequenceOfUltrasoundRegions
    corners = (
        region.RegionLocationMinY0,
        region.RegionLocationMinX0,
        region.RegionLocationMaxY1,
        region.RegionLocationMaxX1,
    )
    assert corners == (2, 3, 17, 25)
    assert region.PhysicalUnitsXDirection == region.PhysicalUnitsYDirection == 3
    assert region.PhysicalDeltaX == region.PhysicalDeltaY == 0.05


def test_frame_times_are_increments_in_milliseconds() -> None:
    dataset = pydicom.dcmread(BytesIO(written(FRAMES, TIMES)))
    assert list(dataset.FrameTimeVector) == [0, 4500, 25500]
    assert dataset.FrameIncrementPointer == 0x00181065


def test_uids_are_unique_valid_and_name_the_same_thing_twice() -> None:
    uids = {uid_for(f"P{number:04d}-e1-i1") for number in range(200)}
    assert len(uids) == 200
    assert all(pydicom.uid.UID(uid).is_valid for uid in uids)
    assert uid_for("a", "b") == uid_for("a", "b") != uid_for("ab")
