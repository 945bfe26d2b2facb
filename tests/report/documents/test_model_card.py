"""The model card."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from sonomics.core.settings.parameters import Parameters
from sonomics.report.documents.model_card import format_as_markdown, write_model_card
from sonomics.report.study.record import Record
from tests.report.synthetic import PARAMS, with_author

HEADINGS = [
    "Model details", "Intended use", "Factors", "Metrics", "Training data", "Evaluation data", "Quantitative analyses",
    "Ethical considerations", "Caveats and recommendations",
]  # fmt: skip


def test_the_card_has_the_headings_of_mitchell(record: Record, study: Path) -> None:
    parts = write_model_card(record)
    assert [part.heading for part in parts] == HEADINGS
    written = (study / "results" / "model_card.md").read_text(encoding="utf-8")
    assert [line[3:] for line in written.splitlines() if line.startswith("## ")] == HEADINGS
    assert "<script>" not in written


def test_the_card_names_what_authors_must_state_and_takes_what_they_have(record: Record) -> None:
    bare = format_as_markdown("T", write_model_card(record))
    assert "Use: To be stated by the authors (report.author.intended_use)." in bare
    stated = replace(record, params=with_author(intended_use="To plan follow-up."))
    assert "Use: To plan follow-up." in format_as_markdown("T", write_model_card(stated))


def test_the_card_has_weights_threshold_sets_and_subgroups(record: Record) -> None:
    text = format_as_markdown("T", write_model_card(record))
    row = record.first.find_statistic("stacked", "internal", "auc")
    assert f"{row['estimate']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})" in text
    assert "Network weights: cnn: mobilenetv3_small_050, random initial weights" in text
    assert "quality control" not in text
    assert "Threshold: 0.500, the largest Youden index" in text
    area = {"estimate": 0.7, "lower": 0.5, "upper": 0.9, "reason": ""}
    table = pd.DataFrame([{"split": "internal", "variable": "sex", "level": "female", "n": 12, **area}])
    by_sex = replace(record.first, tables={**record.first.tables, "subgroups": table})
    assert "| Internal test | sex: female | 12 | 0.70 (0.50 to 0.90) |" in format_as_markdown(
        "T", write_model_card(replace(record, evaluations=[by_sex]))
    )


def test_a_cell_cannot_break_the_markdown_table(record: Record) -> None:
    stated = replace(record, params=with_author(intended_use="a\nb <i>"))
    assert "- Use: a b &lt;i>" in format_as_markdown("T", write_model_card(stated))


def test_the_card_says_how_scores_were_combined_and_calibrated(record: Record) -> None:
    stack = PARAMS["stack"]
    equal = {name: {**model, "weights": "equal"} for name, model in stack["models"].items()}
    params = {**PARAMS, "stack": {**stack, "models": equal, "calibration": "none"}}
    fitted, averaged = (
        format_as_markdown("T", write_model_card(replace(record, params=Parameters.partial(stated))))
        for stated in (PARAMS, params)
    )
    assert "stacked by logistic regression on out-of-fold scores." in fitted
    assert "(Platt), on cross-fitted training scores." in fitted
    assert "mean of z-scored scores." in averaged
    assert "without calibration." in averaged
    assert "cross-fitted" not in averaged
