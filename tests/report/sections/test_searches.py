"""The section on values that were searched."""

import json
from pathlib import Path

import pandas as pd

from sonomics.core.schemas import TRIALS
from sonomics.core.tables import write_table
from sonomics.report.sections.searches import build_search_section, draw_trials

MADE = [(0.5, "rbf", 0.7), (12.345678, "linear", 0.8), (3.0, "rbf", None)]


def trials(best: int, folds: int = 3) -> pd.DataFrame:
    """Three trials of a cost and a kernel; the last one failed."""
    rows = [
        {
            "trial": number, "parameter": name, "value": json.dumps(value), "measure": "auc", "folds": folds,
            "mean": mean, "sd": 0.02, "state": "failed" if mean is None else "complete", "reason": "",
            "chosen": number == best,
        }
        for number, (cost, kernel, mean) in enumerate(MADE)
        for name, value in (("cost", cost), ("kernel", kernel))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_the_section_has_what_was_chosen_in_each_fold_and_the_inner_folds_that_there_were(tmp_path: Path) -> None:
    files = []
    for fold, table in {"0": trials(0, folds=2), "all": trials(1)}.items():
        (tmp_path / fold).mkdir()
        write_table(table, tmp_path / fold / "trials.parquet", TRIALS)
        files.append(("machine", "cancer", tmp_path / fold / "trials.parquet"))
    section = build_search_section(files)
    assert section is not None
    (table,) = section.tables
    shown = [[cell.main for cell in row] for row in table.rows]
    assert table.columns == ["Fitted on", "cost", "kernel", "AUC (SD)", "Inner folds", "Failed trials"]
    assert shown == [
        ["Without fold 0", "0.5", "rbf", "0.700 (0.020)", "2", "1"],
        ["All training cases", "12.35", "linear", "0.800 (0.020)", "3", "1"],
    ]
    assert section.figures[0].panels[0][0] == "machine: AUC of every trial, at best 0.800"


def test_every_trial_that_was_measured_is_a_dot() -> None:
    assert draw_trials(trials(1)).count("<circle") == 2


def test_without_a_search_there_is_no_section() -> None:
    assert build_search_section([]) is None
