"""Starting weights are the stated file or none; a missing or altered one is refused with the way to fix it."""

import math
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import timm
import torch
import torchvision
from safetensors.torch import save_file

from sonomics.core.errors import StudyError
from sonomics.core.settings.networks import EntryElsewhere, WrittenOut
from sonomics.networks.architectures.backbones import build
from sonomics.networks.weights.check import check_weights
from sonomics.networks.weights.load import RANDOM, load_choice, load_weights
from sonomics.networks.weights.locate import locate
from sonomics.networks.weights.registry import Entry, find_entry, registry
from sonomics.networks.weights.state import to_tensors

ARCHITECTURE = "test_resnet"
# The entries whose files timm publishes; the others have tests of their own.
TIMM = [name for name in registry() if name not in ("squeezenet1_1_imagenet", "efficientnet_lite0_imagenet")]
LIKE = {"mean": [0.4, 0.5, 0.6], "std": [0.1, 0.2, 0.3], "grey": "repeat", "size": 160, "licence": "MIT"}


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def stated(path: Path, architecture: str = ARCHITECTURE, **more: object) -> WrittenOut:
    """An entry as params write it out."""
    return WrittenOut(**{**LIKE, "file": str(path), "sha256": digest(path), "architecture": architecture, **more})


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A file with a trunk and a classifier, as they are published."""
    trunk = to_tensors(build(ARCHITECTURE, seed=4).trunk)
    path = tmp_path / "weights.safetensors"
    save_file(trunk | {"fc.weight": torch.ones(2, 3)}, path)
    return path


def test_stated_weights_fill_the_trunk(saved: Path) -> None:
    backbone = build(ARCHITECTURE, seed=5, weights=load_choice(stated(saved), ARCHITECTURE))
    expected = to_tensors(build(ARCHITECTURE, seed=4).trunk)
    assert all(torch.equal(tensor, expected[name]) for name, tensor in to_tensors(backbone.trunk).items())


def test_none_is_a_declared_choice() -> None:
    assert load_choice("none", ARCHITECTURE) is RANDOM


def test_each_channel_is_normalised_by_its_own_numbers_and_grey_goes_to_all(saved: Path) -> None:
    backbone = build(ARCHITECTURE, seed=5, weights=load_choice(stated(saved), ARCHITECTURE))
    prepared = backbone.normalise(torch.full((1, 1, 2, 2), 0.8))
    torch.testing.assert_close(prepared[0, :, 0, 0], torch.tensor([4.0, 1.5, 2 / 3]))


def test_grey_by_the_average_looks_the_same_in_all_channels(saved: Path) -> None:
    weights = load_choice(stated(saved, grey="average"), ARCHITECTURE)
    prepared = build(ARCHITECTURE, seed=5, weights=weights).normalise(torch.full((1, 1, 2, 2), 0.8))
    torch.testing.assert_close(prepared[0, :, 0, 0], torch.full((3,), 1.5))


def test_blue_comes_first_where_the_weights_want_it(saved: Path) -> None:
    weights = load_choice(stated(saved, channels="BGR", scale=255, mean=[10, 20, 30], std=[1, 1, 1]), ARCHITECTURE)
    colour = torch.tensor([100.0, 150.0, 200.0]).view(1, 3, 1, 1) / 255
    prepared = build(ARCHITECTURE, seed=5, weights=weights).normalise(colour)
    torch.testing.assert_close(prepared.flatten(), torch.tensor([190.0, 130.0, 70.0]))


def test_an_altered_file_is_refused(saved: Path) -> None:
    choice = stated(saved)
    saved.write_bytes(saved.read_bytes()[:-1] + b"\x01")
    with pytest.raises(StudyError, match=f"not {choice.sha256}") as caught:
        load_choice(choice, ARCHITECTURE)
    assert caught.value.where == str(saved)


def test_a_missing_file_says_where_to_put_it(saved: Path) -> None:
    choice = stated(saved)
    saved.unlink()
    with pytest.raises(StudyError, match=f"{saved}.* missing.*put the file with SHA-256 {choice.sha256} there"):
        load_choice(choice, ARCHITECTURE)


def test_an_unset_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SONOMICS_WEIGHTS", raising=False)
    with pytest.raises(StudyError, match="export SONOMICS_WEIGHTS=<the folder>"):
        load_choice("resnet18_imagenet", "resnet18")


def test_a_file_of_the_registry_may_lie_elsewhere(saved: Path) -> None:
    entry = find_entry(EntryElsewhere(entry="resnet18_imagenet", file=str(saved)), "resnet18")
    assert entry == replace(registry()["resnet18_imagenet"], file=str(saved))
    with pytest.raises(StudyError, match="not f37072fd"):
        locate(entry)


def test_an_unknown_entry_is_refused_with_the_known_ones() -> None:
    with pytest.raises(StudyError, match=r"no weights 'imagenet' \(efficientnet_lite0_imagenet,"):
        load_choice("imagenet", "resnet18")


def test_weights_of_another_architecture_than_stated_are_refused() -> None:
    with pytest.raises(StudyError, match="are for resnet18, not for resnet50"):
        load_choice("resnet18_imagenet", "resnet50")


def test_a_file_that_does_not_hold_the_architecture_is_refused(saved: Path) -> None:
    weights = load_choice(stated(saved, "test_efficientnet"), "test_efficientnet")
    with pytest.raises(StudyError, match="not for test_efficientnet"):
        build("test_efficientnet", seed=1, weights=weights)


def test_an_unknown_architecture_is_refused() -> None:
    with pytest.raises(StudyError, match="'resnet1' is neither a timm model"):
        build("resnet1", seed=1)


def test_an_architecture_of_one_input_size_says_so() -> None:
    with pytest.raises(StudyError, match="set size: 160"):
        build("test_vit", seed=1, size=96)


@pytest.mark.parametrize("name", TIMM)
def test_the_registry_says_what_timm_says(name: str) -> None:
    entry = registry()[name]
    tag = {"resnet18": "tv_in1k", "resnet34": "tv_in1k", "resnet50": "tv_in1k", "efficientnet_b0": "ra_in1k"}
    config = timm.models.get_pretrained_cfg(f"{entry.architecture}.{tag.get(entry.architecture, 'lamb_in1k')}")
    assert (entry.mean, entry.std, entry.size) == (config.mean, config.std, config.input_size[-1])
    assert entry.licence.lower() == config.license
    published = config.url.rpartition("/")[2]
    assert Path(entry.file).name == published
    assert published.removesuffix(".pth").endswith(f"-{entry.sha256}")


def wrapped(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """A state as RadImageNet's PyTorch files hold it: the modules counted, behind a name of their own."""
    sequence = torch.nn.Sequential(*list(network.children())[:-1])
    return {f"module.backbone.{name}": tensor for name, tensor in sequence.state_dict().items()}


@pytest.mark.parametrize("architecture", ["resnet18", "densenet121"])
def test_a_checkpoint_that_counts_its_modules_gives_the_same_features(tmp_path: Path, architecture: str) -> None:
    torch.manual_seed(1)
    theirs = torchvision.models.get_model(architecture).eval()
    path = tmp_path / "RadImageNet.pt"
    torch.save({"state_dict": wrapped(theirs)}, path)
    choice = stated(path, architecture, prefix="module.backbone.")
    ours = build(architecture, seed=2, weights=load_choice(choice, architecture)).eval()
    images = torch.rand(2, 3, 64, 64)
    last = list(theirs.children())[-1]
    taken = []
    last.register_forward_pre_hook(lambda layer, inputs: taken.append(inputs[0]))
    with torch.inference_mode():
        theirs(ours.normalise(images))
        torch.testing.assert_close(ours(images), taken[0], rtol=1e-4, atol=1e-5)


def test_a_pickled_network_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "network.pth"
    torch.save(torch.nn.Linear(2, 2), path)
    with pytest.raises(StudyError, match="more than tensors"):
        load_choice(stated(path), ARCHITECTURE)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(b"\x00\x01")
    with pytest.raises(StudyError, match=r"weights\.safetensors: the file is not a valid safetensors file"):
        load_choice(stated(path), ARCHITECTURE)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.onnx"
    path.write_bytes(b"")
    with pytest.raises(StudyError, match=r"use one of \.safetensors"):
        load_choice(stated(path), ARCHITECTURE)


@pytest.fixture
def hub(tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """An entry of the hub, and its file in the hub's cache on this machine; the network is cut off."""
    from huggingface_hub import constants

    folder = tmp_path / "hub/models--timm--test"
    snapshot = folder / "snapshots/0123456789abcdef0123456789abcdef01234567"
    snapshot.mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs/main").write_text(snapshot.name)
    saved.rename(snapshot / "model.safetensors")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    sha256 = digest(snapshot / "model.safetensors")
    entry = find_entry(WrittenOut(**LIKE, hub="timm/test", sha256=sha256, architecture=ARCHITECTURE), ARCHITECTURE)
    assert entry is not None
    return entry


def test_weights_of_the_hub_are_those_in_its_cache(hub: Entry) -> None:
    weights = load_weights(hub)
    assert set(weights.tensors) >= set(to_tensors(build(ARCHITECTURE, seed=4).trunk))


def test_the_hub_out_of_reach_is_a_clear_stop(hub: Entry) -> None:
    with pytest.raises(
        StudyError, match=r"model\.safetensors of timm/other is not in the hub's cache.*hf download timm/other"
    ):
        locate(replace(hub, hub="timm/other"))


def test_every_network_of_a_study_is_checked_before_work(params: dict, saved: Path) -> None:
    check_weights(params, ("clean", "extract", "train"))
    choice = stated(saved, "mobilenetv3_small_050").plain()
    params["study"]["variants"]["pretrained"] = {"train": {"models": {"cnn": {"weights": choice}}}}
    check_weights(params, ("clean", "extract", "train"))
    saved.unlink()
    check_weights(params, ("clean", "extract"))
    with pytest.raises(StudyError, match="are missing"):
        check_weights(params, ("train",))


def test_a_random_network_sees_grey_centred() -> None:
    prepared = build(ARCHITECTURE, seed=1).normalise(torch.full((1, 1, 2, 2), 0.75))
    assert math.isclose(float(prepared.min()), 1.0)
    assert prepared.shape == (1, 3, 2, 2)


def test_a_study_of_images_that_its_weights_have_seen_stops_before_work(params: dict) -> None:
    check_weights(params | {"study": params["study"] | {"data": ["BUS-BRA"]}}, ("extract",))
    with pytest.raises(StudyError, match=r"extract\.families\.deep\.weights.* trained on imagenet"):
        check_weights(params | {"study": params["study"] | {"data": ["imagenet"]}}, ("extract",))
