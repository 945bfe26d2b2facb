"""One report of a small simulated study, shared by the tests of this folder."""

import json
from pathlib import Path

import pytest

from sonomics.core.schemas import SCREENING
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import read_table
from sonomics.report import render
from sonomics.report.study.evaluation import read_evaluation
from sonomics.report.study.record import Record
from tests.evaluate.synthetic import SETTINGS
from tests.report.hostile import write_hostile_study
from tests.report.synthetic import PARAMS, STATE, report_arguments, write_inputs

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


@pytest.fixture(scope="session")
def shared(study: Path) -> Path:
    """The page of the same study, made to be shared."""
    params = {**PARAMS, "report": {**PARAMS["report"], "share": True}}
    html = study / "results" / "shared.html"
    arguments = report_arguments(study, TEMPLATES)
    places = [f"--html={html}", f"--out-metrics={study / 'results' / 'shared.json'}"]
    render.main([f"--settings={json.dumps(params)}", *arguments, *places])
    return html


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with a report, whose cohort and title hold hostile text."""
    folder = tmp_path_factory.mktemp("hostile") / "study"
    write_hostile_study(folder, TEMPLATES)
    return folder


@pytest.fixture(scope="session")
def record(study: Path) -> Record:
    """What the rules of the checklists see of the study."""
    results = study / "results"
    evaluation = read_evaluation(results / "evaluate" / "main" / "recurrence", "main", "recurrence")
    metrics = {"crop": {"main": {"by_reading": {"reader_1 session 1": 126, "reader_2 session 1": 30}}}}
    screening = read_table(results / "screening.csv", SCREENING)
    return Record(Parameters.partial(PARAMS), metrics, [evaluation], screening, [("texture", "recurrence", STATE)])
