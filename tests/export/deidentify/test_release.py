"""Whatever happens to one object after its header is read, the others of the chunk are written."""

import errno

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from sonomics.core.settings.export import Export
from sonomics.export.deidentify import frames
from sonomics.export.deidentify.chunk import write_chunk
from sonomics.export.deidentify.dataset import Identity
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from sonomics.simulate.scanner.dicom import us_dataset


@pytest.fixture
def source(tmp_path):
    pixels = np.random.default_rng(0).integers(20, 200, (7, 48, 64)).astype(np.uint8)
    made = us_dataset("P1-e1-i1", pixels, description="x", model="A", bounds=(8, 8, 39, 55), mm_per_pixel=0.3,
                      times_s=np.arange(7.0))  # fmt: skip
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    return tmp_path / "a.dcm"


def release(source, out, **limits):
    with write_chunk(out, Export.partial({"source": "folder", "limits": limits})) as chunk:
        chunk.pseudonyms = Pseudonyms(b"k" * 32)
        chunk.release(source, Identity("H", "P1", "e1", "i1"), "P1", "here")
    assert not list(out.rglob("*.part"))
    return chunk.rows[0]["reason"], len(list(out.rglob("*.dcm")))


def test_a_sound_clip_is_written(source, tmp_path):
    assert release(source, tmp_path / "out") == ("", 1)


@pytest.mark.parametrize("error", [ValueError("Dupont"), RecursionError(), MemoryError(), KeyError("Dupont")])
def test_an_object_that_cannot_be_written_is_damaged(source, tmp_path, monkeypatch, caplog, error):
    def fail(*args, **options):
        raise error

    monkeypatch.setattr(Dataset, "save_as", fail)
    assert release(source, tmp_path / "out") == ("damaged", 0)
    assert "cannot be written anew" in caplog.text
    assert "Dupont" not in caplog.text


def test_a_full_disk_stops_the_job(source, tmp_path, monkeypatch):
    def fail(*args, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Dataset, "save_as", fail)
    with pytest.raises(OSError, match="No space"):
        release(source, tmp_path / "out")


def test_three_frames_of_a_clip_are_in_memory(source, tmp_path, monkeypatch):
    held = []
    take = frames._take_median
    monkeypatch.setattr(frames, "_take_median", lambda *three: held.append(len(three)) or take(*three))
    assert release(source, tmp_path / "out") == ("", 1)
    assert held == [3, 3, 3]


def test_what_is_over_a_limit_is_set_aside_by_name(source, tmp_path, caplog):
    source.write_bytes(source.read_bytes() + bytes(1_100_000))
    assert release(source, tmp_path / "out", object_mb=1) == ("over_limit", 0)
    assert "P1-e1-i1" in caplog.text
    assert "export.limits.object_mb" in caplog.text
