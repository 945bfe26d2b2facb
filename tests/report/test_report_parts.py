"""The pieces of the page against hand-made inputs."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jinja2 import Environment, FileSystemLoader

from sonomics.report import methods as wording
from sonomics.report.controls import over_deals
from sonomics.report.evaluations import Evaluation
from sonomics.report.examples import shown_cases
from sonomics.report.flow import UNKNOWN, UNSCORED, Column, case_columns, cases_table, crop_reasons
from sonomics.report.methods import starting_weights
from sonomics.report.numbers import decimal, interval, listed, p_value
from sonomics.report.pictures import border, inline_svg, outlined
from sonomics.report.selection import described
from sonomics.report.summary import findings, set_name, verdicts
from sonomics.report.tables import auc_table, comparison_table, control_table, performance_table
from tests.report.choices import choices
from tests.report.synthetic import PARAMS

NAN = float("nan")
BOUNDS = ("estimate", "lower", "upper")
TEMPLATES = Path(__file__).parents[2] / "workflow" / "report"
WORDS = {
    "export.source": wording.SOURCES,
    "clean.overlays": wording.MARKS,
    "clean.views.*.from": wording.VIEWS,
    "clean.views.*.pick": wording.PICKS,
    "crop.region": wording.REGIONS,
    "extract.families.*.kind": wording.FAMILIES,
    "train.models.*.kind": wording.MODELS,
    "stack.pool": wording.POOLS,
    "stack.threshold": wording.RULES,
}


def evaluation_of(variant: str, areas: dict[str, tuple[float, float, float]]) -> Evaluation:
    rows = [
        {
            "model": "stacked",
            "split": split,
            "statistic": "auc",
            "estimate": area[0],
            "lower": area[1],
            "upper": area[2],
        }
        for split, area in areas.items()
    ]
    reasons = ["only one class" if np.isnan(row["estimate"]) else "" for row in rows]
    table = pd.DataFrame(rows).assign(method="DeLong", n=10, positives=4, unit="patient", reason=reasons)
    splits = pd.DataFrame({"split": list(areas), "title": [split.title() for split in areas]})
    return Evaluation(variant, "recurrence", {"performance": table, "splits": splits}, {})


MAIN_RUN = evaluation_of("main", {"train": (0.9, 0.8, 1.0), "internal": (0.9, 0.8, 1.0)})


def test_a_control_at_chance_is_told_from_one_that_is_not() -> None:
    good = evaluation_of("shuffled", {"train": (0.48, 0.35, 0.61), "internal": (0.55, 0.3, 0.8)})
    assert ["stayed at chance" in said for said in verdicts([MAIN_RUN, good], {}, PARAMS)] == [True]
    noise = {"noise": {"select": {"features": "noise"}}}
    only_features = {**PARAMS, "study": {**PARAMS["study"], "variants": {**PARAMS["study"]["variants"], **noise}}}
    only_features["stack"] = {**PARAMS["stack"], "models": {"stacked": {"of": ["rf"]}}}
    for area in ((0.9, 0.8, 1.0), (0.3, 0.2, 0.4)):
        for variant in ("shuffled", "noise"):
            odd = evaluation_of(variant, {"train": (0.48, 0.35, 0.61), "internal": area})
            (said,) = verdicts([MAIN_RUN, odd], {}, only_features)
            assert f"away from chance in the internal test set ({area[0]:.2f})" in said
            assert "look for a leak" in said
            assert ("another study.seed" in said) == (variant == "shuffled")
    unknown = evaluation_of("shuffled", {"train": (NAN, NAN, NAN)})
    assert ["not estimable" in said for said in verdicts([MAIN_RUN, unknown], {}, PARAMS)] == [True]


def test_three_deals_of_the_labels_are_judged_together_and_other_controls_alone() -> None:
    names = ("shuffled", "shuffled_2", "shuffled_3")
    overlays = {name: {"study": {"shuffle_labels": True, "seed": seed}} for seed, name in enumerate(names)}
    variants = {"main": {}, **overlays, "wide": {"crop": {"margin": 0.5}}, "noise": {"select": {"features": "noise"}}}
    params = {**PARAMS, "study": {**PARAMS["study"], "variants": variants}}
    params["stack"] = {**PARAMS["stack"], "models": {"stacked": {"of": ["rf"]}}}
    far = {"train": (0.5, 0.4, 0.6), "internal": (0.7, 0.6, 0.8)}
    runs = [MAIN_RUN, *(evaluation_of(name, far) for name in variants if name != "main")]
    metrics = {"train": figures_of_deals(0.51, 0.48, 0.54), "internal": figures_of_deals(0.53, 0.4, 0.66)}
    # Metrics files are sorted by name; sentences follow the order of the sets.
    pooled = over_deals({"evaluate": {"over_deals": {"recurrence": dict(sorted(metrics.items()))}}}, "recurrence")
    deals, noise = verdicts(runs, pooled, params)
    assert "3 deals: shuffled, shuffled_2 and shuffled_3) stayed at chance" in deals
    assert "mean AUC in the training set (out of fold) (0.51) and the internal test set (0.53)" in deals
    assert "(noise: " in noise
    assert "away from chance in the internal test set (0.70)" in noise
    off = pooled | {"internal": figures_of_deals(0.6, 0.55, 0.65)}
    assert "away from chance in the internal test set (0.60)" in verdicts(runs, off, params)[0]
    nothing = dict.fromkeys(metrics, figures_of_deals(None, None, None))
    unknown = over_deals({"evaluate": {"over_deals": {"recurrence": nothing}}}, "recurrence")
    assert "not estimable" in verdicts(runs, unknown, params)[0]
    table = control_table(runs, dict.fromkeys(variants, ""), pooled)
    assert [cell.main for cell in table.rows[-1]][:3] == ["3 deals of the labels", "0.51", "0.53"]
    assert over_deals({"evaluate": {}}, "recurrence") == {}


def figures_of_deals(mean: float | None, lower: float | None, upper: float | None) -> dict[str, float | None]:
    return {"auc": mean, "auc_lower": lower, "auc_upper": upper, "deals": 3}


def test_findings_say_when_chance_is_not_excluded_or_nothing_is_estimable() -> None:
    counts = pd.DataFrame({"patients": [10, 10], "cases": [10, 10], "analysed": [9, 8]})

    def found(area: tuple[float, float, float]) -> str:
        main = evaluation_of("main", {"train": (0.9, 0.8, 1.0), "internal": area})
        main.tables["splits"] = pd.concat([main.tables["splits"], counts], axis=1)
        return " ".join(sentence for said in findings(main, [main], {}, PARAMS).values() for sentence in said)

    assert "17 were analysed; 3 were excluded" in found((0.7, 0.45, 0.9))
    assert "chance alone is not excluded" in found((0.7, 0.45, 0.9))
    assert "none holds 0.50" in found((0.8, 0.6, 0.95))
    below = found((0.3, 0.2, 0.4))
    assert "in the internal test set it lies below 0.50, where the model ranks worse than chance." in below
    assert "holds 0.50" not in below
    assert "No negative control was run" in below
    assert "is not estimable: only one class" in found((NAN, NAN, NAN))
    assert "It cannot be said" in found((NAN, NAN, NAN))


def test_every_case_has_one_place_in_the_flow() -> None:
    cases = pd.DataFrame(
        {
            "case": ["P1", "P2", "P3", "P4", "P5"],
            "split": "internal",
            "label": [1.0, 0.0, NAN, NAN, 0.0],
            "stacked__probability": [0.7, NAN, 0.4, NAN, 0.2],
        }
    )
    evaluation = evaluation_of("main", {"internal": (0.8, 0.6, 0.9)})
    evaluation.tables["cases"] = cases
    fates = {"P1": "", "P2": "no_image", "P3": "", "P4": "", "P5": ""}
    screening = pd.DataFrame(
        [{"level": "case", "case": case, "fate": "excluded" if r else "kept", "reason": r} for case, r in fates.items()]
    )
    (column,) = case_columns(screening, evaluation)
    assert (column.listed, column.analysed, column.positives) == (5, 2, 1)
    assert column.excluded == {"no image": 1, UNKNOWN: 1, UNSCORED: 1}


def test_the_table_of_cases_has_a_column_for_every_reason_of_any_set() -> None:
    train = Column("Training", 9, {"no image": 2, UNKNOWN: 1}, 6, 2)
    table = cases_table([train, Column("Internal", 1204, {"criterion: adult": 4}, 1200, 300)])
    assert table.columns == [
        "Set",
        "Listed",
        "No image",
        UNKNOWN[0].upper() + UNKNOWN[1:],
        "Criterion: adult",
        "Analysed",
    ]
    assert [[cell.main for cell in row] for row in table.rows] == [
        ["Training", "9", "2", "1", "0", "6"],
        ["Internal", "1,204", "0", "0", "4", "1,200"],
    ]
    assert table.rows[0][-1].detail == "2 positive, 4 negative"


def test_only_kept_images_and_the_crops_that_models_use_are_counted() -> None:
    crops = pd.DataFrame(
        {
            "image": ["a", "b", "b", "c"],
            "reader": ["r1", "r1", "r2", "r1"],
            "session": "1",
            "keep": [True, False, False, False],
            "reason": ["", "outline_small", "x", "no_outline"],
        }
    )
    fates = {"a": "kept", "b": "kept", "c": "excluded"}
    screening = pd.DataFrame([{"level": "image", "image": image, "fate": fate} for image, fate in fates.items()])
    assert crop_reasons(crops, screening, {"reader": "r1", "session": "1"}) == {"outline small": 1}


def test_shown_cases_span_the_predictions_of_the_test_set() -> None:
    evaluation = evaluation_of("main", {"train": (0.9, 0.8, 1.0), "internal": (0.8, 0.6, 0.9)})
    values = [0.5, 0.1, 0.9, 0.3, NAN, 0.7]
    evaluation.tables["cases"] = pd.DataFrame(
        {"case": list("abcdef"), "split": "internal", "label": 1.0, "stacked__probability": values}
    )
    assert shown_cases(evaluation, 3)["case"].tolist() == ["b", "a", "c"]
    assert shown_cases(evaluation, 9)["case"].tolist() == ["b", "d", "a", "f", "c"]
    assert shown_cases(evaluation, 0).empty


def test_tables_say_not_estimable_with_the_reason() -> None:
    evaluation = evaluation_of("main", {"internal": (NAN, NAN, NAN)})
    cell = performance_table(evaluation, "internal").rows[0][1]
    assert cell == ("not estimable", "only one class")


def test_models_stand_side_by_side_in_every_set() -> None:
    evaluation = evaluation_of("main", {"train": (0.9, 0.8, 1.0), "internal": (NAN, NAN, NAN)})
    table = auc_table(evaluation)
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
    table = comparison_table(evaluation)
    assert table.columns == ["Against", "Train", "P", "Internal", "P"]
    unknown = [("not estimable", "only one class"), ("–", "")]
    assert table.rows == [[("deep", ""), ("0.10", "0.02 to 0.18"), ("0.014", "Holm 0.028"), *unknown]]


def test_the_control_table_puts_runs_side_by_side() -> None:
    main = evaluation_of("main", {"internal": (0.8, 0.6, 0.9)})
    shuffled = evaluation_of("shuffled", {"internal": (0.5, 0.3, 0.7)})
    table = control_table([main, shuffled], {"main": "study", "shuffled": "control"}, {})
    assert [[cell.main for cell in row] for row in table.rows] == [
        ["main", "0.80", "study"],
        ["shuffled", "0.50", "control"],
    ]
    assert table.rows[1][1].detail == "0.30 to 0.70"
    assert table.caption == "AUC of stacked in the main run and in the runs beside it"
    assert control_table([main], {"main": "study"}, {}).caption == "AUC of stacked in the main run"


def test_the_note_of_a_table_names_the_intervals_it_has() -> None:
    main = evaluation_of("main", {"internal": (0.8, 0.6, 0.9)})
    area = main.tables["performance"]
    share = area.assign(statistic="sensitivity", method="Wald, cluster-robust by patient")
    main.tables["performance"] = pd.concat([area.assign(method="bootstrap of patients"), share])
    assert performance_table(main, "internal").note == (
        "AUC: bootstrap of patients interval. Others at the threshold frozen on training: Wald, cluster-robust by "
        "patient interval."
    )


def test_the_formula_is_the_sum_of_coefficients() -> None:
    scaled = {"kept": ["a", "b"], "mean": {"a": 3.0, "b": 0.0}, "sd": {"a": 2.0, "b": 1.0}}
    state: dict[str, Any] = {"coefficients": {"a": 0.5, "b": -1.0}, "intercept": None, "steps": [], **scaled}
    chosen = described("texture", "recurrence", state)
    assert chosen.formula == "score = − 1.0000 × z(b) + 0.5000 × z(a)"
    assert [(part.share, part.mean, part.sd) for part in chosen.weighted] == [(1, 0, 1), (0.5, 3, 2)]


def test_without_coefficients_there_is_no_formula_but_what_was_kept_is_named() -> None:
    state: dict[str, Any] = {"coefficients": {}, "intercept": None, "mean": {}, "sd": {}, "steps": [], "kept": []}
    assert described("texture", "recurrence", state).formula == "no feature was kept, so there is no score"
    written = described("texture", "recurrence", {**state, "kept": ["a", "b"]}).formula
    assert written == "kept: a and b; the last step gives no coefficients, so there is no score"


def test_the_border_of_a_mask_is_one_pixel_wide() -> None:
    mask = np.zeros((5, 6), dtype=bool)
    mask[1:4, 1:5] = True
    inside = np.zeros_like(mask)
    inside[2, 2:4] = True
    assert np.array_equal(border(mask), mask & ~inside)


def test_the_outline_is_drawn_on_the_enlarged_crop() -> None:
    mask = np.zeros((10, 22), dtype=bool)
    mask[3:7, 5:15] = True
    drawn = outlined(np.full(mask.shape, 100, dtype=np.uint8), mask)
    assert drawn.shape == (100, 220, 3)
    coloured = (drawn[:, :, 0] != drawn[:, :, 2]).nonzero()
    assert abs(coloured[0].min() - 30) <= 2
    assert abs(coloured[1].max() - 149) <= 2


def test_ids_inside_a_figure_are_prefixed_where_they_are_used() -> None:
    svg = '<?xml version="1.0"?><svg width="10pt" height="9pt" viewBox="0 0 1 1"><metadata>http://x</metadata>'
    svg += '<g id="a" clip-path="url(#b)"/><clipPath id="b"/><use xlink:href="#a"/></svg>'
    cleaned = inline_svg(svg, "roc")
    assert 'id="roc-a" clip-path="url(#roc-b)"' in cleaned
    assert 'xlink:href="#roc-a"' in cleaned
    assert "http" not in cleaned
    assert "pt" not in cleaned.split(">")[0]


def test_starting_weights_are_stated_for_every_network() -> None:
    stated = starting_weights(PARAMS)
    assert [line.split(":")[0] for line in stated] == ["quality control", "cnn"]
    assert all("weights: none" in line for line in stated)
    file = {"file": "$W/rin.pt", "sha256": "ab12", "licence": "own", "citation": "Mei 2022", "size": 224}
    cnn = PARAMS["train"]["models"]["cnn"]
    own = {**file, "architecture": cnn["architecture"], "mean": [0.5] * 3, "std": [0.5] * 3, "grey": "average"}
    for architecture, choice, said in (
        (cnn["architecture"], own, "weights rin.pt (file rin.pt, SHA-256 ab12, licence own; Mei 2022)"),
        ("resnet18", "resnet18_imagenet", "weights resnet18_imagenet (file resnet18-f37072fd.pth, SHA-256 f37072fd"),
    ):
        model = {**cnn, "architecture": architecture, "weights": choice}
        assert said in starting_weights(PARAMS | {"train": {"models": {"cnn": model}}})[1]


@pytest.mark.parametrize(("place", "words"), [*WORDS.items(), ("export.folder.pixels", wording.PIXELS)])
def test_every_choice_of_the_schema_has_words(place: str, words: dict[str, str]) -> None:
    assert choices(place) == set(words)


@pytest.mark.parametrize(
    ("split", "name"),
    [
        ("train", "the training set (out of fold)"),
        ("internal", "the internal test set"),
        ("external_2", "external test set 2"),
        ("prospective", "the prospective set"),
    ],
)
def test_sets_are_named_in_sentences(split: str, name: str) -> None:
    assert set_name(split) == name


def test_numbers_are_printed_as_in_a_journal() -> None:
    assert [p_value(p) for p in (0.0004, 0.04, NAN)] == ["< 0.001", "0.040", "–"]
    assert [decimal(-1.234), decimal(-0.001), decimal(NAN), decimal(3, 0)] == ["−1.23", "0.00", "–", "3"]
    assert interval(-0.1, 0.25) == "−0.10 to 0.25"
    assert interval(NAN, 1) == ""
    assert [listed(["a"]), listed(["a", "b", "c"]), listed([])] == ["a", "a, b and c", ""]


def test_every_step_of_the_schema_has_words() -> None:
    assert choices("select.steps.*.step") == set(wording.STEPS)


@pytest.mark.parametrize("several", [False, True])
def test_the_slider_says_where_its_intervals_are_too_narrow(several: bool) -> None:
    parts = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    task = {"name": "t", "suffix": "", "several": several}
    text = parts.from_string('{% import "parts.html.j2" as parts %}{{ parts.threshold(task) }}').render(task=task)
    assert ("too narrow here: a patient has several cases" in text) is several
