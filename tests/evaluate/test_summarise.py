"""The metrics and curves of all evaluations."""

import json
from pathlib import Path

import pandas as pd

from sonomics.core.files import read_json
from sonomics.core.settings.parameters import Parameters
from sonomics.evaluate import summarise
from tests.evaluate.synthetic import SETTINGS


def stated(variants: dict) -> dict:
    tasks = {"recurrence": {"type": "binary", "rule": "time < 12 & event"}}
    return {"study": {"variants": variants, "tasks": tasks}, "evaluate": SETTINGS["evaluate"]}


def test_the_metrics_are_short_and_agree_with_the_table(evaluation: Path, tmp_path: Path) -> None:
    metrics, plots = tmp_path / "evaluate.json", tmp_path / "plots"
    summarise.main(
        [
            f"--settings={json.dumps(stated({'main': {}}))}",
            f"--evaluations={evaluation}",
            "--variants=main",
            "--tasks=recurrence",
            f"--metrics={metrics}",
            f"--plots={plots}",
        ]
    )
    written = read_json(metrics)
    table = pd.read_csv(evaluation / "performance.csv", index_col=["model", "split", "statistic"])
    area = table.loc[("stacked", "internal", "auc")]
    shown = written["main"]["recurrence"]["internal"]
    assert shown["auc"] == round(area["estimate"], 4)
    assert shown["auc_lower"] == round(area["lower"], 4)
    assert written["main"]["recurrence"]["external_1"]["auc"] is None
    other = table.loc[("radiomics", "internal", "auc"), "estimate"]
    assert list(written["auc_of_others"]["recurrence"]) == ["radiomics"]
    assert written["auc_of_others"]["recurrence"]["radiomics"]["internal"] == round(other, 4)
    assert written["best_possible"]["recurrence"]["internal"] == round(
        table.loc[("stacked", "internal", "best_possible"), "estimate"], 4
    )
    assert list(pd.read_csv(plots / "roc.csv").columns) == ["model_split", "fpr", "tpr"]
    splits = ("train", "internal", "external_1")
    assert set(pd.read_csv(plots / "decision.csv")["model_split"]) == {f"stacked {split}" for split in splits}


def test_runs_with_permuted_labels_are_averaged_and_no_others(evaluation: Path) -> None:
    permuted = {f"shuffled_{seed}": {"study": {"shuffle_labels": True, "seed": seed}} for seed in range(3)}
    variants = {"main": {}, "noise": {"select": {"features": "noise"}}, **permuted}
    parameters = Parameters.partial(stated(variants))
    folders = {(variant, "recurrence"): evaluation for variant in variants}
    metrics = summarise.gather(folders, parameters)
    assert metrics["over_deals"]["recurrence"]["train"]["deals"] == 3
    assert metrics["over_deals"]["recurrence"]["train"]["auc"] == metrics["main"]["recurrence"]["train"]["auc"]
    fewer = Parameters.partial(stated({"main": {}, "noise": {}}))
    assert "over_deals" not in summarise.gather(dict.fromkeys(list(folders)[:2], evaluation), fewer)


def test_a_task_of_another_kind_has_the_figures_that_it_has():
    row = {"model": "risk", "split": "train", "statistic": "auc", "estimate": 0.7, "lower": 0.6, "upper": 0.8, "n": 40}
    assert summarise.primary_figures(pd.DataFrame([row]), "risk") == {
        "train": {"auc": 0.7, "auc_lower": 0.6, "auc_upper": 0.8, "n": 40}
    }
