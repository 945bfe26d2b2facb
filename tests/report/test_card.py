"""The model card, the authors' statements, and our figures beside published ones."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from sonomics.core.settings.author import Author
from sonomics.report.card import as_markdown, card
from sonomics.report.evidence.record import Record
from sonomics.report.published import beside_published
from sonomics.report.statements import SUBJECTS, sentences, statements, unstated
from tests.report.synthetic import PARAMS

HEADINGS = [
    "Model details", "Intended use", "Factors", "Metrics", "Training data", "Evaluation data", "Quantitative analyses",
    "Ethical considerations", "Caveats and recommendations",
]  # fmt: skip
FIGURE = {"set": "internal", "statistic": "auc", "model": "stacked", "value": 0.889, "interval": [0.8, 0.95]}


def with_author(**texts: str) -> dict:
    return {**PARAMS, "report": {**PARAMS["report"], "author": texts}}


def test_the_card_has_the_headings_of_mitchell(record: Record, study: Path) -> None:
    parts = card(record)
    assert [part.heading for part in parts] == HEADINGS
    written = (study / "results" / "model_card.md").read_text(encoding="utf-8")
    assert [line[3:] for line in written.splitlines() if line.startswith("## ")] == HEADINGS
    assert "<script>" not in written


def test_the_card_names_what_authors_must_state_and_takes_what_they_have(record: Record) -> None:
    bare = as_markdown("T", card(record))
    assert "Use: To be stated by the authors (report.author.intended_use)." in bare
    stated = replace(record, params=with_author(intended_use="To plan follow-up."))
    assert "Use: To plan follow-up." in as_markdown("T", card(stated))


def test_the_card_has_weights_threshold_sets_and_subgroups(record: Record) -> None:
    text = as_markdown("T", card(record))
    row = record.first.statistic("stacked", "internal", "auc")
    assert f"{row['estimate']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})" in text
    assert "Network weights: cnn: mobilenetv3_small_050, random initial weights" in text
    assert "quality control" not in text
    assert "Threshold: 0.500, the largest Youden index" in text
    area = {"estimate": 0.7, "lower": 0.5, "upper": 0.9, "reason": ""}
    table = pd.DataFrame([{"split": "internal", "variable": "sex", "level": "female", "n": 12, **area}])
    by_sex = replace(record.first, tables={**record.first.tables, "subgroups": table})
    assert "| Internal test | sex: female | 12 | 0.70 (0.50 to 0.90) |" in as_markdown(
        "T", card(replace(record, evaluations=[by_sex]))
    )


def test_a_cell_cannot_break_the_markdown_table(record: Record) -> None:
    stated = replace(record, params=with_author(intended_use="a\nb <i>"))
    assert "- Use: a b &lt;i>" in as_markdown("T", card(stated))


def test_every_subject_of_the_schema_has_a_name() -> None:
    assert set(SUBJECTS) == set(Author.model_fields)


def test_statements_are_given_in_order_and_the_others_are_wanted() -> None:
    params = with_author(funding="None.", ethics="Approved, number 12", keywords=" ")
    assert [(one.subject, one.text) for one in statements(params)] == [
        ("Ethics approval", "Approved, number 12"),
        ("Funding", "None."),
    ]
    assert "Consent" in unstated(params)
    assert "Funding" not in unstated(params)
    assert "Keywords" not in unstated(params)
    assert sentences(params, "ethics", "consent", "funding") == "Approved, number 12. None."


def test_ours_stand_beside_the_published_figures(record: Record) -> None:
    assert beside_published(record.first, PARAMS) is None
    published = {"paper": "Someone 2022", "figures": [FIGURE, {**FIGURE, "model": "deep"}]}
    params = {**PARAMS, "report": {**PARAMS["report"], "published": published}}
    section = beside_published(record.first, params)
    assert section is not None
    assert "different data" in section.paragraphs[0]
    assert "simulated" in section.paragraphs[0]
    ours, unknown = section.tables[0].rows
    auc = record.first.statistic("stacked", "internal", "auc")
    assert [cell.main for cell in ours[:5]] == ["Internal test", "stacked", "AUC", f"{auc['estimate']:.2f}", "0.889"]
    assert ours[4].detail == "0.80 to 0.95"
    assert ours[5].main.replace("−", "-") == f"{auc['estimate'] - 0.889:z.2f}"
    assert (unknown[3], unknown[5].main) == (("not estimable", "not computed"), "–")
    other = {**published, "figures": [{**FIGURE, "task": "survival"}]}
    assert beside_published(record.first, {**params, "report": {**params["report"], "published": other}}) is None


def test_the_card_says_how_scores_were_joined_and_calibrated(record: Record) -> None:
    stack = PARAMS["stack"]
    equal = {name: {**model, "weights": "equal"} for name, model in stack["models"].items()}
    params = {**PARAMS, "stack": {**stack, "models": equal, "calibration": "none"}}
    fitted, alike = (as_markdown("T", card(replace(record, params=one))) for one in (PARAMS, params))
    assert "by logistic regression." in fitted
    assert "(Platt), on cross-fitted training scores." in fitted
    assert "by the mean of their z-scores." in alike
    assert "without calibration." in alike
    assert "cross-fitted" not in alike
