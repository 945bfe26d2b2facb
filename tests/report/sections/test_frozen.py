"""Frozen thresholds, and the nested estimates next to the apparent ones."""

from pathlib import Path

import pandas as pd

from sonomics.core.files import write_csv, write_json
from sonomics.report.sections.frozen import build_frozen_section, tabulate_nested, tabulate_thresholds

TABLE = pd.DataFrame(
    [
        ("auc", float("nan"), 60, 0.84, 0.81, ""),
        ("brier", 12.0, 60, 0.2, 0.25, ""),
        ("sensitivity", float("nan"), 0, float("nan"), float("nan"), "no threshold could be chosen"),
    ],
    columns=["measure", "horizon", "n", "apparent", "nested", "reason"],
)


def test_both_estimates_stand_next_to_each_other():
    rows = tabulate_nested("both", TABLE).rows
    assert [cell.main for cell in rows[0]] == ["AUC", "60", "0.840", "0.810"]
    assert rows[1][0].main == "Brier score by 12 months"
    assert (rows[2][3].main, rows[2][3].detail) == ("not estimable", "no threshold could be chosen")


def test_a_cutpoint_has_its_corrected_p_and_classes_have_a_cutoff_each():
    thresholds = {
        "cox": {"rule": "log_rank", "on": "risk", "cutoff": 0.5, "p": 0.0321, "reason": ""},
        "graded": {"rule": "youden", "on": "probability", "cutoff": None, "cutoffs": [0.25, None], "reason": ""},
        "plain": {"rule": "largest", "on": "probability", "cutoff": None, "reason": ""},
    }
    rows = [[cell.main for cell in row] for row in tabulate_thresholds(thresholds).rows]
    assert rows == [
        ["cox", "log_rank", "0.500", "0.032"],
        ["graded", "youden", "0.250, –", "–"],
        ["plain", "largest", "–", "–"],
    ]


def test_the_section_reads_what_stack_wrote(tmp_path: Path):
    assert build_frozen_section([]) is None
    write_csv(tmp_path / "nested.csv", TABLE)
    write_json(tmp_path / "thresholds.json", {"rule": "youden", "on": "probability", "cutoff": 0.4, "reason": ""})
    section = build_frozen_section([("both", tmp_path / name) for name in ("nested.csv", "thresholds.json")])
    assert [table.caption for table in section.tables] == ["Frozen thresholds", "both: apparent and nested"]
