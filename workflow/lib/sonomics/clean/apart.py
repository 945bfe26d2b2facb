"""Run a decoder that may take its process down with it in a process of its own."""

import os
import tempfile
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray


def decoded_apart(decode: Callable[[], Iterator[NDArray[np.generic]]], count: int) -> Iterator[NDArray[np.generic]]:
    """Decode frames in a forked process and hand them over through a temporary file.

    Parameters
    ----------
    decode : function
        Yields the frames.
    count : int
        How many it yields.

    Raises
    ------
    RuntimeError
        When the decoder fails or the process dies.
    """
    with tempfile.TemporaryFile() as file:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                for frame in decode():
                    np.save(file, frame, allow_pickle=False)
                file.flush()
                status = 0
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        if ended != 0:
            raise RuntimeError("the decoder failed")
        file.seek(0)
        for _ in range(count):
            yield np.load(file, allow_pickle=False)
