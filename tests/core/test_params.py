import re

import pytest
import yaml

from sonomics.core.errors import StudyError
from sonomics.core.params import check_params, columns_named, home, overlaid, pick, scheme_of
from sonomics.core.settings.parameters import Parameters
from tests.conftest import ROOT

FOLDER = {
    "root": "x", "table": "x.csv", "view": "grey", "columns": {"patient": "ID"}, "images": "{ID}.png",
    "cohort": {"centre": "x", "split": {"column": "set", "values": {"train": ["x"]}}, "columns": {}},
}  # fmt: skip


def test_the_study_as_it_stands_is_good(params):
    check_params(params)


@pytest.mark.parametrize(
    ("change", "where", "rule", "fix"),
    [
        (lambda p: p["crop"].update(margn=1), "params.yaml, crop", "unknown key margn", "margin"),
        (
            lambda p: p["train"]["models"].update(c={"kind": "clinical", "columns": ["weight"], "enter": 0.1}),
            "models.c.columns",
            "weight is not in study.clinical",
            "add it there",
        ),
        (
            lambda p: p["train"]["models"]["rf"].update(search={"folds": 2, "values": {"cost": [1]}}),
            "models.rf.search",
            "cannot search cost",
            "search trees",
        ),
        (
            lambda p: p["train"]["models"]["rf"].update(search={"folds": 2, "values": {"trees": [10, 0.5]}}),
            "models.rf.search.values.trees.1",
            "0.5",
            "number of trees",
        ),
        (
            lambda p: p["train"]["models"]["rf"].update(search={"folds": 2, "values": {"trees": []}}),
            "models.rf.search.values.trees",
            "[]",
            "values to try",
        ),
        (
            lambda p: (
                p["train"]["models"].update(score={"kind": "radscore", "families": ["texture"]}),
                p["select"]["steps"].append({"step": "mrmr", "count": 3}),
            ),
            "train.models.score",
            "last step for texture is another",
            "end select.steps",
        ),
        (lambda p: p["select"].pop("steps"), "params.yaml, select", "steps is missing", "add it"),
        (lambda p: p["select"]["steps"][0].update(below=1), "select.steps.0", "below", "did you mean"),
        (lambda p: p["select"].update(folds="five"), "params.yaml, select.folds", "'five'", "number of cross"),
        (lambda p: p["train"]["models"]["rf"].update(trees="x"), "train.models.rf.trees", "'x'", "number of trees"),
        (lambda p: p["train"]["models"]["rf"].update(families=["no"]), "rf.families", "no is not in", "extract"),
        (
            lambda p: p["stack"]["models"]["stacked"].update(of=["no"]),
            "stacked.of",
            "no is not in train.models",
            "add it",
        ),
        (lambda p: p["study"]["variants"].update(main={"crop": {}}), "study.variants", "main", "main: {}"),
        (lambda p: p["study"]["variants"].update(odd={"crop": {"x": 1}}), "variant odd, crop", "key x", "did you"),
        (
            lambda p: p["study"]["variants"].update(odd={"extract": {"families": {"mazda": {"bits": 4}}}}),
            "variants.odd",
            "adds extract.families.mazda",
            "params.yaml",
        ),
        (lambda p: p["study"]["variants"].update(odd={"select": {"folds": 3}}), "variants.odd", "share", "own"),
        (
            lambda p: p["study"]["variants"].update(odd={"select": {"folds": {"s": {"column": "centre"}}}}),
            "variants.odd",
            "changes select.folds.s.column",
            "own",
        ),
        (
            lambda p: p["study"]["variants"].update(odd={"select": {"folds": "by_centre"}}),
            "variants.odd",
            "names the folds by_centre, and select.folds has random",
            "add `by_centre: {column: ...}`",
        ),
        (lambda p: p["select"].update(folds={"a": {}}), "select.folds.a", "needs a number, a column", "column: centre"),
        (lambda p: p["select"].update(folds={}), "select.folds", "is empty", "schemes of folds by name"),
        (
            lambda p: p["select"].update(folds={"a": {"column": "event"}}),
            "select.folds.a.column",
            "event is a label or outcome",
            "known of every patient",
        ),
        (
            lambda p: p["select"].update(folds={"group": {"number": 2}}),
            "select.folds.group",
            "group is a column of the table of folds",
            "another name",
        ),
        (
            lambda p: p["select"].update(folds={"by_centre": {"column": "centre"}}),
            "variants.shuffled",
            "labels are shuffled within folds, and the folds by_centre are by centre",
            "name a random scheme",
        ),
        (lambda p: p["study"]["variants"].update(odd={"crop": {"margin": "x"}}), "variant odd", "'x'", "rim"),
        (lambda p: p["study"]["variants"].update(odd={"clean": {"overlays": "keep"}}), "variants.odd", "share", "own"),
        (
            lambda p: p["study"]["variants"].update(odd={"train": {"models": {"rf": None}}}),
            "variant odd",
            "rf",
            "add it",
        ),
        (lambda p: p["study"]["variants"].update(odd={"stack": {"models": {"stacked": None}}}), "odd", "final", "of"),
        (lambda p: p["study"]["variants"].update(odd={"study": {"chunks": 3}}), "variants.odd", "study.chunks", "own"),
        (
            lambda p: p["study"]["tasks"].update(large={"type": "binary", "rule": "size_mm >= 30 | event"}),
            "study.clinical",
            "size_mm is a label or outcome",
            "take it out",
        ),
        (
            lambda p: p["study"]["tasks"].update(large={"type": "binary", "rule": "size_mm >="}),
            "study.tasks",
            "the rule 'size_mm >=' is not understood",
            "write comparisons",
        ),
        (
            lambda p: p["study"]["clinical"].append("time"),
            "study.clinical",
            "time is a label or outcome",
            "take it out",
        ),
        (
            lambda p: p["study"]["clinical"].append("sim_risk"),
            "study.clinical",
            "simulated ground truth",
            "take it out",
        ),
        (lambda p: p.update({7: "x"}), "params.yaml", "unknown key 7", "did you mean"),
        (lambda p: p["train"]["models"]["rf"].pop("kind"), "train.models.rf", "the key kind is missing", "add it"),
        (lambda p: p["train"]["models"]["rf"].update(kind="xgboost"), "rf.kind", "'xgboost' is not one of", "kind of"),
        (
            lambda p: p["train"]["models"]["rf"].update(families="texture"),
            "rf.families",
            "not a list",
            "feature families",
        ),
        (lambda p: p["train"]["models"]["rf"].update(families=[]), "rf.families", "[] is empty", "feature families"),
        (
            lambda p: p.update(crop=None),
            "params.yaml, crop",
            "nothing is not a map of keys",
            "from readers' outlines to crops",
        ),
        (lambda p: p["select"].update(folds=3.0), "select.folds", "3.0 is not a whole number", "number of cross"),
        (lambda p: p["crop"].update(margin=float("nan")), "crop.margin", "nan is not a number", "rim of"),
        (
            lambda p: p["study"]["tasks"].update(odd={"type": "binary", "column": "x"}),
            "study.tasks.odd",
            "one of these must be stated: rule or column and positive",
            "one outcome to predict",
        ),
        (
            lambda p: p["clean"]["qc"]["heads"].update(target={"exclude_below": 0.5, "sensitivity": 0.9}),
            "clean.qc.heads.target",
            "exclude_below and sensitivity exclude each other",
            "what a head excludes",
        ),
        (
            lambda p: p["export"].update(folder={**FOLDER, "captures": {"ID": "bus_("}}),
            "export.folder.captures.ID",
            "'bus_(' is not a valid regular expression",
            "regular expression",
        ),
        (lambda p: p["evaluate"].update(primary="no"), "evaluate.primary", "no is not in", "stack.models"),
        (lambda p: p["export"].update(source="folder"), "export.folder", "no section", "docs/export.md"),
    ],
)
def test_a_bad_study_is_stopped_with_what_where_and_how(params, change, where, rule, fix):
    change(params)
    with pytest.raises(StudyError) as stopped:
        check_params(params)
    assert where in stopped.value.where
    assert rule in stopped.value.rule
    assert fix in stopped.value.fix


def test_a_radscore_may_follow_a_last_step_that_is_for_other_families(params):
    params["train"]["models"]["score"] = {"kind": "radscore", "families": ["texture"]}
    params["select"]["steps"].append({"step": "pca", "components": 2, "families": ["deep"]})
    check_params(params)


def test_the_documented_variants_are_those_of_a_study():
    text = (ROOT / "docs/your-own-data.md").read_text()
    block = re.search(r"### Controls and sensitivity runs.*?```yaml\n(.*?)```", text, re.DOTALL)[1]
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["study"]["variants"] = yaml.safe_load(block)["study"]["variants"]
    others = ["noise", "background", "uncropped", "overlays_kept", "reader_2", "perturbed"]
    runs = ["main", "shuffled", "shuffled_2", *others]
    assert list(params["study"]["variants"]) == runs
    check_params(params)


def test_an_overlay_takes_a_model_out(params):
    params["study"]["variants"]["plain"] = {"train": {"models": {"cnn": None}}}
    assert set(overlaid(params, "plain")["train"]["models"]) == set(params["train"]["models"]) - {"cnn"}
    assert "cnn" in params["train"]["models"]


def test_overlay_changes_only_what_it_states(params):
    params["study"]["variants"]["wide"] = {"crop": {"margin": 0.5}}
    wide = overlaid(params, "wide")
    assert wide["crop"] == {**params["crop"], "margin": 0.5}
    assert wide["select"] == params["select"]
    assert params["crop"]["margin"] != 0.5


def test_an_overlay_may_state_what_the_study_leaves_at_its_default(params):
    params["study"]["variants"].update(
        ring={"crop": {"region": "ring", "ring": 0.3}},
        overlays_kept={"crop": {"pixels": "as_exported"}},
        perturbed={
            "crop": {
                "perturb": {"times": 1, "grow": 0.05, "shift": 0.03, "rotate": 5, "contour": 0.02},
                "analysis": {"perturbed": 1},
            }
        },
        noise={"select": {"features": "noise"}},
    )
    check_params(params)
    assert overlaid(params, "perturbed")["crop"]["analysis"] == {**params["crop"]["analysis"], "perturbed": 1}


def test_overlays_cannot_come_back_where_none_were_removed(params):
    params["clean"]["overlays"] = "keep"
    params["study"]["variants"]["overlays_kept"] = {"crop": {"pixels": "as_exported"}}
    with pytest.raises(StudyError, match="removes no overlays"):
        check_params(params)


def test_a_copy_of_the_outline_that_is_not_made_stops_the_study(params):
    params["study"]["variants"]["perturbed"] = {"crop": {"analysis": {"perturbed": 2}}}
    with pytest.raises(StudyError, match=r"crop\.perturb makes 0"):
        check_params(params)


def test_a_variant_shares_files_up_to_the_first_phase_it_touches(params):
    params["study"]["variants"].update(wide={"crop": {"margin": 0.5}}, strict={"select": {"unit": "image"}})
    assert home(params, "wide", "crop") == home(params, "wide", "train") == "wide"
    assert home(params, "strict", "extract") == "main"
    assert home(params, "strict", "select") == "strict"
    assert home(params, "shuffled", "extract") == "main"
    assert home(params, "shuffled", "select") == "shuffled"


def test_pick_keeps_the_nesting_and_refuses_what_is_not_there(params):
    assert pick(params, ["study.seed", "crop"]) == {"study": {"seed": params["study"]["seed"]}, "crop": params["crop"]}
    with pytest.raises(KeyError):
        pick(params, ["study.sed"])


ADULT = {"name": "adult", "rule": "age >= 18", "unknown": "keep"}


@pytest.mark.parametrize(
    ("criteria", "rule", "fix"),
    [
        ([ADULT, ADULT], "two criteria", "rename"),
        ([{**ADULT, "rule": "age >="}], "not understood", "comparisons"),
        ([{**ADULT, "rule": "time > 3"}], "reads time, a label or outcome", "training_only: true"),
        ([{**ADULT, "rule": "sim_risk > 3", "training_only": True}], "simulated ground truth", "real study"),
    ],
)
def test_a_criterion_must_be_understood_and_may_not_choose_test_cases_by_their_label(params, criteria, rule, fix):
    params["clean"]["criteria"] = criteria
    with pytest.raises(StudyError) as stopped:
        check_params(params)
    assert "params.yaml, clean.criteria, adult" in stopped.value.where
    assert rule in stopped.value.rule
    assert fix in stopped.value.fix


def test_criteria_on_clinical_columns_and_on_labels_of_training_rows_are_good(params):
    label = {**ADULT, "name": "followed", "rule": "time > 3", "training_only": True}
    params["clean"]["criteria"] = [ADULT, label]
    check_params(params)


def test_another_seed_counts_from_the_selection_on(params):
    params["study"]["variants"]["seed_2"] = {"study": {"seed": 2}}
    check_params(params)
    assert home(params, "seed_2", "extract") == "main"
    assert home(params, "seed_2", "select") == home(params, "seed_2", "stack") == "seed_2"
    assert overlaid(params, "seed_2")["study"]["seed"] == 2


def test_every_column_that_params_name_beside_labels_is_listed_by_its_key(params):
    params["clean"].update(
        criteria=[{**ADULT, "rule": "age >= 18 & sex == F"}, {**ADULT, "rule": "shadow < 1", "level": "image"}],
        injection={"from": "table", "column": "injected_s"},
    )
    params["clean"]["qc"]["heads"]["target"]["needs_case"] = "ascites"
    params["evaluate"].update(
        subgroups={"sex": "levels"},
        treatment="drug",
        serial={"exam_time": "months", "diagnosis_time": "found"},
        borderline={"column": "type", "value": "b"},
        label_aware={"seen": {"head": "target", "needs_case": "fluid"}},
        classes={"kind": {"column": "histology", "classes": ["a", "b"], "models": {}}},
    )
    assert columns_named(Parameters.partial(params)) == {
        "clean.criteria, adult, age": "age",
        "clean.criteria, adult, sex": "sex",
        "clean.injection.column": "injected_s",
        "clean.qc.heads.target.needs_case": "ascites",
        "evaluate.subgroups.sex": "sex",
        "evaluate.treatment": "drug",
        "evaluate.serial.exam_time": "months",
        "evaluate.serial.diagnosis_time": "found",
        "evaluate.borderline.column": "type",
        "evaluate.label_aware.seen.needs_case": "fluid",
        "evaluate.classes.kind.column": "histology",
    }


def test_a_variant_may_name_a_scheme_of_folds(params):
    params["select"]["folds"] = {"random": {"number": 2}, "by_centre": {"column": "centre"}}
    params["study"]["variants"]["by_centre"] = {"select": {"folds": "by_centre"}}
    check_params(params)
    assert [scheme_of(params, name) for name in ("main", "shuffled", "by_centre")] == ["random", "random", "by_centre"]
    assert home(params, "by_centre", "extract") == "main"
    assert home(params, "by_centre", "select") == "by_centre"
    params["select"]["folds"] = 5
    assert scheme_of(params, "main") == "random"
