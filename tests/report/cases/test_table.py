"""The rows of the table of cases, and the report of each in words."""

from typing import Any

import pandas as pd
import pytest

from sonomics.report.cases.decisions import list_models
from sonomics.report.cases.narrative import describe_images
from sonomics.report.cases.table import gather_cases
from sonomics.report.study.evaluation import Evaluation

NAN = float("nan")
CASES = pd.DataFrame(
    {
        "patient": ["P1", "P1", "P2", "P3"],
        "case": ["C1", "C2", "C3", "C4"],
        "split": ["train", "train", "internal", "internal"],
        "label": [1.0, 0.0, NAN, 1.0],
        "time": [3.0, 20.0, 2.0, NAN],
        "event": [1.0, 0.0, 0.0, NAN],
        "best__probability": [0.5, 0.2, 0.7, NAN],
        "plain__score": [-1.5, 2.0, NAN, NAN],
    }
)
CLINICAL = pd.DataFrame({"age": [60, 61, 62, 63], "site": ["א", NAN, "left", "right"]}, index=["C1", "C2", "C3", "C4"])
IMAGES = pd.DataFrame(
    {
        "level": "image",
        "case": ["C1", "C1", "C1"],
        "view": ["grey", "grey", ""],
        "fate": ["kept", "kept", "excluded"],
        "reason": ["", "", "qc_target"],
    }
)
FATES = pd.DataFrame({"level": "case", "case": ["C4"], "fate": "excluded", "reason": "no_kept_image"})
SCREENING = pd.concat([IMAGES, FATES])
ATTRIBUTIONS = pd.DataFrame(
    {
        "task": "recurrence", "case": "C1", "image": ["a", "b"] * 7, "model": "rf", "class": "1",
        "scale": "probability",
        "feature": [f"f{number // 2}" for number in range(14)], "value": 1.0, "base": 0.5,
        "attribution": [0.01 * (number // 2) * (-1) ** (number // 2) for number in range(14)],
    }
)  # fmt: skip
NAMES = {case: case for case in CASES["case"]}


@pytest.fixture
def evaluation() -> Evaluation:
    performance = pd.DataFrame(
        [
            {"model": model, "split": split, "statistic": "threshold", "estimate": cutoff, "lower": NAN, "upper": NAN}
            for model, cutoff in (("best", 0.5), ("plain", NAN), ("unscored", 0.5))
            for split in ("train", "internal")
        ]
    )
    splits = pd.DataFrame({"split": ["train", "internal"], "title": ["Training", "Internal test"]})
    tables = {"performance": performance, "splits": splits, "cases": CASES}
    return Evaluation("main", "recurrence", tables, {})


@pytest.fixture
def gathered(evaluation: Evaluation) -> dict[str, Any]:
    return gather_cases(evaluation, SCREENING, CLINICAL, ATTRIBUTIONS, NAMES, share=False)


def test_a_case_says_what_moved_a_model_most(gathered: dict[str, Any]) -> None:
    rows = {row["case"]: row["weighed"] for row in gathered["rows"]}
    (of_model,) = rows["C1"]
    assert (of_model["model"], of_model["scale"]) == ("rf", "probability")
    assert [name for name, _, _ in of_model["features"]] == ["f6", "f5", "f4", "f3", "f2"]
    assert [moved for _, _, moved in of_model["features"]] == [0.06, -0.05, 0.04, -0.03, 0.02]
    assert rows["C2"] == []


def test_models_decide_by_their_frozen_threshold(evaluation: Evaluation) -> None:
    best, plain = list_models(evaluation)
    assert (best.name, best.kind, plain.kind) == ("best", "probability", "score")
    assert [best.decide(value) for value in (0.5, 0.499, NAN)] == ["positive", "negative", ""]
    assert plain.decide(1.0) == ""


def test_every_case_has_a_row_with_its_outcome(gathered: dict[str, Any]) -> None:
    rows = {row["case"]: row for row in gathered["rows"]}
    assert list(rows) == CASES["case"].tolist()
    assert rows["C1"]["values"] == [0.5, -1.5]
    assert rows["C4"]["values"] == [None, None]
    assert [row["decision"] for row in rows.values()] == ["positive", "negative", "positive", ""]
    assert [row["label"] for row in rows.values()] == ["positive", "negative", "", "positive"]
    assert rows["C1"]["fate"] == "analysed"
    assert rows["C3"]["fate"].startswith("label unknown")
    assert rows["C4"]["fate"] == "no kept image"
    assert gathered["clinical"] == ["age", "site", "follow-up (months)", "event"]
    assert rows["C2"]["clinical"] == ["61", "", "20", "0"]
    assert gathered["models"][1] == {"name": "plain", "kind": "score", "cutoff": None}


def test_a_case_is_described_in_words(gathered: dict[str, Any]) -> None:
    reports = {row["case"]: row["text"] for row in gathered["rows"]}
    assert reports["C1"] == (
        "Case C1 belongs to the training set (out of fold). Clinical data: age 60, site \u2068א\u2069, "
        "follow-up (months) 3 and event 1. Images kept: 2 of 3 (2 grey); excluded: 1 (quality control: target). "
        "The primary model, best, gives a probability of 0.500, at or above the threshold of 0.500 frozen on training: "
        "it calls the case positive. Other models: plain −1.500. The label is positive, so this is a true positive."
    )
    assert "The label is unknown. The case was not analysed: label unknown" in reports["C3"]
    assert "No image was exported. The primary model, best, has no score for it." in reports["C4"]
    assert "The case was not analysed: no kept image." in reports["C4"]


def test_an_image_kept_is_counted_by_view() -> None:
    assert describe_images(IMAGES.iloc[:1].to_dict("records")) == "Images kept: 1 of 1 (1 grey)."
    assert (
        describe_images(IMAGES.iloc[2:].to_dict("records"))
        == "Images kept: 0 of 1; excluded: 1 (quality control: target)."
    )
