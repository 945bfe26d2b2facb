"""One report of a small simulated study, shared by the tests of this folder."""

import json
from pathlib import Path

import pytest

from sonomics.report import render
from tests.evaluate.synthetic import SETTINGS
from tests.report.synthetic import PARAMS, report_arguments, write_inputs

TEMPLATES = Path(__file__).parents[2] / "workflow" / "report"


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with a report."""
    folder = tmp_path_factory.mktemp("report") / "study"
    write_inputs(folder, {"train": 40, "internal": 24}, json.dumps(SETTINGS))
    render.main([f"--settings={json.dumps(PARAMS)}", *report_arguments(folder, TEMPLATES)])
    return folder


@pytest.fixture(scope="session")
def page(study: Path) -> str:
    """The text of the page."""
    return (study / "results" / "report.html").read_text(encoding="utf-8")
