"""A Keras trunk gives here what its own arrays give in numpy."""

import os
from hashlib import sha256
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sonomics.core.errors import StudyError
from sonomics.core.images import read_grey
from sonomics.core.settings.networks import EntryElsewhere, WrittenOut
from sonomics.networks.architectures.backbones import Backbone, build
from sonomics.networks.inputs import stack_images
from sonomics.networks.training.fit import embed
from sonomics.networks.weights.keras import LAYERS, read_keras
from sonomics.networks.weights.load import Weights, load_choice
from sonomics.networks.weights.registry import registry
from sonomics.statistics.discrimination.auc import auc
from tests.networks.weights.squeezenet import squeezenet

NAME, ARCHITECTURE = "squeezenet1_1_imagenet", "squeezenet1_1"
SIDE = 64


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file laid out as Keras does, of random numbers."""
    path = tmp_path_factory.mktemp("keras") / "squeezenet.h5"
    chance = np.random.default_rng(7)
    shapes = {name: tensor.shape for name, tensor in build(ARCHITECTURE, seed=1).trunk.state_dict().items()}
    with h5py.File(path, "w") as file:
        for theirs, ours in LAYERS[ARCHITECTURE].items():
            out, into, rows, columns = shapes[f"{ours}.weight"]
            layer = file.create_group(theirs)
            layer["kernel"] = chance.normal(0, (2 / (into * rows * columns)) ** 0.5, (rows, columns, into, out))
            layer["bias"] = chance.normal(0, 0.1, out)
            layer.attrs["weight_names"] = [b"kernel", b"bias"]
    return path


@pytest.fixture(scope="module")
def real() -> Path:
    return Path(os.path.expandvars("$SONOMICS_REALDATA/weights/squeezenet_v1.1_imagenet_notop_tf.h5"))


def loaded(path: Path) -> Backbone:
    entry = registry()[NAME]
    if sha256(path.read_bytes()).hexdigest() == entry.sha256:
        weights = load_choice(EntryElsewhere(entry=NAME, file=str(path)), ARCHITECTURE)
    else:
        keys = ("architecture", "mean", "std", "scale", "channels", "grey", "size", "licence")
        digest = sha256(path.read_bytes()).hexdigest()
        described = {key: vars(entry)[key] for key in keys}
        weights = load_choice(WrittenOut.partial({**described, "file": str(path), "sha256": digest}), ARCHITECTURE)
    return build(ARCHITECTURE, seed=3, weights=weights).eval()


def picture() -> np.ndarray:
    """A colour image, red to the left and blue below."""
    return np.random.default_rng(2).integers(0, 256, (SIDE, SIDE, 3)) * np.linspace(1, 0.2, SIDE)[None, :, None] ** [
        1,
        2,
        3,
    ]


def compare(path: Path) -> None:
    """The whole trunk on a colour image against numpy; then what a wrong convention would give."""
    colour = picture()
    expected = squeezenet(path, colour[..., ::-1])
    backbone = loaded(path)
    images = torch.from_numpy(colour.transpose(2, 0, 1)[None] / 255).float()
    with torch.inference_mode():
        ours = backbone.trunk.features(backbone.normalise(images))[0].permute(1, 2, 0).numpy()
        assert ours.shape == expected.shape == (3, 3, 512)
        np.testing.assert_allclose(ours, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())
        np.testing.assert_allclose(backbone(images)[0].numpy(), expected.mean(axis=(0, 1)), rtol=1e-3, atol=1e-3)
        spread = np.abs(expected).mean()
        for wrong in (squeezenet(path, colour), squeezenet(path, colour[..., ::-1] + [103.939, 116.779, 123.68])):
            assert np.abs(wrong - ours).mean() > 0.05 * spread


def test_a_drawn_file_gives_what_numpy_makes_of_it(drawn: Path) -> None:
    compare(drawn)


@pytest.mark.realdata
def test_the_imagenet_trunk_gives_what_numpy_makes_of_it(real: Path) -> None:
    compare(real)
    assert sum(tensor.numel() for tensor in read_keras(real, ARCHITECTURE).values()) == 722_496


def test_a_layer_that_is_not_there_is_named(drawn: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.h5"
    path.write_bytes(drawn.read_bytes())
    with h5py.File(path, "a") as file:
        del file["fire5/expand3x3"]
    with pytest.raises(StudyError, match="fire5/expand3x3 of squeezenet1_1 is not in the file"):
        read_keras(path, ARCHITECTURE)


def test_an_architecture_without_keras_names_is_refused(drawn: Path) -> None:
    with pytest.raises(StudyError, match="Keras gives the layers of resnet50 are not known"):
        read_keras(drawn, "resnet50")


def breast() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Crops of 500 training images: squares, whether malignant, patients."""
    import pandas as pd

    folder = Path(os.environ["SONOMICS_REALDATA"]) / "bus-bra"
    table = pd.read_csv(folder / "bus_data.csv")
    table = table[table["kFold"].isin([1, 2])].iloc[:500]
    crops = []
    for name in table["ID"]:
        mask = read_grey(folder / "Masks" / f"{name.replace('bus', 'mask')}.png") > 0
        rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
        rim = round(0.2 * max(np.ptp(rows), np.ptp(columns)))
        box = tuple(slice(max(0, side[0] - rim), side[-1] + rim + 1) for side in (rows, columns))
        crops.append(read_grey(folder / "Images" / f"{name}.png")[box])
    return stack_images(crops, 128), (table["Pathology"] == "malignant").to_numpy(float), table["Case"].to_numpy()


@pytest.mark.realdata
def test_imagenet_features_tell_real_lesions_apart_better_than_random_ones(real: Path) -> None:
    images, malignant, patients = breast()
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.001, max_iter=1000))

    def score(backbone: Backbone) -> float:
        features = embed(backbone, [images])
        held_out = cross_val_predict(model, features, malignant, cv=folds, groups=patients, method="predict_proba")
        return auc(malignant, held_out[:, 1])

    random = [score(Backbone(build(ARCHITECTURE, seed).trunk, Weights((0.5,) * 3, (0.25,) * 3))) for seed in range(2)]
    trained = score(loaded(real))
    print(f"trained {trained:.3f}, random {random}")
    assert trained > max(random) + 0.02
