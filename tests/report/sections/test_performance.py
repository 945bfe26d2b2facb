"""The tables of performance."""

import pandas as pd

from sonomics.report.sections.performance import tabulate_aucs, tabulate_comparison, tabulate_performance
from tests.report.hand_made import NAN, evaluation_of


def test_tables_say_not_estimable_with_the_reason() -> None:
    evaluation = evaluation_of("main", {"internal": (NAN, NAN, NAN)})
    cell = tabulate_performance(evaluation, "internal").rows[0][1]
    assert cell == ("not estimable", "only one class")


def test_models_stand_side_by_side_in_every_set() -> None:
    evaluation = evaluation_of("main", {"train": (0.9, 0.8, 1.0), "internal": (NAN, NAN, NAN)})
    table = tabulate_aucs(evaluation)
    assert table.columns == ["Model", "Train", "Internal"]
    assert table.rows == [[("stacked", ""), ("0.90", "0.80 to 1.00"), ("not estimable", "only one class")]]


def test_the_comparison_has_a_difference_and_its_p_for_every_set() -> None:
    evaluation = evaluation_of("main", {"train": (0.9, 0.8, 1.0), "internal": (0.8, 0.6, 0.9)})
    rows = [
        {
            "split": "train",
            "difference": 0.1,
            "lower": 0.02,
            "upper": 0.18,
            "p": 0.0142,
            "p_holm": 0.0284,
            "reason": "",
        },
        {
            "split": "internal",
            "difference": NAN,
            "lower": NAN,
            "upper": NAN,
            "p": NAN,
            "p_holm": NAN,
            "reason": "only one class",
        },
    ]
    evaluation.tables["comparison"] = pd.DataFrame(rows).assign(against="deep", method="DeLong, paired")
    table = tabulate_comparison(evaluation)
    assert table.columns == ["Compared with", "Train", "P", "Internal", "P"]
    unknown = [("not estimable", "only one class"), ("–", "")]
    assert table.rows == [[("deep", ""), ("0.10", "0.02 to 0.18"), ("0.014", "Holm 0.028"), *unknown]]


def test_the_note_of_a_table_names_the_intervals_it_has() -> None:
    main = evaluation_of("main", {"internal": (0.8, 0.6, 0.9)})
    area = main.tables["performance"]
    share = area.assign(statistic="sensitivity", method="Wald, cluster-robust by patient")
    main.tables["performance"] = pd.concat([area.assign(method="bootstrap of patients"), share])
    assert tabulate_performance(main, "internal").note == (
        "AUC: bootstrap of patients interval. Others at the threshold frozen on training: Wald, cluster-robust by "
        "patient interval."
    )
