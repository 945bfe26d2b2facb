"""A network of several tasks next to single ones: the same paired tests as of final models, on means over images."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from sonomics.core.schemas import PREDICTIONS
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import read_table, write_table
from sonomics.evaluate.ranking.comparisons import comparison_table
from sonomics.evaluate.ranking.rankings import ranking_of
from sonomics.evaluate.robustness.together import together_tables
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.task import main
from sonomics.report.sections.together import build
from sonomics.report.study.evaluation import Evaluation, read_evaluation
from sonomics.statistics.discrimination.auc_comparison import delong_test
from tests.evaluate import synthetic
from tests.evaluate.other_kinds import CLASSES, HORIZONS, SPLITS, class_context, survival_context

KEPT = ["split", "auc", "auc_against", "difference", "lower", "upper", "method", "n"]


def write_images(context: Context, file: Path, columns: list[tuple[str, str, float]]) -> Context:
    """Write the values of both models as those of two images a case, and make the models twins.

    `columns` are the end of a column of the cases, the class and the horizon of its predictions.
    """
    cases = context.samples.cases
    about = {"patient": cases["patient"], "case": cases["case"], "split": cases["split"], "variant": "main"}
    about |= {"task": "grade", "fold": np.where(cases["split"] == "train", "0", "all")}
    tables = [
        pd.DataFrame({**about, "image": cases["case"] + image, "model": model, "class": name, "horizon": horizon})
        .assign(kind=end.split("__")[0], value=cases[f"{model}__{end}"] + shift)
        for model in ("a", "b")
        for end, name, horizon in columns
        for image, shift in (("-1", -0.001), ("-2", 0.001))
    ]  # fmt: skip
    write_table(pd.concat(tables, ignore_index=True), file, PREDICTIONS)
    cohort = cases[[name for name in cases if "__" not in str(name)]].drop(columns="label")
    files = replace(context.files, base_predictions=[file], twins=[("a", "b")])
    return replace(context, files=files, cohort=cohort)


@pytest.mark.parametrize(
    ("make", "columns"),
    [
        (class_context, [(f"probability__{name}", name, float("nan")) for name in CLASSES]),
        (
            survival_context,
            [("risk", "1", float("nan")), *((f"probability__{horizon}", "1", horizon) for horizon in HORIZONS)],
        ),
    ],
)
def test_it_is_the_comparison_of_final_models_on_means_over_images(
    tmp_path: Path, make: Callable[[], Context], columns: list[tuple[str, str, float]]
) -> None:
    context = make()
    table = together_tables(write_images(context, tmp_path / "base.parquet", columns))["together"]
    expected = comparison_table(context.samples, ranking_of(context))
    pd.testing.assert_frame_equal(table[KEPT], expected[KEPT])
    assert table["split"].tolist() == list(SPLITS)
    assert (table["auc"] > table["auc_against"]).all()
    assert table[["joint", "single"]].drop_duplicates().to_numpy().tolist() == [["a", "b"]]


def test_a_study_without_twins_has_no_table_and_no_section() -> None:
    assert together_tables(class_context()) == {}
    assert build(Evaluation("main", "grade", {}, {}), Parameters({})) is None


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A binary task whose base model `joint` scores without noise, beside `cnn`."""
    folder = tmp_path_factory.mktemp("together") / "study"
    synthetic.write_study(folder, {"train": 60, "internal": 12})
    file = folder / "results/train/cnn.parquet"
    cnn = read_table(file, PREDICTIONS).assign(kind="probability", value=lambda rows: expit(rows["value"]))
    risk = pd.read_csv(folder / "data/cohort.csv").set_index("case")["sim_risk"]
    joint = cnn.assign(model="joint", value=expit(cnn["case"].map(risk)))
    write_table(pd.concat([cnn, joint], ignore_index=True), file, PREDICTIONS)
    options = [*synthetic.arguments(folder), "--twins", "joint", "cnn", "--out", str(folder / "out")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sonomics.evaluate.task.draw_figures", lambda *_: None)
        main(["--settings", json.dumps(synthetic.SETTINGS), *options])
    return folder


def test_a_binary_task_is_compared_by_delong(evaluated: Path) -> None:
    row = pd.read_csv(evaluated / "out/together.csv").set_index("split").loc["train"]
    base = read_table(evaluated / "results/train/cnn.parquet", PREDICTIONS)
    means = base[base["split"] == "train"].groupby(["case", "model"])["value"].mean().unstack()
    cases = pd.read_csv(evaluated / "out/cases.csv").set_index("case")["label"].reindex(means.index)
    known = cases.notna().to_numpy()
    result = delong_test(cases[known], means.loc[known, "joint"], means.loc[known, "cnn"], 0.95)
    assert row["method"] == "DeLong, paired"
    assert row["n"] == known.sum()
    np.testing.assert_allclose(row[["difference", "lower", "upper", "p"]].astype(float),
                               [result.difference, result.lower, result.upper, result.p], rtol=1e-6)  # fmt: skip


def test_the_page_shows_both_and_their_difference(evaluated: Path) -> None:
    evaluation = read_evaluation(evaluated / "out", "main", "recurrence")
    network = {
        "kind": "network", "architecture": "resnet18", "weights": "none", "size": 32, "epochs": 1, "batch": 2,
        "learning_rate": 0.1, "weight_decay": 0.0, "together": {},
    }  # fmt: skip
    tasks = {name: {"type": "binary", "column": name, "positive": 1} for name in ("recurrence", "other")}
    params = Parameters.partial({"study": {"tasks": tasks}, "train": {"models": {"joint": network}}})
    section = build(evaluation, params)
    assert section is not None
    assert section.paragraphs[0].startswith("joint learns recurrence and other, with a last layer for each.")
    assert [row[0].main for row in section.tables[0].rows] == [
        "cnn, a network for each task",
        "joint, one network for all",
        "difference",
    ]
    assert "; P " in section.tables[0].rows[2][1].detail
