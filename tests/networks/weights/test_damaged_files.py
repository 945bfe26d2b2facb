"""A damaged or hostile file of weights stops the study with its name, whatever its reader raises."""

import h5py
import numpy as np
import pytest

from sonomics.core.errors import StudyError
from sonomics.networks.weights import keras
from sonomics.networks.weights.checkpoints import read_checkpoint


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".bin", ".safetensors", ".h5"])
@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"\x89HDF\r\n\x1a\n", b"PK\x03\x04", b"\x80\x02}q\x00."])
def test_a_file_that_holds_nothing_is_told(tmp_path, suffix, content):
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(content)
    stopped = ""
    try:
        tensors = read_checkpoint(path, "squeezenet1_1")
    except StudyError as error:
        tensors, stopped = {}, error.where
    assert not tensors
    assert stopped in ("", str(path))


def test_a_layer_larger_than_memory_is_not_read(tmp_path):
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("conv1")
        group.create_dataset("w", shape=(2**20, 2**20), dtype="f4", chunks=(64, 64))
        group.attrs["weight_names"] = np.array(["w"], dtype="S1")
    assert keras.MOST_BYTES < 2**40
    with pytest.raises(StudyError, match="cannot be read"):
        read_checkpoint(path, "squeezenet1_1")
