"""Serial exams before a diagnosis, by hand."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sonomics.core.errors import StudyError
from sonomics.core.settings.evaluate import Serial
from sonomics.evaluate.figures.serial_exams import draw_serial
from sonomics.evaluate.optional.serial_exams import serial_tables
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.scored import build_samples

NAN = float("nan")
MODEL = Model("net", 0.5, "probability", "youden")
SETTINGS = {"exam_time": "exam_month", "diagnosis_time": "diagnosis_month"}
# patient, exam, diagnosis (months), probability
EXAMS = [
    ("early", 0, 36, 0.7), ("early", 24, 36, 0.8), ("early", 36, 36, 0.9),
    ("late", 0, 24, 0.1), ("late", 23, 24, 0.6),
    ("waverer", 0, 30, 0.9), ("waverer", 12, 30, 0.2), ("waverer", 29, 30, 0.8), ("waverer", 34, 30, 0.9),
    ("missed", 0, 12, 0.2), ("missed", 11, 12, 0.3),
    ("unscored", 0, 12, NAN),
    ("healthy", 0, NAN, 0.6), ("healthy", 12, NAN, 0.2), ("well", 0, NAN, 0.1),
]  # fmt: skip


def cases_of(rows: list[tuple[str, float, float, float]] = EXAMS) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["patient", "exam_month", "diagnosis_month", "net__probability"])
    frame["case"] = [f"{patient}{number}" for number, patient in enumerate(frame["patient"])]
    return frame.assign(split="internal", label=1.0, exam_month=frame["exam_month"].astype(float))


def evaluate(cases: pd.DataFrame, model: Model = MODEL, **more: object) -> dict[str, pd.DataFrame]:
    return serial_tables(build_samples(cases, [model]).primary_samples, Serial.partial({**SETTINGS, **more}), 0.95)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return evaluate(cases_of())


def test_every_diagnosed_patient_has_a_row_with_lead_or_reason(tables: dict[str, pd.DataFrame]) -> None:
    patients = tables["serial"].set_index("patient")
    assert sorted(patients.index) == ["early", "late", "missed", "unscored", "waverer"]
    assert patients.loc["early", ["exams", "first_exam", "earliest", "lead"]].tolist() == [3, 3, 3, 3]
    assert patients.loc["late", ["earliest", "lead"]].tolist() == pytest.approx([1 / 12, 1 / 12])
    waverer = patients.loc["waverer"]
    assert (waverer["earliest"], waverer["lead"], waverer["after_diagnosis"]) == pytest.approx((2.5, 1 / 12, 1))
    assert np.isnan(patients.loc["missed", "earliest"])
    assert patients.loc["missed", "reason"] == "no exam before the diagnosis was called positive"
    assert patients.loc["unscored", ["exams", "unscored", "reason"]].tolist() == [
        0, 1, "no scored exam before the diagnosis",
    ]  # fmt: skip


def test_the_summary_counts_patients_windows_and_false_alarms(tables: dict[str, pd.DataFrame]) -> None:
    found = tables["serial_summary"].set_index("statistic")
    assert found.loc["found before diagnosis", ["x", "n"]].tolist() == [3, 4]
    assert found.loc["found before diagnosis", "lower"] == pytest.approx(0.3006, abs=1e-4)
    earliest = found.loc["years, earliest positive exam"]
    assert earliest[["estimate", "lower", "upper", "n"]].tolist() == pytest.approx([2.5, 1 / 12, 3, 3])
    assert found.loc["sensitivity 0 to 1 years before", ["x", "n"]].tolist() == [3, 4]
    assert found.loc["sensitivity 1 to 2 years before", ["x", "n"]].tolist() == [1, 3]
    assert found.loc["sensitivity 3 or more years before", ["x", "n"]].tolist() == [1, 1]
    assert found.loc["called positive without a diagnosis", ["x", "n"]].tolist() == [1, 3]
    assert found.loc["ever called positive without a diagnosis", ["x", "n"]].tolist() == [1, 2]


def test_an_exam_at_the_diagnosis_alone_is_not_early() -> None:
    made = evaluate(cases_of([("a", 10, 10, 0.9), ("b", 0, 10, 0.9)]))
    found = made["serial_summary"].set_index("statistic")
    assert found.loc["found before diagnosis", ["x", "n"]].tolist() == [1, 2]
    assert found.loc["ever called positive without a diagnosis", "reason"] == "no patient without a diagnosis"


def test_own_windows() -> None:
    made = evaluate(cases_of(), windows=[2, 0.5])
    windows = [name for name in made["serial_summary"]["statistic"] if name.startswith("sensitivity")]
    assert windows == ["sensitivity 0.5 to 2 years before", "sensitivity 2 or more years before"]


def test_without_a_threshold_or_a_diagnosis_there_is_a_reason() -> None:
    made = evaluate(cases_of(), Model("net", NAN, "probability", "youden"))
    assert set(made["serial"]["reason"]) == {
        "the threshold was not estimable on the training set",
        "no scored exam before the diagnosis",
    }
    assert made["serial_summary"]["estimate"].isna().all()
    assert made["serial_exams"].empty
    nobody = evaluate(cases_of([("a", 0, NAN, 0.9)]))
    assert nobody["serial"].empty
    first = nobody["serial_summary"].iloc[0]
    assert (first["n"], first["reason"]) == (0, "no scored exam before the diagnosis")


def test_times_that_are_words_stop_the_study() -> None:
    with pytest.raises(StudyError, match=r"exam_month, a time of evaluate\.serial, is not numeric"):
        evaluate(cases_of().assign(exam_month="May"))


def test_the_figure_has_a_row_a_patient_and_a_mark_an_exam(tables: dict[str, pd.DataFrame]) -> None:
    exams = tables["serial_exams"]
    assert len(exams) == 3 + 2 + 3 + 2
    figure = Figure()
    draw_serial(exams, "internal", figure)
    axes = figure.axes[0]
    marks = {line.get_label(): len(line.get_xdata()) for line in axes.lines[:2]}
    assert marks == {"called positive": 6, "called negative": 4}
    assert len(axes.collections[0].get_segments()) == 4
    assert axes.xaxis_inverted()


def test_an_exam_of_unknown_time_is_set_aside_and_counted() -> None:
    made = evaluate(cases_of([*EXAMS, ("early", NAN, 36, 0.1)]))["serial"]
    early = made.set_index("patient").loc["early"]
    assert early[["exams", "undated", "lead"]].tolist() == [3, 1, 3]
    assert made["undated"].sum() == 1
