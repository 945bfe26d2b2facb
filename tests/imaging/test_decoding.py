"""Frames decoded in a process of their own: they come back whole, or the decoder fails alone."""

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from sonomics.imaging.decoding import decode_in_child


def test_a_decoder_that_kills_its_process_is_an_error() -> None:
    def frames() -> Iterator[NDArray[np.uint8]]:
        yield np.zeros((2, 2), dtype=np.uint8)
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(RuntimeError, match="the decoder failed"):
        list(decode_in_child(frames))


def test_frames_decode_in_child_come_back() -> None:
    given = np.random.default_rng(0).integers(0, 65536, (3, 5, 7), dtype=np.uint16)
    np.testing.assert_array_equal(np.stack(list(decode_in_child(lambda: iter(given)))), given)
