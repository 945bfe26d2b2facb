"""Starting weights are the stated file or none; an altered file is refused."""

from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from sonomics.core.errors import StudyError
from sonomics.networks.backbones import build
from sonomics.networks.state import to_tensors
from sonomics.networks.weights import RANDOM, load_weights, weights_of

ARCHITECTURE = "test_resnet"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A file with a trunk and a classifier, as they are published."""
    trunk = to_tensors(build(ARCHITECTURE, seed=4).trunk)
    path = tmp_path / "weights.safetensors"
    save_file(trunk | {"fc.weight": torch.ones(2, 3)}, path)
    return path


def test_stated_weights_fill_the_trunk(saved: Path) -> None:
    choice = {"file": str(saved), "sha256": sha256(saved.read_bytes()).hexdigest()}
    backbone = build(ARCHITECTURE, seed=5, weights=weights_of(choice))
    expected = to_tensors(build(ARCHITECTURE, seed=4).trunk)
    assert all(torch.equal(tensor, expected[name]) for name, tensor in to_tensors(backbone.trunk).items())
    assert backbone.mean == pytest.approx(0.449)


def test_none_is_a_declared_choice() -> None:
    assert weights_of("none") is RANDOM


def test_an_altered_file_is_refused(saved: Path) -> None:
    digest = sha256(saved.read_bytes()).hexdigest()
    saved.write_bytes(saved.read_bytes()[:-1] + b"\x01")
    with pytest.raises(StudyError, match="not those stated"):
        load_weights(saved, digest)


def test_a_missing_file_says_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="put the file with sha256 abc there"):
        load_weights(tmp_path / "absent.safetensors", "abc")


def test_an_unknown_choice_is_refused() -> None:
    with pytest.raises(StudyError, match="imagenet"):
        weights_of("imagenet")


def test_weights_of_another_architecture_are_refused(saved: Path) -> None:
    weights = weights_of({"file": str(saved), "sha256": sha256(saved.read_bytes()).hexdigest()})
    with pytest.raises(StudyError, match="not of test_efficientnet"):
        build("test_efficientnet", seed=1, weights=weights)


def test_an_unknown_architecture_is_refused() -> None:
    with pytest.raises(StudyError, match="timm has no model 'resnet1'"):
        build("resnet1", seed=1)
