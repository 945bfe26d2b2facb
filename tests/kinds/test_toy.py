"""A kind that an installed package adds is found, validated, described and built like one that comes with sonomics."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from sonomics.core.errors import StudyError
from sonomics.core.settings.stack import Stack
from sonomics.core.settings.train import Train
from sonomics.kinds.models import MODELS
from sonomics.kinds.outlines import OUTLINES, format_of
from tests.kinds import toy

SETTINGS = {
    "models": {
        "kind": "nearest",
        "families": ["texture", "deep"],
        "search": {"folds": 2, "values": {"neighbours": [1, 3]}},
    },
    "families": {"kind": "area", "unit": 100},
    "steps": {"step": "first"},
    "sources": {"patients": {"train": 4}},
}
WORDS = {
    "models": "nearest neighbours on texture and deep: neighbours chosen among 1, 3",
    "families": "area of the region in units of 100",
    "steps": "the first 3",
    "sources": "a twin of the simulator",
    "outlines": "rectangles in a text file",
    "combinations": "led by the first of them",
    "pools": "least",
    "calibrations": "All probabilities were one half",
    "thresholds": "the middle of the scale",
}


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Path]:
    with toy.installed(tmp_path) as folder:
        yield folder


@pytest.mark.parametrize("group", toy.KINDS)
def test_a_kind_of_a_package_is_found(package: Path, group: str) -> None:
    name, _ = toy.KINDS[group]
    kinds = toy.GROUPS[group]
    assert name in kinds.names()
    assert kinds.names() == sorted(kinds.names())
    assert name in kinds
    assert kinds.get(name).name == name
    assert kinds.get(name) is kinds.get(name)


@pytest.mark.parametrize("group", toy.KINDS)
def test_a_kind_of_a_package_is_described_with_its_settings_and_defaults(package: Path, group: str) -> None:
    kind = toy.GROUPS[group].get(toy.KINDS[group][0])
    settings = kind.settings.model_validate(SETTINGS.get(group, {}))
    assert kind.describe(settings) == WORDS[group]
    assert kind.describe(kind.settings.partial(settings.plain())) == WORDS[group]


@pytest.mark.parametrize("group", toy.KINDS)
def test_a_kind_of_a_package_is_built_and_an_edit_of_its_code_can_rerun_jobs(package: Path, group: str) -> None:
    name, _ = toy.KINDS[group]
    kinds = toy.GROUPS[group]
    assert kinds.build(name) is not None
    (file,) = kinds.files(name)
    assert file.is_relative_to(package)
    assert all(kinds.files(built_in) == [] for built_in in kinds.names() if built_in != name)


def test_without_the_package_its_kinds_are_unknown() -> None:
    for group, (name, _) in toy.KINDS.items():
        assert name not in toy.GROUPS[group]
        with pytest.raises(StudyError, match=f"{name} is not a kind of {group}"):
            toy.GROUPS[group].get(name)


def test_settings_of_a_package_are_validated_where_params_name_its_kind(package: Path) -> None:
    train = Train.model_validate({"models": {"knn": SETTINGS["models"]}})
    assert train.models["knn"].neighbours == 3
    chosen = {"pool": "least", "calibration": "half", "threshold": "middle"}
    Stack.model_validate({**chosen, "models": {"final": {"of": ["knn", "rf"], "weights": "leader"}}})
    for change, place in (
        ({"neighbours": 0}, "neighbours"),
        ({"neighbors": 1}, "neighbors"),
        ({"kind": "near"}, "kind"),
    ):
        with pytest.raises(ValidationError) as refused:
            Train.model_validate({"models": {"knn": {**SETTINGS["models"], **change}}})
        assert refused.value.errors()[0]["loc"] == ("models", "knn", place)


def test_what_a_package_builds_works(package: Path) -> None:
    def build(group: str) -> Any:
        return toy.GROUPS[group].build(toy.KINDS[group][0])

    nearest = MODELS.get("nearest").settings.model_validate({"kind": "nearest", "families": ["a"], "neighbours": 1})
    classifier = build("models")(nearest, 0).fit([[0.0], [1.0]], [0, 1])
    assert classifier.predict([[0.9]]).tolist() == [1]
    scores = pd.Series([1.0, 2.0, 6.0], index=["P1", "P1", "P1"]).groupby(level=0)
    assert build("pools")(scores).tolist() == [1.0]
    weight, intercept = build("combinations")(np.ones((4, 2)), np.array([0.0, 0.0, 1.0, 1.0]))
    assert (weight.tolist(), intercept) == ([1.0, 0.0], 0.0)
    calibration = build("calibrations")
    assert calibration.apply(calibration.fit(np.zeros(2), np.zeros(2)), np.zeros(2)).tolist() == [0.5, 0.5]
    assert build("thresholds")(np.zeros(2), np.zeros(2)).cutoff == 0.5


def test_outlines_of_a_package_are_recognised_by_the_longest_ending(package: Path, tmp_path: Path) -> None:
    file = tmp_path / "session.RECT.txt"
    file.write_text("P1-e1-i1 1 2 3 4\n")
    kind = format_of(file)
    assert kind is not None
    assert (kind.name, kind.ending_of(file)) == ("rectangles", ".rect.txt")
    drawing = OUTLINES.build(kind.name)(file)["P1-e1-i1"]
    assert drawing(SimpleNamespace(rows=8, columns=9)).sum() == 12


def test_a_package_cannot_take_the_place_of_a_kind_that_comes_with_sonomics(package: Path) -> None:
    entries = package / f"{toy.NAME}-1.0.dist-info/entry_points.txt"
    entries.write_text(entries.read_text().replace("nearest =", "forest ="))
    assert MODELS.get("forest").builder.startswith("sonomics.")
