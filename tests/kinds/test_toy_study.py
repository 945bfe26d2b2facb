"""A study whose selection, models and final models are of kinds that an installed package adds is planned."""

from pathlib import Path

import pytest
import yaml

from sonomics.core.settings.named import builders, plugin_files
from sonomics.core.settings.parameters import Parameters
from tests.conftest import Study, copy_study, keep_binary
from tests.kinds import toy

MODEL = {"kind": "nearest", "families": ["texture"], "neighbours": 1}
FINAL = {"of": ["knn", "rf"], "weights": "leader"}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """The binary task of the smoke study with a toy step, a toy model, and toys to pool, combine, calibrate and cut."""
    copied = copy_study("smoke", tmp_path / "study")
    file = copied.path / "params.yaml"
    params = keep_binary(yaml.safe_load(file.read_text(encoding="utf-8")))
    params["select"]["steps"].insert(1, {"step": "first", "count": 5})
    params["train"]["models"]["knn"] = MODEL
    params["stack"]["models"]["toy"] = FINAL
    params["stack"] |= {"pool": "least", "calibration": "half", "threshold": "middle"}
    file.write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    return copied


def test_toy_kinds_are_planned_and_an_edit_of_their_code_reruns_their_jobs(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = toy.write_package(tmp_path / "site")
    monkeypatch.setenv("PYTHONPATH", str(site))
    plan = study.run("-n", "-p", "--", "results/metrics/stack.json").stdout
    trained = [line for line in plan.splitlines() if "sonomics.train.classifier" in line and "--model knn" in line]
    assert len(trained) == 2  # the variants: one job trains all folds
    assert all('"neighbours": 1' in line for line in trained)
    parameters = yaml.safe_load((study.path / "params.yaml").read_text(encoding="utf-8"))
    with toy.installed(tmp_path / "same"):
        settings = Parameters.partial(parameters)
        built = builders(settings)
        files = {
            name: plugin_files(Parameters({name: getattr(settings, name)})) for name in ("select", "train", "stack")
        }
    assert built["train.models.knn"] == "toy_kinds.fits:build_nearest"
    assert built["select.steps.1"] == "toy_kinds.fits:keep_first"
    assert built["stack.models.toy.weights"] == "toy_kinds.fits:follow_leader"
    assert all([Path(file).name for file in of_phase] == ["fits.py"] for of_phase in files.values())


def test_without_the_package_the_study_stops_before_any_work(study: Study) -> None:
    refused = study.snakemake("-n", "--", "results/metrics/stack.json")
    assert refused.returncode != 0
    assert "'first' is not one of" in refused.stdout + refused.stderr
