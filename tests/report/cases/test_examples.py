"""The cases that are shown."""

import pandas as pd

from sonomics.report.cases.examples import choose_cases
from tests.report.hand_made import NAN, evaluation_of


def test_shown_cases_span_the_predictions_of_the_test_set() -> None:
    evaluation = evaluation_of("main", {"train": (0.9, 0.8, 1.0), "internal": (0.8, 0.6, 0.9)})
    values = [0.5, 0.1, 0.9, 0.3, NAN, 0.7]
    evaluation.tables["cases"] = pd.DataFrame(
        {"case": list("abcdef"), "split": "internal", "label": 1.0, "stacked__probability": values}
    )
    assert choose_cases(evaluation, 3)["case"].tolist() == ["b", "a", "c"]
    assert choose_cases(evaluation, 9)["case"].tolist() == ["b", "d", "a", "f", "c"]
    assert choose_cases(evaluation, 0).empty
