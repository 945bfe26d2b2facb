"""Frames decoded in a process of their own: they come back whole, or the decoder fails alone."""

import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import RLELossless

from sonomics.imaging.decoding import decode_frames, decode_in_child


def test_a_decoder_that_kills_its_process_is_an_error() -> None:
    def frames() -> Iterator[NDArray[np.uint8]]:
        yield np.zeros((2, 2), dtype=np.uint8)
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(RuntimeError, match="the decoder failed"):
        list(decode_in_child(frames))


def test_frames_decode_in_child_come_back() -> None:
    given = np.random.default_rng(0).integers(0, 65536, (3, 5, 7), dtype=np.uint16)
    np.testing.assert_array_equal(np.stack(list(decode_in_child(lambda: iter(given)))), given)


def test_a_run_that_grows_beyond_its_frame_costs_no_memory(tmp_path: Path) -> None:
    bomb = b"\x81\x00" * 4_000_000  # each of these stands for 128 bytes
    header = np.array([1, 64] + [0] * 14, dtype="<u4").tobytes()
    dataset = Dataset()
    dataset.Rows = dataset.Columns = 32
    dataset.SamplesPerPixel, dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 1, 8, 8, 7
    dataset.PixelRepresentation, dataset.PhotometricInterpretation = 0, "MONOCHROME2"
    dataset.PixelData = encapsulate([header + bomb])
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = RLELossless
    dataset["PixelData"].VR = "OB"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with pytest.raises(RuntimeError, match="the decoder failed"):
        list(decode_frames(dataset, dataset, RLELossless, None))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < max(before, own) + 350_000


def test_a_sound_frame_of_runs_is_decoded() -> None:
    frame = np.random.default_rng(1).integers(0, 256, (40, 60), dtype=np.uint8)
    dataset = Dataset()
    dataset.Rows, dataset.Columns = frame.shape
    dataset.SamplesPerPixel, dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 1, 8, 8, 7
    dataset.PixelRepresentation, dataset.PhotometricInterpretation = 0, "MONOCHROME2"
    dataset.file_meta = FileMetaDataset()
    dataset.compress(RLELossless, frame)
    (decoded,) = decode_frames(dataset, dataset, RLELossless, None)
    np.testing.assert_array_equal(decoded, frame)
