"""A small study as it stands on disk when `evaluate` starts: cohort, predictions, thresholds."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.files import write_json
from sonomics.core.schemas import FOLDS, PREDICTIONS, READERS, SCREENED
from sonomics.core.tables import empty_table, write_table

STUDY: dict[str, Any] = {
    "seed": 7,
    "clinical": ["age", "sex"],
    "tasks": {"recurrence": {"type": "binary", "rule": "time < 12 & event"}},
    "shuffle_labels": False,
}
SETTINGS: dict[str, Any] = {
    "study": STUDY,
    "export": {"source": "simulator"},
    "select": {"folds": 5},
    "stack": {"models": {"radiomics": {"of": ["rf"]}, "stacked": {"of": ["rf", "cnn"]}}},
    "evaluate": {"primary": "stacked", "level": 0.95, "bootstrap": 50, "decision_thresholds": [0.2, 0.4, 0.6]},
}
MODELS = {"radiomics": 0.8, "stacked": 0.4}


def make_cohort(patients: dict[str, int], seed: int = 3) -> pd.DataFrame:
    """Draft a cohort whose simulated risk shortens the time to the event."""
    generator = np.random.default_rng(seed)
    rows = []
    for split, count in patients.items():
        for _ in range(count):
            risk = generator.normal()
            time, censored = generator.exponential(18 * np.exp(-1.5 * risk)), generator.uniform(8, 40)
            patient = f"P{len(rows) + 1:04d}"
            rows.append(
                {
                    "patient": patient,
                    "case": patient,
                    "centre": "centre_b" if split.startswith("external") else "centre_a",
                    "split": split,
                    "age": round(60 + 4 * risk + generator.normal(0, 8)),
                    "sex": generator.choice(["female", "male"]),
                    "time": round(min(time, censored), 1),
                    "event": int(time <= censored),
                    "sim_risk": round(risk, 4),
                }
            )
    return pd.DataFrame(rows)


def make_predictions(cohort: pd.DataFrame, model: str, variant: str = "main", task: str = "recurrence") -> pd.DataFrame:
    """Score every case by its simulated risk plus the model's own noise; out of fold in training."""
    noise = np.random.default_rng(len(model)).normal(0, MODELS[model], len(cohort))
    informed = cohort["sim_risk"] if variant == "main" else noise
    values = {"score": informed + noise}
    values["probability"] = 1 / (1 + np.exp(-values["score"]))
    training = cohort["split"] == "train"
    rows = cohort[["patient", "case", "split"]].assign(
        image="",
        variant=variant,
        model=model,
        task=task,
        horizon=12.0,
        fold=np.where(training, "0", "all"),
        **{"class": "1"},
    )
    return pd.concat([rows.assign(kind=kind, value=value) for kind, value in values.items()], ignore_index=True)


def write_stack(folder: Path, cohort: pd.DataFrame, model: str, variant: str = "main") -> None:
    """Write predictions and threshold of one model where `stack` would; the first case has no prediction."""
    home = folder / "results" / "stack" / variant / model / "recurrence"
    write_table(make_predictions(cohort.iloc[1:], model, variant), home / "predictions.parquet", PREDICTIONS)
    write_json(home / "thresholds.json", {"rule": "youden", "cutoff": 0.5, "on": "probability"})


def make_images(cohort: pd.DataFrame) -> pd.DataFrame:
    """Make one kept image a case, from two scanners in turn."""
    blank = {"str": "", "int": 0, "float": np.nan, "bool": True}
    images = pd.DataFrame({name: blank[kind] for name, kind in SCREENED.columns.items()}, index=cohort.index)
    device = np.where(np.arange(len(cohort)) % 2 == 0, "scanner A", "scanner B")
    about = {name: cohort[name] for name in ("patient", "case", "centre")}
    return images.assign(**about, image=cohort["case"] + "-e1-i1-f0", view="grey", device=device)


def make_image_predictions(cohort: pd.DataFrame, task: str = "recurrence") -> pd.DataFrame:
    """Score two images a case by a base model, with noise of their own."""
    rows = pd.concat([make_predictions(cohort, "stacked", task=task).assign(image=f"-f{i}") for i in range(2)])
    rows = rows[rows["kind"] == "score"].reset_index(drop=True)
    noise = np.random.default_rng(5).normal(0, 0.5, len(rows))
    return rows.assign(model="cnn", image=rows["case"] + rows["image"], value=rows["value"] + noise)


def write_study(folder: Path, patients: dict[str, int], variants: tuple[str, ...] = ("main",)) -> pd.DataFrame:
    """Write a cohort, a table of readings without a row, and all predictions; return the cohort."""
    cohort = make_cohort(patients)
    (folder / "data").mkdir(parents=True)
    cohort.to_csv(folder / "data" / "cohort.csv", index=False)
    write_table(empty_table(READERS), folder / "data" / "readers.csv", READERS)
    training = cohort.loc[cohort["split"] == "train", "patient"]
    folds = pd.DataFrame({"patient": training, "group": training, "random": 0})
    write_table(folds, folder / "results" / "folds.parquet", FOLDS)
    write_table(make_images(cohort), folder / "data" / "clean" / "images.parquet", SCREENED)
    write_table(make_image_predictions(cohort), folder / "results" / "train" / "cnn.parquet", PREDICTIONS)
    for variant in variants:
        for model in MODELS:
            write_stack(folder, cohort, model, variant)
    return cohort


def arguments(folder: Path, variant: str = "main", compared: tuple[str, ...] = ()) -> list[str]:
    """Make the command line of `sonomics.evaluate.task`, without settings and output.

    `compared` names the variants that the main run is compared with.
    """
    stack = folder / "results" / "stack"
    homes = [folder / "results" / "stack" / variant / model / "recurrence" for model in MODELS]
    return [
        f"--variant={variant}",
        "--task=recurrence",
        f"--cohort={folder / 'data' / 'cohort.csv'}",
        f"--folds={folder / 'results' / 'folds.parquet'}",
        "--schemes",
        *["random"] * (1 + len(compared)),
        f"--readers={folder / 'data' / 'readers.csv'}",
        "--models",
        *MODELS,
        "--predictions",
        *(str(home / "predictions.parquet") for home in homes),
        "--thresholds",
        *(str(home / "thresholds.json") for home in homes),
        f"--images={folder / 'data' / 'clean' / 'images.parquet'}",
        "--base-predictions",
        str(folder / "results" / "train" / "cnn.parquet"),
        "--compared",
        *compared,
        "--variants",
        *(str(stack / name / "stacked" / "recurrence" / "predictions.parquet") for name in compared),
        "--variant-thresholds",
        *(str(stack / name / "stacked" / "recurrence" / "thresholds.json") for name in compared),
    ]
