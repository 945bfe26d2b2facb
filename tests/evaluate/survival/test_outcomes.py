"""Scores of a binary task judged by further survival outcomes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sonomics.core.settings.parameters import Parameters
from sonomics.evaluate import task
from sonomics.report.sections.outcomes import build, show_outcome
from sonomics.report.study.evaluation import read_evaluation
from tests.evaluate.synthetic import SETTINGS, arguments, write_study

OUTCOMES = {
    "same": {"time": "time", "event": "event", "horizons": [12]},
    "pfs": {"time": "progressed_at", "event": "progressed", "origin": "surgery", "horizons": [24, 12]},
    "never": {"time": "progressed_at", "event": "died", "horizons": [12]},
}
SHARED = (
    "kaplan_meier", "risk_groups", "follow_up", "cox", "proportional_hazards", "cutpoint", "survival",
    "survival_decision", "hazard_subgroups", "treatment", "treatment_curves",
)  # fmt: skip


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """An evaluation with three outcomes: the follow-up of the label, progression since surgery, and no event at all."""
    folder = tmp_path_factory.mktemp("outcomes") / "study"
    cohort = write_study(folder, {"train": 60, "internal": 30})
    cohort["surgery"] = np.arange(len(cohort)) % 3
    cohort["progressed_at"] = cohort["time"] / 2 + cohort["surgery"]
    cohort["progressed"] = 1 - cohort["event"] * (np.arange(len(cohort)) % 4 == 0)
    cohort.loc[3, "progressed_at"] = cohort.loc[3, "surgery"]  # a time of 0
    cohort["died"], cohort["hipec"] = 0, np.arange(len(cohort)) % 2
    cohort.to_csv(folder / "data" / "cohort.csv", index=False)
    asked = {"outcomes": OUTCOMES, "follow_up": {name: ["recurrence"] for name in OUTCOMES}, "treatment": "hipec"}
    settings = {
        **SETTINGS,
        "evaluate": {**SETTINGS["evaluate"], **asked},
    }
    out = folder / "results" / "evaluate" / "main" / "recurrence"
    task.main([f"--settings={json.dumps(settings)}", *arguments(folder), f"--out={out}"])
    return out, settings


def of_outcome(folder: Path, table: str, outcome: str) -> pd.DataFrame:
    found = pd.read_csv(folder / f"outcome_{table}.csv")
    return found[found["outcome"] == outcome].drop(columns="outcome").reset_index(drop=True)


@pytest.mark.parametrize("table", SHARED)
def test_an_outcome_of_the_columns_time_and_event_gives_the_tables_that_follow_up_gives(judged, table):
    usual = pd.read_csv(judged[0] / f"{table}.csv")
    own = of_outcome(judged[0], table, "same")
    assert len(usual)
    pd.testing.assert_frame_equal(own, usual, check_dtype=False)


def test_times_count_from_the_origin_and_a_time_of_0_counts(judged):
    cases = pd.read_csv(judged[0] / "cases.csv")
    groups = of_outcome(judged[0], "risk_groups", "pfs").set_index("split")
    curves = of_outcome(judged[0], "kaplan_meier", "pfs")
    scored = cases[cases["stacked__probability"].notna()]
    for split, row in groups.iterrows():
        of_split = scored[scored["split"] == split]
        high = of_split["stacked__probability"] >= 0.5
        assert (row["n_high"], row["n_low"]) == (high.sum(), (~high).sum())
        longest = curves.loc[curves["split"] == split, "time"].max()
        assert longest == pytest.approx((of_split["time"] / 2).max())
    assert set(of_outcome(judged[0], "survival", "pfs")["horizon"].dropna()) == {12.0, 24.0}


def test_an_outcome_without_an_event_has_a_reason_for_everything(judged):
    groups = of_outcome(judged[0], "risk_groups", "never")
    assert groups["hr"].isna().all()
    assert groups["reason"].notna().all()
    table = of_outcome(judged[0], "survival", "never")
    assert table.loc[table["estimate"].isna(), "reason"].notna().all()


def test_the_page_shows_every_outcome_under_its_name_with_figures_of_its_own(judged):
    folder, settings = judged
    evaluation = read_evaluation(folder, "main", "recurrence")
    section = build(evaluation, Parameters.partial(settings))
    captions = [table.caption for table in section.tables]
    for outcome in OUTCOMES:
        assert any(caption.startswith(f"{outcome}. Training (out of fold): Cox regression") for caption in captions)
        assert f"outcome_{outcome}_kaplan_meier" in {figure.kind for figure in section.figures}
        assert ("kaplan_meier", "internal") in show_outcome(evaluation, outcome).figures
        assert (folder / f"outcome_{outcome}_hazard_subgroups_internal.svg").exists()
    assert "pfs (progressed in progressed_at from surgery, months)" in section.paragraphs[0]
    ids = [svg for figure in section.figures for _, svg in figure.panels]
    assert len(ids) == len({str(svg) for svg in ids})


def test_a_study_without_the_key_has_none_of_it(evaluation: Path) -> None:
    assert not list(evaluation.glob("outcome_*"))
