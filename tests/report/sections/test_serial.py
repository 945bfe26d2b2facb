"""The sections on serial exams and on a borderline class, from hand-made frames."""

import numpy as np
import pandas as pd

from sonomics.core.settings.parameters import Parameters
from sonomics.evaluate.samples.models import Model
from sonomics.report.sections import borderline, serial
from sonomics.report.study.evaluation import Evaluation
from tests.evaluate.optional.test_borderline import PATHOLOGY, SETTINGS, VALUES
from tests.evaluate.optional.test_borderline import cases_of as pathology_cases
from tests.evaluate.optional.test_borderline import evaluate as evaluate_pathology
from tests.evaluate.optional.test_serial_exams import cases_of as exam_cases
from tests.evaluate.optional.test_serial_exams import evaluate as evaluate_exams

PARAMS = Parameters.partial({"evaluate": {"borderline": SETTINGS}, "report": {}})
SHARED = Parameters.partial({"report": {"share": True}})


def evaluation_of(tables: dict[str, pd.DataFrame]) -> Evaluation:
    performance = pd.DataFrame({"model": ["net"], "split": "internal", "statistic": "auc"})
    splits = pd.DataFrame({"split": ["internal"], "title": ["Internal test"]})
    text = {name: table.fillna({"reason": "", "method": "", "unit": ""}) for name, table in tables.items()}
    return Evaluation("main", "malignancy", {"performance": performance, "splits": splits, **text}, {})


def test_studies_without_either_have_no_section() -> None:
    assert serial.build(evaluation_of({}), PARAMS) is None
    assert borderline.build(evaluation_of({}), PARAMS) is None


def test_serial_exams_are_described_by_patient_and_in_sum() -> None:
    section = serial.build(evaluation_of(evaluate_exams(exam_cases())), PARAMS)
    assert section
    assert section.paragraphs[1] == (
        "Internal test: 3 of 4 diagnosed patients had an exam called positive before the diagnosis (75 %, 30 to 95)."
    )
    summary, patients = section.tables
    assert summary.rows[0][1].main == "3 of 4"
    assert summary.rows[1][2] == ("2.50", "0.08 to 3.00")
    by_patient = {row[0].main: row for row in patients.rows}
    assert by_patient["waverer"][1] == ("3", "1 after the diagnosis")
    assert [cell.main for cell in by_patient["missed"][2:]] == [
        "1.0", "–", "–", "no exam before the diagnosis was called positive",
    ]  # fmt: skip


def test_without_a_threshold_the_sentence_says_why() -> None:
    tables = evaluate_exams(exam_cases(), Model("net", np.nan, "probability", "youden"))
    section = serial.build(evaluation_of(tables), PARAMS)
    assert section
    assert section.paragraphs[1].endswith("not estimable (the threshold was not estimable on the training set).")


def test_the_borderline_class_is_described_with_counts() -> None:
    table = evaluate_pathology(pathology_cases(PATHOLOGY, VALUES))
    section = borderline.build(evaluation_of({"borderline": table}), PARAMS)
    assert section
    assert section.paragraphs[0].startswith("Cases with pathology = borderline are a class of their own")
    assert section.paragraphs[1].startswith("Internal test: at the frozen threshold net calls 0.50 (0.09 to 0.91) of 2")
    (shown,) = section.tables
    assert shown.caption == "Internal test: 2 borderline, 3 negative and 2 positive cases"
    assert [cell.main for cell in shown.rows[0]] == ["net", "0.67", "0.75", "0.50", "0.75", "0.80", "0.83"]


def test_a_shared_report_has_no_row_a_patient() -> None:
    evaluation = evaluation_of(evaluate_exams(exam_cases()))
    evaluation.figures["serial", "internal"] = "<svg></svg>"
    own = serial.build(evaluation, PARAMS)
    shared = serial.build(evaluation, SHARED)
    assert own
    assert shared
    assert len(own.figures) == 1
    assert len(own.tables) == 2
    assert shared.figures == []
    assert [table.caption for table in shared.tables] == ["Internal test: calls before the diagnosis"]
    assert "waverer" not in str(shared)
