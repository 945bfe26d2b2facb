"""Questions of several classes: predictions from elsewhere against the pure functions, and bad tables."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.settings.evaluate import Classes
from sonomics.evaluate.optional.classes import class_tables
from sonomics.statistics.classification.multiclass import class_aucs, class_report

NAMES = ["benign", "borderline", "malignant"]


def made(path: Path, cases: int = 40) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Classes]]:
    """Write predictions of three classes; return the cohort, the probabilities and the question."""
    generator = np.random.default_rng(2)
    names = [f"c{number:02d}" for number in range(cases)]
    truth = generator.integers(0, 3, cases)
    cohort = pd.DataFrame({"case": names, "split": "internal", "kind": np.array(NAMES)[truth]})
    values = generator.dirichlet(np.ones(3), cases) + 0.6 * np.eye(3)[truth]
    wide = pd.DataFrame(values / values.sum(axis=1, keepdims=True), index=names, columns=NAMES)
    return cohort, wide, question(path, wide)


def question(path: Path, wide: pd.DataFrame) -> dict[str, Classes]:
    long = wide.rename_axis("case").reset_index().melt("case", var_name="class", value_name="value")
    long.to_csv(path, index=False)
    source = {"file": str(path), "sha256": sha256(path.read_bytes()).hexdigest()}
    settings = {"column": "kind", "classes": NAMES, "models": {"net": source}}
    return {"histology": Classes.partial(settings)}


def test_macro_weighted_and_per_class_figures_equal_the_pure_functions(tmp_path: Path) -> None:
    cohort, wide, asked = made(tmp_path / "p.csv")
    tables = class_tables(cohort, asked, 0.95)
    found = tables["classes"].set_index(["class", "statistic"])["estimate"]
    decided = np.array(NAMES)[wide.to_numpy().argmax(axis=1)]
    report = class_report(cohort["kind"], decided, NAMES)
    areas = class_aucs(cohort["kind"], wide.to_numpy(), NAMES)
    assert found["macro", "f1"] == pytest.approx(report.averages.loc["macro", "f1"])
    assert found["weighted", "recall"] == pytest.approx(report.averages.loc["weighted", "recall"])
    assert found["borderline", "precision"] == pytest.approx(report.classes.loc["borderline", "precision"])
    assert found["malignant", "auc"] == pytest.approx(areas.classes.loc["malignant", "auc"])
    assert found["all", "hand_till_m"] == pytest.approx(areas.hand_till)
    assert found["all", "kappa"] == pytest.approx(report.kappa)
    counts = tables["confusion"].set_index(["true", "decided"])["count"]
    assert counts.sum() == 40
    assert counts["benign", "malignant"] == report.confusion.loc["benign", "malignant"]


def test_an_absent_class_has_no_recall_but_a_reason(tmp_path: Path) -> None:
    cohort, _, asked = made(tmp_path / "p.csv")
    table = class_tables(cohort[cohort["kind"] != "borderline"], _only(asked, tmp_path, cohort), 0.95)["classes"]
    row = table[(table["class"] == "borderline") & (table["statistic"] == "recall")].iloc[0]
    assert np.isnan(row["estimate"])
    assert row["reason"]


def test_a_case_without_class_or_probabilities_does_not_count(tmp_path: Path) -> None:
    cohort, wide, _ = made(tmp_path / "p.csv")
    cohort.loc[0, "kind"] = np.nan
    wide.iloc[1] = np.nan
    table = class_tables(cohort, question(tmp_path / "p.csv", wide), 0.95)["classes"]
    assert table[table["statistic"] == "accuracy"]["n"].tolist() == [38]
    nobody = class_tables(cohort.assign(kind=np.nan), question(tmp_path / "p.csv", wide), 0.95)
    assert nobody["classes"]["reason"].tolist() == ["no case with a known class and all probabilities"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda wide: wide.rename(columns={"benign": "other"}), "classes in 40 rows"),
        (lambda wide: wide * 0.5, "do not sum to 1 in 120 rows"),
        (lambda wide: wide + np.array([1.0, -1.0, 0.0]), "outside 0 to 1"),
        (lambda wide: wide.rename(index={"c00": "z"}), "case is not in the cohort in 3 rows"),
    ],
)
def test_a_bad_table_stops_the_study(change: Any, words: str, tmp_path: Path) -> None:
    cohort, wide, _ = made(tmp_path / "p.csv")
    with pytest.raises(StudyError, match=words):
        class_tables(cohort, question(tmp_path / "p.csv", change(wide)), 0.95)


def test_a_class_that_the_question_does_not_have_stops_the_study(tmp_path: Path) -> None:
    cohort, _, asked = made(tmp_path / "p.csv")
    cohort.loc[3, "kind"] = "tubercle"
    with pytest.raises(StudyError, match=r"class of 1 cases in the cohort is not one of the question's"):
        class_tables(cohort, asked, 0.95)


def _only(asked: dict[str, Classes], folder: Path, cohort: pd.DataFrame) -> dict[str, Classes]:
    """Keep the predictions of the cases that are not borderline."""
    frame = pd.read_csv(asked["histology"].models["net"].file)
    kept = frame[frame["case"].isin(cohort[cohort["kind"] != "borderline"]["case"])]
    wide = kept.pivot(index="case", columns="class", values="value")
    return question(folder / "q.csv", wide)
