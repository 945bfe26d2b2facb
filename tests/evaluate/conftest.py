"""One evaluation of a small simulated study, shared by the tests of this folder."""

import json
from pathlib import Path

import pytest

from sonomics.evaluate import task
from tests.evaluate.synthetic import SETTINGS, arguments, write_study


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study in which the external set has one class only."""
    folder = tmp_path_factory.mktemp("evaluate") / "study"
    cohort = write_study(folder, {"train": 60, "internal": 30, "external_1": 8})
    external = cohort["split"] == "external_1"
    cohort.loc[external, ["time", "event"]] = [30.0, 0]
    cohort.to_csv(folder / "data" / "cohort.csv", index=False)
    out = folder / "results" / "evaluate" / "main" / "recurrence"
    task.main([f"--settings={json.dumps(SETTINGS)}", *arguments(folder), f"--out={out}"])
    return folder


@pytest.fixture(scope="session")
def evaluation(study: Path) -> Path:
    """The folder that `evaluate_task` has written."""
    return study / "results" / "evaluate" / "main" / "recurrence"
