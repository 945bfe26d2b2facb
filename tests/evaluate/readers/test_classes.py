"""Readers of a task of several classes."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sonomics.core.files import read_json
from sonomics.core.schemas import READERS
from sonomics.core.settings.parameters import Parameters
from sonomics.evaluate.readers.classes import join_class_readings, list_class_measures
from sonomics.evaluate.readers.reference import readers_reference
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.scored import Samples, build_samples
from sonomics.evaluate.several_classes.cases import decide_classes
from sonomics.report.sections import readers_classes
from sonomics.report.study.evaluation import Evaluation

CLASSES = ["low", "mid", "high"]


def samples_of(true: list[str], decided: list[str], classes: list[str] = CLASSES) -> Samples:
    names = [f"c{number}" for number in range(len(true))]
    cases = pd.DataFrame({"case": names, "patient": names, "split": "internal"})
    cases["label"] = [float(classes.index(name)) if name else np.nan for name in true]
    for name in classes:
        cases[f"net__probability__{name}"] = [0.8 if name == word else 0.2 / (len(classes) - 1) for word in decided]
    models = [Model("net", float("nan"), "probability", "largest")]
    return build_samples(decide_classes(cases, models, classes), models)


def readings(reader: str, named: list[str], arm: str = "alone", level: str = "senior") -> pd.DataFrame:
    frame = pd.DataFrame({"case": [f"c{n}" for n in range(len(named))], "category": named})
    about = {"reader": reader, "level": level, "arm": arm, "task": "grade", "decision": "", "session": "1"}
    return frame.assign(score=np.nan, **about)[list(READERS.columns)]


def table_of(samples: Samples, *parts: pd.DataFrame, ordered: bool = True, classes: list[str] = CLASSES):
    rows = join_class_readings(pd.concat(parts, ignore_index=True), "grade", samples, classes)
    return readers_reference(rows, list_class_measures(len(classes), ordered), 0.95)


def test_a_reader_by_hand_next_to_the_model_on_the_same_cases():
    true = ["low", "low", "mid", "mid", "high", "high", ""]
    made = table_of(
        samples_of(true, ["low", "low", "mid", "mid", "high", "mid", "low"]),
        readings("ann", ["low", "mid", "mid", "mid", "high", "", "low"]),
    )
    row = made[made["scope"] == "reader"].set_index("measure")
    assert set(row["n"]) == {5}
    assert row.loc["accuracy", "estimate"] == pytest.approx(4 / 5)
    assert row.loc["macro_f1", "estimate"] == pytest.approx((2 / 3 + 4 / 5 + 1) / 3)
    assert row.loc["kappa", "estimate"] == pytest.approx((0.8 - 0.36) / (1 - 0.36))
    assert row["model"].tolist() == pytest.approx([1.0, 1.0, 1.0, 1.0])
    # Distances in squares: observed 1 of 5; by chance 1.8, from rows 2, 2, 1 and columns 1, 3, 1.
    by_chance = (2 * (0 + 3 + 4) + 2 * (1 + 0 + 1) + 1 * (4 + 3 + 0)) / 5
    assert row.loc["weighted_kappa", "estimate"] == pytest.approx(1 - 1 / by_chance)


def test_help_changes_every_measure_and_nominal_classes_have_no_weighted_kappa():
    random = np.random.default_rng(1)
    true = [CLASSES[place] for place in random.integers(0, 3, 40)]

    def guess(share: float) -> list[str]:
        return [word if random.uniform() < share else CLASSES[random.integers(3)] for word in true]

    parts = [
        readings(name, guess(share), arm) for name in ("ann", "bob") for arm, share in (("alone", 0.2), ("aided", 0.9))
    ]
    made = table_of(samples_of(true, guess(0.7)), *parts, ordered=False)
    assert set(made["measure"]) == {"accuracy", "macro_f1", "kappa"}
    change = made[(made["arm"] == "aided minus alone") & (made["scope"] == "reader")]
    assert (change["lower"] > 0).all()
    assert (change["p"] < 0.05).all()
    means = made.set_index(["name", "arm", "measure"])["estimate"]
    both = means.loc[["ann", "bob"], "alone", "kappa"].mean()
    assert means.loc[("all readers", "alone", "kappa")] == pytest.approx(both)


def test_the_page_shows_readers_and_the_model_once_where_all_saw_the_same_cases():
    true = ["low", "low", "mid", "mid", "high", "high"]
    samples = samples_of(true, ["low", "low", "mid", "mid", "high", "mid"])
    made = table_of(samples, readings("ann", true), readings("bob", ["low", "mid", "mid", "mid", "high", "high"]))
    splits = pd.DataFrame({"split": ["internal"], "title": ["Internal test"]})
    performance = pd.DataFrame({"model": ["net"], "split": "internal", "statistic": "auc"})
    evaluation = Evaluation(
        "main", "grade", {"splits": splits, "performance": performance, "readers_classes": made}, {}
    )
    section = readers_classes.build(evaluation, Parameters.partial({"export": {"source": "folder"}}))
    (table,) = section.tables
    assert section.paragraphs[0].startswith("2 readers named the class of each case")
    assert table.columns == ["Decisions", "Accuracy", "Macro F1", "Kappa", "Weighted kappa", "Cases"]
    assert [row[0].main for row in table.rows] == [
        "1 · ann, unaided", "2 · bob, unaided", "Mean of 2 readers, unaided", "net, on the same cases",
    ]  # fmt: skip


@pytest.mark.realdata
def test_kappas_equal_r():
    folder = Path(os.environ["SONOMICS_REALDATA"]).parent / "oracle-tasks"
    if not folder.exists():
        pytest.skip("no oracle of tasks beside the real images")
    table = pd.read_csv(folder / "classes.csv").dropna(subset=["grade", "reader_grade"])
    classes = [str(grade) for grade in sorted(set(table["grade"]))]
    true, named = (table[name].astype(int).astype(str).tolist() for name in ("grade", "reader_grade"))
    made = table_of(samples_of(true, true, classes), readings("ann", named), classes=classes).set_index("measure")
    expected = read_json(folder / "expected.json")["ordered_agreement"]
    assert made.loc["kappa", "estimate"].iloc[0] == pytest.approx(expected["kappa"], abs=1e-12)
    assert made.loc["weighted_kappa", "estimate"].iloc[0] == pytest.approx(expected["kappa_quadratic"], abs=1e-12)
