"""The methods in plain English, against the parameters and counts of a small study."""

import copy
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sonomics.core.settings.parameters import Parameters
from sonomics.report.documents.model_card import format_as_markdown, write_model_card
from sonomics.report.evidence.rules import RULES
from sonomics.report.prose.analysis import describe_evaluation
from sonomics.report.prose.paragraphs import write_methods
from sonomics.report.study.record import Record
from tests.kinds import toy
from tests.report.study.test_wording import WORDS
from tests.report.synthetic import PARAMS, with_author

Written = Callable[[dict[str, Any]], str]


@pytest.fixture
def written(record: Record) -> Written:
    """The methods of the small study under other parameters, as one text."""
    return lambda params: " ".join(write_methods(replace(record, params=Parameters.partial(params))))


def test_the_methods_follow_the_parameters(written: Written) -> None:
    text = written(PARAMS)
    for words in (
        "time < 12 & event",
        "3 folds",
        "of the form (2,1), above 0.75",
        "random forest on texture",
        "Youden",
        "95 %",
    ):
        assert words in text
    without = PARAMS | {"clean": {**PARAMS["clean"], "qc": {"heads": {}}}}
    assert "not screened by a classifier" in written(without)


def test_the_methods_say_for_each_kind_of_task_how_scores_were_combined(written: Written) -> None:
    params = deepcopy(PARAMS)
    params["study"] |= {"clinical": ["age"]}
    first = next(iter(params["study"]["tasks"]))
    params["study"]["tasks"] |= {
        "grade": {"type": "classes", "column": "grade", "classes": [1, 2, 3], "ordered": True},
        "relapse": {"type": "survival", "horizons": [12]},
    }
    families = params["train"]["models"]["rf"]["families"]
    params["train"]["models"] = {
        "rf": params["train"]["models"]["rf"],
        "clinic": {"kind": "clinical", "columns": ["age"], "enter": 0.1},
        "hazard": {"kind": "cox", "families": families, "folds": 3},
    }
    params["stack"]["models"] = {"both": {"of": ["clinic", "rf"]}, "risk": {"of": ["clinic", "hazard"]}}
    text = written(params)
    for words in (
        f"logistic ({first}), proportional-odds logistic (grade) and Cox (relapse)",
        f"several scores of {first}, as log odds where they are probabilities, were z-scored and stacked by logistic",
        "several scores of grade, as log probabilities where they are probabilities, were centred over the classes, "
        "scaled and stacked by a conditional logit with one weight a model in both",
        "several scores of relapse, risks of an event, were z-scored and stacked by a Cox model in risk",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("portable", "where"),
    [(True, "on every x86-64 processor with AVX2 (portable arithmetic)."), (False, "on the same machine.")],
)
def test_the_methods_say_where_the_numbers_are_the_same(written: Written, portable: bool, where: str) -> None:
    text = written(PARAMS | {"study": {**PARAMS["study"], "portable": portable}})
    assert f"the same seed gives the same numbers {where}" in text


@pytest.mark.parametrize(
    ("region", "sentence"),
    [
        ("lesion", "Models saw the outlined lesion, cropped with a rim of 10 % of its longer side; outlines are those"),
        (
            "background",
            "Models saw tissue next to the outlined lesion in the lesion's shape, not the lesion itself, crop",
        ),
        (
            "whole",
            "Models saw the whole of every image that has an outline, not cropped; outlines are those of reader_1",
        ),
    ],
)
def test_the_methods_say_which_part_of_the_image_models_saw(written: Written, region: str, sentence: str) -> None:
    text = written(PARAMS | {"crop": {**PARAMS["crop"], "region": region}})
    assert sentence in text
    assert ("with a rim" in text) == (region != "whole")


def test_the_methods_say_how_outlines_were_perturbed_and_count_no_copy_as_a_reader(record: Record) -> None:
    settings = {"times": 4, "grow": 0.05, "shift": 0.03, "rotate": 5, "contour": 0.02}
    counts = {"perturbed session 1": 126, "reader_1 session 1": 126, "reader_2 session 1": 30}
    crop = {**PARAMS["crop"], "perturb": settings}
    params = Parameters.partial(PARAMS | {"crop": crop})
    perturbed = replace(record, params=params, metrics={"crop": {"main": {"by_reading": counts}}})
    text = " ".join(write_methods(perturbed))
    assert "Outlines of reader_2 session 1 (30 images) served" in text
    assert "random copies of each were made (4): grown or shrunk by up to 5 %, shifted by up to 3 % along" in text
    assert "perturbed session" not in text


@pytest.mark.parametrize(
    ("pixels", "sentence"),
    [
        ({}, "writing found inside it removed"),
        ({"pixels": "keep"}, "pixels of pictures were not checked for text that names a patient"),
    ],
)
def test_the_methods_claim_no_more_of_a_folder_than_was_done(
    written: Written, pixels: dict[str, str], sentence: str
) -> None:
    text = written(PARAMS | {"export": {"source": "folder", "folder": {"root": "data", **pixels}}})
    assert "pictures written anew without their metadata" in text
    assert sentence in text


def test_the_radiomics_score_has_words(written: Written) -> None:
    models = {"score": {"kind": "radscore", "families": ["texture"]}}
    stack = {**PARAMS["stack"], "models": {"radiomics": {"of": ["score"]}}}
    text = written(PARAMS | {"train": {"models": models}, "stack": stack})
    assert "score (the LASSO's own linear score of texture)" in text


def test_kinds_of_another_package_are_described(record: Record, tmp_path: Path) -> None:
    families = {"texture": {"kind": "area", "unit": 100}}
    models = {"rf": {"kind": "nearest", "families": ["texture"]}, "cnn": PARAMS["train"]["models"]["cnn"]}
    finals = {"radiomics": {"of": ["rf"]}, "stacked": {"of": ["rf", "cnn"], "weights": "leader"}}
    params = {
        **PARAMS,
        "export": {"source": "twin", "twin": {"patients": {"train": 4}}},
        "extract": {"families": families},
        "select": {**PARAMS["select"], "steps": [{"step": "first"}]},
        "train": {"models": models},
        "stack": {"pool": "median", "calibration": "half", "threshold": "middle", "models": finals},
    }
    with toy.installed(tmp_path):
        study = replace(record, params=Parameters.partial(params))
        text = " ".join(write_methods(study))
        card = format_as_markdown("T", write_model_card(study))
        evidence = [find(study).evidence for find in RULES.values()]
    for words in (
        "Exams came from a twin of the simulator.",
        "texture (area of the region in units of 100)",
        "(1) the first 3.",
        "rf (nearest neighbours on texture: neighbours 3)",
        "pooled over a case's images by the median",
        "were z-scored and led by the first of them in stacked.",
        "All probabilities were one half, and a threshold was set by the middle of the scale, on training scores",
    ):
        assert words in text
    assert "Combined from rf and cnn: the first score alone." in card
    assert "texture: area of the region in units of 100" in evidence


@pytest.mark.parametrize("key", WORDS)
def test_a_choice_without_words_is_named_as_it_is(written: Written, key: str) -> None:
    params = copy.deepcopy(PARAMS)
    *sections, last = key.split(".")
    section: Any = params
    for name in sections:
        section = [*section.values()][-1] if name == "*" else section[name]
    section[last] = "unheard_of"
    assert "unheard_of" in written(params)


def test_the_methods_count_cases_and_images(written: Written) -> None:
    text = written(PARAMS)
    assert (
        "The cohort lists 64 cases of 64 patients, divided by patient into training (40) and internal test (24)."
        in text
    )
    assert "Of 128 images, 126 were kept (quality control: target 2)." in text


def test_the_methods_say_nothing_of_what_the_study_does_not_do(written: Written, record: Record) -> None:
    plain = {
        **PARAMS,
        "study": {**PARAMS["study"], "variants": {"main": {}}},
        "train": {"models": {"rf": PARAMS["train"]["models"]["rf"]}},
        "stack": {**PARAMS["stack"], "models": {"radiomics": {"of": ["rf"]}}},
        "evaluate": {**PARAMS["evaluate"], "primary": "radiomics"},
    }
    full, bare = written(PARAMS), written(plain)
    for words in ("AdamW", "negative control", "stacked by logistic regression"):
        assert words in full
        assert words not in bare
    tables = {name: table for name, table in record.first.tables.items() if name not in ("risk_groups", "cox")}
    without = replace(record, evaluations=[replace(record.first, tables=tables)])
    assert "Kaplan-Meier" in full
    assert "Kaplan-Meier" not in " ".join(write_methods(without))


def test_intervals_are_named_by_the_method_of_each(written: Written) -> None:
    assert "Intervals are 95 %: AUC (DeLong); Sensitivity, Specificity, PPV, NPV and Accuracy (Wilson)" in written(
        PARAMS
    )


def test_further_analyses_are_named_where_they_were_made(record: Record) -> None:
    def text(table: pd.DataFrame) -> str:
        tables = {**record.first.tables, "power": table}
        return " ".join(write_methods(replace(record, evaluations=[replace(record.first, tables=tables)])))

    assert "under assumptions made beforehand" in text(pd.DataFrame({"split": ["train"]}))
    assert "under assumptions made beforehand" not in text(pd.DataFrame({"split": []}))


def test_hyperparameters_are_stated_and_those_of_a_search_by_what_it_tried(written: Written) -> None:
    search = {"folds": 5, "values": {"cost": [0.1, 1]}}
    svm = {"kind": "svm", "families": ["texture"], "cost": 1.0, "search": search}
    text = written(PARAMS | {"train": {"models": {**PARAMS["train"]["models"], "svm": svm}}})
    assert "rf (random forest on texture: trees 10)" in text
    assert "svm (support vector machine on texture: kernel rbf, cost chosen among 0.1, 1)" in text
    assert "The values chosen in svm had the best mean AUC in 5 inner folds" in text


def test_the_authors_own_sentences_stand_in_the_methods(record: Record) -> None:
    author = {"design": "This was a retrospective study", "ethics": "The committee approved (12-345)."}
    text = " ".join(write_methods(replace(record, params=with_author(**author))))
    assert text.startswith("This was a retrospective study. ")
    assert text.endswith("The committee approved (12-345).")


def test_a_step_that_could_not_be_applied_is_named(record: Record) -> None:
    steps = [{"step": "icc", "in": 9, "out": 9, "note": "not applied: no repeat outlines"}]
    state = {"coefficients": {}, "intercept": None, "steps": steps}
    text = " ".join(write_methods(replace(record, selections=[("texture", "recurrence", state)])))
    assert "For texture the step icc was not applied: no repeat outlines." in text
    assert "was not applied" not in " ".join(write_methods(record))


def test_without_calibration_none_is_said_to_be_fitted_on_training(written: Written) -> None:
    plain = written({**PARAMS, "stack": {**PARAMS["stack"], "calibration": "none"}})
    assert "without calibration, and a threshold was set by the largest Youden index, on training scores" in plain
    assert "a threshold was set by the largest Youden index, both on training scores" in written(PARAMS)


def test_only_software_that_computed_results_is_named(written: Written) -> None:
    assert "lifelines" not in written(PARAMS)


def test_a_study_without_a_test_set_divides_nothing(record: Record) -> None:
    first = record.first
    alone = replace(first, tables={**first.tables, "splits": first.tables["splits"].query("split == 'train'")})
    assert ", all of them in training (" in " ".join(write_methods(replace(record, evaluations=[alone])))


def test_outlines_that_no_step_tests_were_not_used(record: Record) -> None:
    counts = {"reader_1 session 1": 126, "reader_2 session 1": 12}
    repeated = replace(record, metrics={"crop": {"main": {"by_reading": counts}}})
    without = {**PARAMS, "select": {**PARAMS["select"], "steps": [{"step": "u_test", "below": 0.2}]}}
    assert "(12 images) served to test" in " ".join(write_methods(repeated))
    assert "(12 images) were not used." in " ".join(
        write_methods(replace(repeated, params=Parameters.partial(without)))
    )


def test_a_measure_is_named_once_whatever_resamples_were_undefined(record: Record) -> None:
    first = record.first
    table = first.tables["performance"]
    one = (table["split"] == "internal") & (table["statistic"] == "mcc")
    table = table.assign(method=table["method"].mask(one, "bootstrap of patients, 17 resamples undefined"))
    text = " ".join(
        write_methods(replace(record, evaluations=[replace(first, tables={**first.tables, "performance": table})]))
    )
    assert "resamples undefined" not in text
    assert text.count("MCC") == 1


def test_what_scored_the_test_sets_is_said(record: Record) -> None:
    models = {name: {**model, "predictor": "folds"} for name, model in PARAMS["train"]["models"].items()}
    averaged = Parameters.partial({**PARAMS, "train": {**PARAMS["train"], "models": models}})
    refit, mean = describe_evaluation(record), describe_evaluation(replace(record, params=averaged))
    assert "all others by the model fitted on the whole training set." in refit
    assert "all others by the mean of the models of the folds." in mean
