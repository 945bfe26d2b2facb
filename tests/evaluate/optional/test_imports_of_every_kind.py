"""Models from elsewhere for tasks of every kind, and which end of their values is positive."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from sonomics.core.errors import StudyError
from sonomics.core.files import write_json
from sonomics.core.params import check_params
from sonomics.core.schemas import PREDICTIONS
from sonomics.core.settings.evaluate import Evaluate, ExternalModel
from sonomics.core.settings.tasks import BinaryTask, ClassesTask, SurvivalTask
from sonomics.core.tables import write_table
from sonomics.evaluate import task
from sonomics.evaluate.figures import sheet
from sonomics.evaluate.optional.external_classes import import_classes
from sonomics.evaluate.optional.external_models import Question, external_model, read_external
from sonomics.evaluate.optional.external_risks import import_risks
from sonomics.report.sections.classes import gather_classes
from sonomics.report.sections.survival_task import gather_survival
from sonomics.report.study.evaluation import read_evaluation
from tests.evaluate.optional.test_external_models import COHORT, declared, plain
from tests.evaluate.synthetic import SETTINGS, arguments, write_study

SMOKE = Path(__file__).parents[3] / "studies" / "smoke" / "params.yaml"
LABELS = pd.Series({"a": 1.0, "b": 0.0, "c": 1.0, "d": 0.0})
GRADE = Question("grade", ["low", "mid"], [])
PFS = Question("pfs", ["1"], [12.0, 24.0])


def stated(path: Path, frame: pd.DataFrame, **keys: Any) -> ExternalModel:
    return ExternalModel.partial({**declared(path, frame), **keys})


def by_class(**changes: Any) -> pd.DataFrame:
    frame = pd.DataFrame({"case": ["a", "a", "c", "c"], "class": ["low", "mid"] * 2, "value": [0.7, 0.3, 0.2, 0.8]})
    return frame.assign(**changes)


def by_horizon(**changes: Any) -> pd.DataFrame:
    frame = pd.DataFrame({"case": ["a", "a", "c", "c"], "horizon": [12, 24] * 2, "value": [0.1, 0.3, 0.5, 0.8]})
    return frame.assign(**changes)


@pytest.mark.parametrize(
    ("kind", "turned"), [("probability", [0.1, 0.8, 0.2, 0.7]), ("score", [-0.9, -0.2, -0.8, -0.3])]
)
def test_of_a_low_positive_end_values_and_cutoff_are_turned_round(tmp_path, kind, turned):
    settings = stated(tmp_path / "p.csv", plain(kind=kind), positive="low", cutoff=0.3)
    table = read_external("theirs", settings, "t", COHORT)
    assert table.set_index("case")["value"].tolist() == pytest.approx(turned)
    model = external_model("theirs", settings, table, LABELS)
    called = table["value"] >= model.cutoff - 1e-12
    assert called.tolist() == [False, True, False, True]  # 0.2 and 0.3 are at or below 0.3
    assert "at or below 0.3" in model.rule


def test_a_score_without_its_positive_end_is_refused(tmp_path):
    with pytest.raises(StudyError, match="do not say which end of them is positive") as stopped:
        read_external("theirs", stated(tmp_path / "p.csv", plain(kind="score")), "t", COHORT)
    assert "evaluate.external_models.theirs.positive: high or low" in stopped.value.fix
    high = read_external("theirs", stated(tmp_path / "p.csv", plain(kind="score"), positive="high"), "t", COHORT)
    assert high["value"].tolist() == plain()["value"].tolist()


def test_classes_come_as_a_row_a_case_and_class(tmp_path):
    table, model = import_classes("theirs", stated(tmp_path / "p.csv", by_class()), GRADE, COHORT, LABELS)
    assert table.set_index(["case", "class"])["value"].to_dict() == {
        ("a", "low"): 0.7, ("a", "mid"): 0.3, ("c", "low"): 0.2, ("c", "mid"): 0.8
    }  # fmt: skip
    assert np.isnan(model.cutoff)


@pytest.mark.parametrize(
    ("frame", "rule"),
    [
        (by_class().drop(columns="class"), "there is no column class"),
        (by_class(**{"class": ["low", "high"] * 2}), "no row is of the class mid"),
        (by_class().iloc[:3], "1 of the cases have no row of one of the classes|do not sum to 1"),
        (by_class(**{"class": ["low", "mid", "low", "lwo"]}), "class is not one of the question's classes in 1 row"),
        (by_class(value=[0.7, 0.1, 0.2, 0.8]), "do not sum to 1 in 2 rows"),
        (by_class(case=["a", "a", "z", "z"]), "case is not in the cohort in 2 rows"),
    ],
)
def test_classes_that_are_missing_or_strange_stop_the_study(tmp_path, frame, rule):
    with pytest.raises(StudyError, match=rule):
        import_classes("theirs", stated(tmp_path / "p.csv", frame), GRADE, COHORT, LABELS)


def test_a_risk_may_be_a_score_with_its_end_or_probabilities_by_horizon(tmp_path):
    table, model = import_risks("theirs", stated(tmp_path / "p.csv", plain(), positive="low"), PFS, COHORT, LABELS)
    assert set(table["kind"]) == {"risk"}
    assert table.set_index("case")["value"].to_dict() == {"a": -0.9, "b": -0.2, "c": -0.8, "d": -0.3}
    assert (model.on, model.cutoff) == ("risk", pytest.approx(-0.55))
    table, model = import_risks("theirs", stated(tmp_path / "p.csv", by_horizon(), cutoff=0.6), PFS, COHORT, LABELS)
    risks = table[table["kind"] == "risk"].set_index("case")["value"]
    assert risks.to_dict() == {"a": 0.3, "c": 0.8}
    assert (model.on, model.cutoff) == ("risk", 0.6)
    free = by_horizon(value=[0.9, 0.7, 0.5, 0.2])  # probabilities of being free of the event
    turned, model = import_risks(
        "theirs", stated(tmp_path / "p.csv", free, positive="low", cutoff=0.4), PFS, COHORT, LABELS
    )
    pd.testing.assert_frame_equal(turned, table)
    assert model.cutoff == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("frame", "rule"),
    [
        (plain(), "do not say which end"),
        (by_horizon(horizon=[12, 36] * 2), "horizon is not one of the task's horizons in 2 rows .2, 4 below"),
        (by_horizon().iloc[:3], "1 of the cases have no row of one of the horizons"),
        (by_horizon(value=[0.3, 0.1, 0.5, 0.8]), "value falls from one horizon to the next in 1 row .2 below"),
        (by_horizon(value=[0.3, 1.1, 0.5, 0.8]), "outside 0 to 1 in 1 row .2 below"),
    ],
)
def test_risks_that_are_missing_or_strange_stop_the_study(tmp_path, frame, rule):
    with pytest.raises(StudyError, match=rule):
        import_risks("theirs", stated(tmp_path / "p.csv", frame), PFS, COHORT, LABELS)


def test_an_import_answers_the_tasks_it_names_or_all_binary_ones():
    tasks = {
        "cancer": BinaryTask.partial({"type": "binary"}),
        "grade": ClassesTask.partial({"type": "classes"}),
        "pfs": SurvivalTask.partial({"type": "survival"}),
    }
    settings = Evaluate.partial({"external_models": {"any": {}, "types": {"tasks": ["grade"]}}})
    assert {name: list(settings.imports_of(name, tasks)) for name in tasks} == {
        "cancer": ["any"], "grade": ["types"], "pfs": []
    }  # fmt: skip
    assert list(settings.imports_of("pfs", {"pfs": tasks["pfs"]})) == ["any"]


@pytest.mark.parametrize(
    ("keys", "where", "rule"),
    [
        ({"tasks": ["cancer"]}, "external_models.theirs.tasks", "cancer is not in study.tasks"),
        ({"positive": "up"}, "external_models.theirs.positive", "high|low"),
    ],
)
def test_an_import_that_cannot_be_is_refused_before_any_work(keys, where, rule):
    params = yaml.safe_load(SMOKE.read_text())
    params["evaluate"]["external_models"] = {"theirs": {"file": "p.csv", "sha256": "0" * 64, **keys}}
    with pytest.raises(StudyError, match=rule) as stopped:
        check_params(params)
    assert where in stopped.value.where


KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "classes": ({"type": "classes", "column": "grade", "classes": ["low", "mid", "high"], "ordered": True}, "largest"),
    "survival": ({"type": "survival", "horizons": [12]}, "median"),
}


def answer(cohort: pd.DataFrame, kind: str, sign: float = 1.0) -> pd.DataFrame:
    """Answer a task from the simulated risk, as a table of case, class or horizon, and value."""
    probability = 1 / (1 + np.exp(-sign * cohort["sim_risk"]))
    if kind == "survival":
        return pd.DataFrame({"case": cohort["case"], "horizon": 12.0, "value": probability})
    shares = {"low": (1 - probability) ** 2, "mid": 2 * probability * (1 - probability), "high": probability**2}
    parts = [pd.DataFrame({"case": cohort["case"], "class": name, "value": share}) for name, share in shares.items()]
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("kind", KINDS)
def test_an_import_is_evaluated_like_the_models_of_the_study_and_shown(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(sheet, "draw_panel", lambda *_: None)
    stated_task, rule = KINDS[kind]
    cohort = write_study(tmp_path, {"train": 40, "internal": 30})
    cohort["grade"] = np.array(["low", "mid", "high"])[np.digitize(cohort["sim_risk"], [-0.5, 0.5])]
    cohort.to_csv(tmp_path / "data" / "cohort.csv", index=False)
    own = answer(cohort, kind).assign(model="stacked", task="recurrence", variant="main", image="", kind="probability")
    about = cohort.set_index("case")
    own = own.assign(**{name: own["case"].map(about[name]) for name in ("patient", "split")})
    own = own.assign(fold=np.where(own["split"] == "train", "0", "all"))
    if kind == "survival":
        own = pd.concat([own, own.assign(kind="risk", horizon=np.nan)]).assign(**{"class": "1"})
    own = own.assign(horizon=own.get("horizon", np.nan))
    for model in ("stacked", "radiomics"):
        home = tmp_path / "results" / "stack" / "main" / model / "recurrence"
        write_table(own.assign(model=model).reset_index(drop=True), home / "predictions.parquet", PREDICTIONS)
        cutoff = {"cutoff": 0.5, "on": "risk"} if kind == "survival" else {"cutoff": None, "on": "probability"}
        write_json(home / "thresholds.json", {"rule": rule, **cutoff})
    theirs = declared(tmp_path / "theirs.csv", answer(cohort, kind))
    settings = {
        **SETTINGS,
        "study": {**SETTINGS["study"], "tasks": {"recurrence": stated_task}},
        "evaluate": {**SETTINGS["evaluate"], "external_models": {"theirs": theirs}},
    }
    out = tmp_path / "out"
    task.main([f"--settings={json.dumps(settings)}", *arguments(tmp_path), f"--out={out}"])
    table = pd.read_csv(out / "performance.csv")
    table = table[~table["statistic"].isin(["threshold", "unscored"])]  # the cutpoint differs; the fixture lacks none
    wide = table.pivot_table(index=["split", "statistic"], columns="model", values="estimate")
    assert len(wide) >= 4
    assert wide["theirs"].tolist() == pytest.approx(wide["stacked"].tolist())
    gather = gather_classes if kind == "classes" else gather_survival
    assert "theirs" in str(gather(read_evaluation(out, "main", "recurrence")))
