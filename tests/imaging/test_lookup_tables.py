"""Frames whose levels the header maps by a table have the levels of the display after export."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import UltrasoundImageStorage

from sonomics.clean.images.decode import ignore_harmless_warnings, open_recording
from sonomics.core.settings.export import Export, Limits
from sonomics.export.deidentify.dataset import Identity, deidentify
from sonomics.export.deidentify.profile import Profile
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from sonomics.imaging.burned_in_text.finders import find_by_strokes
from sonomics.imaging.dicom_file import open_original
from tests.clean.dicom_files import written
from tests.imaging.test_grey_levels import deep

STORED = np.add.outer(np.linspace(200, 2000, 60), np.linspace(0, 1900, 80)).astype(np.uint16)
SPECKLE = np.random.default_rng(3).integers(20, 4000, (60, 80), dtype=np.uint16)
IDENTITY = Identity("HOSP7", "P1", "e1", "i1")


def table(entries: NDArray[np.uint16], first: int = 0, depth: int = 16) -> list[Dataset]:
    item = Dataset()
    item.LUTDescriptor = [len(entries), first, depth]
    item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    item["LUTDescriptor"].VR = "US"
    return [item]


def exported(made: FileDataset, folder: Path) -> NDArray[np.uint8]:
    """Decode as clean does what export writes of an object."""
    made.Modality, made.SOPClassUID = "US", UltrasoundImageStorage
    made.SOPInstanceUID, made.StudyInstanceUID, made.SeriesInstanceUID = "1.2.3", "1.2.4", "1.2.5"
    (folder / "a.dcm").write_bytes(written(made))
    profile = Profile.of(Export.partial({"source": "folder"}).deidentify)
    with open_original(folder / "a.dcm", Limits.partial({})) as original:
        new, _ = deidentify(original, IDENTITY, Pseudonyms(b"k" * 32), profile, find_by_strokes, 100, BytesIO())
        new.save_as(folder / "b.dcm", enforce_file_format=True)
    copy = dcmread(folder / "b.dcm")
    assert not {"ModalityLUTSequence", "VOILUTSequence", "WindowCenter", "RescaleSlope"} & set(copy.dir())
    with ignore_harmless_warnings():
        (frame,) = open_recording(folder / "b.dcm").frames([0])
    return frame


def root(levels: NDArray[np.float64]) -> NDArray[np.uint16]:
    return np.rint(65535 * np.sqrt(levels / 4095)).astype(np.uint16)


@pytest.mark.parametrize("interpretation", ["MONOCHROME2", "MONOCHROME1"])
def test_the_voi_lut_is_applied(tmp_path: Path, interpretation: str) -> None:
    made = deep(STORED, BitsStored=12, PhotometricInterpretation=interpretation, WindowCenter=100, WindowWidth=20)
    made.VOILUTSequence = table(root(np.arange(4096)))
    right = np.rint(255 * np.sqrt(STORED / 4095))
    right = 255 - right if interpretation == "MONOCHROME1" else right
    assert np.abs(exported(made, tmp_path).astype(int) - right).max() <= 1


def test_entries_of_8_bits_in_words_of_16_are_not_black(tmp_path: Path) -> None:
    made = deep(STORED, BitsStored=12)
    made.VOILUTSequence = table((np.arange(4096) // 16).astype(np.uint16))
    assert np.abs(exported(made, tmp_path).astype(int) - STORED // 16).max() <= 1


def test_levels_beyond_a_table_are_those_of_its_ends(tmp_path: Path) -> None:
    made = deep(SPECKLE, BitsStored=12)
    made.VOILUTSequence = table(np.linspace(0, 65535, 1000).astype(np.uint16), first=1000)
    right = np.rint(255 * np.clip((SPECKLE.astype(float) - 1000) / 999, 0, 1))
    assert np.abs(exported(made, tmp_path).astype(int) - right).max() <= 1


def test_the_modality_lut_is_applied_before_the_window(tmp_path: Path) -> None:
    made = deep(STORED, BitsStored=12)
    made.ModalityLUTSequence = table(root(np.arange(4096)))
    made.ModalityLUTSequence[0].ModalityLUTType = "US"
    right = 255 * np.sqrt(STORED / 4095)
    assert np.abs(exported(made, tmp_path) - right).max() <= 1
    made.WindowCenter, made.WindowWidth = 32768, 32768
    windowed = 255 * np.clip((257 * right - 16384) / 32767, 0, 1)
    assert np.abs(exported(made, tmp_path) - windowed).max() <= 1.5
