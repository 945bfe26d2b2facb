"""Analyses: declared lightly, each with what it needs; one of an installed package runs and has a section."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from sonomics.core.files import read_json
from sonomics.core.settings.evaluate import Evaluate
from sonomics.evaluate import task
from sonomics.kinds.analyses import (
    ANALYSES,
    analyses_in_order,
    analyses_on_page,
    columns_of_analyses,
    evaluation_files,
    load,
    section_files,
)
from sonomics.kinds.tasks import TASKS
from sonomics.report.study.evaluation import read_evaluation
from tests.conftest import ROOT
from tests.evaluate.synthetic import SETTINGS, arguments, write_study

HEAVY = ("numpy", "pandas", "scipy", "matplotlib", "sonomics.evaluate", "sonomics.report")
# The code of an analysis as an installed package would have it: its tables, figures and section, and what declares it.
TABLES = """
import pandas as pd
from sonomics.evaluate.figures.panel import Panel

def make(context):
    counts = [{"split": sample.split, "cases": sample.n} for sample in context.samples.primary_samples]
    return {"toy_counts": pd.DataFrame(counts)}

def panels(tables, primary):
    return [Panel("toy", split, 40, lambda figure: figure.add_subplot()) for split in tables["toy_counts"]["split"]]
"""
SECTION = """
from sonomics.report.elements.section import Section

def section(evaluation, params):
    if "toy_counts" not in evaluation.tables:
        return None
    return Section("toy", "Toy", [f"{evaluation.tables['toy_counts']['cases'].sum()} cases."])
"""
DECLARATION = """
from sonomics.kinds.analyses import Analysis

TOY = Analysis(
    name="toy",
    builder="toy_analysis.tables:make",
    figures="toy_analysis.tables:panels",
    section="toy_analysis.section:section",
    tables=("toy_counts",),
    main_only=True,
    columns=lambda settings: ["weight"],
)
"""


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Path]:
    """Install a package that adds an analysis."""
    folder = tmp_path / "site"
    code, about = folder / "toy_analysis", folder / "toy_analysis-1.0.dist-info"
    code.mkdir(parents=True)
    about.mkdir()
    for name, text in {"__init__": "", "tables": TABLES, "section": SECTION, "declaration": DECLARATION}.items():
        (code / f"{name}.py").write_text(text, encoding="utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: toy_analysis\nVersion: 1.0\n", encoding="utf-8")
    entry = "[sonomics.kinds.analyses]\ntoy = toy_analysis.declaration:TOY\n"
    (about / "entry_points.txt").write_text(entry, encoding="utf-8")
    sys.path.insert(0, str(folder))
    vars(ANALYSES).pop("_entries", None)
    yield folder
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == "toy_analysis"]:
        del sys.modules[name]
    vars(ANALYSES).pop("_entries", None)


def evaluate(folder: Path, variant: str = "main") -> Path:
    """Evaluate a small study whose cohort has a weight."""
    cohort = write_study(folder, {"train": 24, "internal": 12}, ("main", "shuffled"))
    cohort.assign(weight=70.0).to_csv(folder / "data" / "cohort.csv", index=False)
    out = folder / "results" / "evaluate" / variant / "recurrence"
    task.main([f"--settings={json.dumps(SETTINGS)}", *arguments(folder, variant), f"--out={out}"])
    return out


def test_an_analysis_of_a_package_has_its_tables_figures_and_section(package: Path, tmp_path: Path) -> None:
    out = evaluate(tmp_path / "study")
    counts = read_json(out / "evaluation.json")["toy_counts"]
    assert counts == {"columns": ["split", "cases"], "rows": [["train", 24], ["internal", 12]]}
    assert (out / "toy_internal.svg").exists()
    last = analyses_on_page()[-1]
    assert last.name == "toy"
    section = load(last.section)(read_evaluation(out, "main", "recurrence"), {})
    assert section is not None
    assert section.paragraphs == ["36 cases."]
    assert [file.name for file in evaluation_files()] == ["tables.py"]
    assert [file.name for file in section_files()] == ["section.py"]
    assert "weight" in columns_of_analyses(Evaluate.partial({}))


def test_an_analysis_of_the_main_run_is_not_in_a_variant(package: Path, tmp_path: Path) -> None:
    out = evaluate(tmp_path / "study", "shuffled")
    assert "toy_counts" not in read_json(out / "evaluation.json")


def test_without_the_package_there_is_no_such_analysis() -> None:
    assert "toy" not in ANALYSES
    assert evaluation_files() == []


def test_declarations_import_nothing_heavy() -> None:
    code = "import sys; from sonomics.kinds.analyses import analyses_on_page; analyses_on_page(); print(*sys.modules)"
    env = {"PYTHONPATH": str(ROOT / "workflow/lib")}
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True, env=env)
    assert not [name for name in done.stdout.split() if name.startswith(HEAVY)]


@pytest.mark.parametrize("name", ANALYSES.names())
def test_what_an_analysis_names_is_there(name: str) -> None:
    analysis = ANALYSES.get(name)
    assert analysis.name == name
    assert bool(analysis.builder) == bool(analysis.tables)
    assert not analysis.setting or analysis.setting in Evaluate.model_fields
    for text in filter(None, (analysis.builder, analysis.figures, analysis.section)):
        module, _, function = text.partition(":")
        assert callable(getattr(import_module(module), function))


def test_no_two_analyses_make_the_same_table_or_have_the_same_place() -> None:
    analyses = analyses_in_order()
    for kind in TASKS.names():
        of_kind = [analysis for analysis in analyses if kind in analysis.serves]
        tables = [table for analysis in of_kind for table in analysis.tables]
        assert len(set(tables)) == len(tables)
        assert len({analysis.order for analysis in of_kind}) == len(of_kind)
    assert len({analysis.page for analysis in analyses_on_page()}) == len(analyses_on_page())


def test_an_analysis_applies_where_it_is_asked_for_and_has_its_columns() -> None:
    treatment = ANALYSES.get("treatment")
    asked, silent = Evaluate.partial({"treatment": "drug"}), Evaluate.partial({})
    assert treatment.applies(asked, ["time", "event"], is_main=False, kind="binary")
    assert not treatment.applies(silent, ["time", "event"], is_main=True, kind="binary")
    assert not treatment.applies(asked, ["time"], is_main=True, kind="binary")
    assert columns_of_analyses(asked) == ["drug"]
    readers = ANALYSES.get("readers")
    assert readers.applies(silent, [], is_main=True, kind="binary")
    assert not readers.applies(silent, [], is_main=False, kind="binary")


def test_columns_that_the_settings_name_are_read() -> None:
    settings = Evaluate.partial(
        {
            "subgroups": {"age": "median", "size": "levels"},
            "treatment": "drug",
            "serial": {"exam_time": "exam", "diagnosis_time": "diagnosis"},
            "borderline": {"column": "grade", "value": "b"},
            "classes": {"type": {"column": "histology", "classes": ["a", "b"], "models": {}}},
        }
    )
    columns = {"age", "size", "drug", "exam", "diagnosis", "grade", "histology"}
    assert set(columns_of_analyses(settings)) == columns
