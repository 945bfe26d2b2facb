"""Shuffled labels and noise features over small cohorts: does every kind of task stay at chance?

uv run python benchmarks/chance.py                # writes benchmarks/chance.csv
uv run python benchmarks/chance.py --cohorts 3 --out /tmp/chance.csv

Each cohort has 90 patients and 24 features, three of which carry the outcome. The jobs of `select`, `train` and
`stack`, and what `evaluate` computes, run on its tables as Snakemake runs them, within one process. Of every run the
out-of-fold measure of the final model counts: AUC, mean AUC of three classes, Harrell's C. `main` shows what there is
to find.
"""

import sonomics  # noqa: F401  # isort: skip  # before numpy: it sets the pins of core/pins.py

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.folds import name_folds
from sonomics.core.params import fill
from sonomics.core.schemas import FEATURES, SCREENED, Table
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import write_table
from sonomics.evaluate.study.context import Files
from sonomics.evaluate.study.read import read_context
from sonomics.kinds.analyses import ANALYSES, load
from sonomics.select import choose, folds
from sonomics.stack import scores
from sonomics.statistics.comparison.description import mean_interval
from sonomics.train import classifier

PATIENTS, FEATURE_COUNT, STRONG, FOLDS = 90, 24, 3, 4
CLASSES = ["low", "mid", "high"]
TASKS: dict[str, dict[str, Any]] = {
    "binary": {"type": "binary", "column": "pathology", "positive": "malignant"},
    "classes": {"type": "classes", "column": "grade", "classes": CLASSES, "ordered": True},
    "survival": {"type": "survival", "time": "time", "event": "event", "horizons": [12]},
}
MODELS = {
    "binary": {"kind": "forest", "families": ["texture"], "trees": 40},
    "classes": {"kind": "forest", "families": ["texture"], "trees": 40},
    "survival": {"kind": "cox", "families": ["texture"], "folds": 3},
}
CORRELATION = {"step": "correlation", "above": 0.9}
STEPS = {"binary": "u_test", "classes": "kruskal", "survival": "cox"}
THRESHOLDS = {"binary": "youden", "classes": "largest", "survival": "median"}
MEASURES = {"binary": "performance", "classes": "several_classes", "survival": "survival_task"}
RUNS: dict[str, dict[str, Any]] = {
    "main": {},
    "shuffled": {"study": {"shuffle_labels": True}},
    "noise": {"select": {"features": "noise"}},
}


def draw_cohort(seed: int, folder: Path) -> None:
    """Write the cohort, the screened images and the features of one simulated study."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(PATIENTS, FEATURE_COUNT))
    risk = values[:, :STRONG].sum(axis=1) / np.sqrt(STRONG) + 0.8 * random.normal(size=PATIENTS)
    event_time, censored = random.exponential(14 * np.exp(-0.8 * risk)), random.uniform(8, 40, PATIENTS)
    names = [f"p{number:03d}" for number in range(PATIENTS)]
    cohort = pd.DataFrame({"patient": names, "case": names, "centre": "one", "split": "train"})
    cohort["sim_risk"] = risk
    cohort["pathology"] = np.where(risk > 0, "malignant", "benign")
    cohort["grade"] = np.array(CLASSES)[np.digitize(risk, [-0.5, 0.5])]
    cohort["time"] = np.maximum(0.1, np.minimum(event_time, censored)).round(1)
    cohort["event"] = (event_time <= censored).astype(int)
    cohort.to_csv(folder / "cohort.csv", index=False)
    about = {"patient": cohort["case"], "case": cohort["case"]} | {"image": cohort["case"] + "-1-1-0"}
    columns = {f"texture__f{number:02d}": values[:, number] for number in range(FEATURE_COUNT)}
    read = {"reader": "reader_1", "session": "1", "view": "grey", "hash": "0"}
    write_table(_complete(FEATURES, {**about, **read, **columns}), folder / "features.parquet", FEATURES)
    screened = {**about, "view": "grey", "keep": True, "duplicate_group": cohort["case"]}
    write_table(_complete(SCREENED, screened), folder / "images.parquet", SCREENED)


def _complete(table: Table, given: dict[str, Any]) -> pd.DataFrame:
    """Fill the columns of a table that the benchmark has no use for."""
    empty = {"str": "", "float": np.nan, "int": 0, "bool": False}
    frame = pd.DataFrame(given)
    return frame.assign(**{name: empty[kind] for name, kind in table.columns.items() if name not in frame})


def state_settings(kind: str, run: str, seed: int) -> dict[str, Any]:
    """State the parameters of one run as its jobs get them."""
    study = {
        "name": "chance", "title": "", "question": "", "seed": seed, "threads": 1, "portable": True, "chunks": 1,
        "clinical": [], "tasks": {kind: TASKS[kind]}, "shuffle_labels": False, "variants": {"main": {}},
    }  # fmt: skip
    params: dict[str, Any] = {
        "study": study,
        "export": {"source": "simulator"},
        "crop": {"analysis": {"reader": "reader_1", "session": "1"}},
        "select": {
            "unit": "case", "folds": FOLDS, "resamples": 0, "steps": [{"step": STEPS[kind], "below": 0.2}, CORRELATION],
        },
        "train": {"models": {"model": MODELS[kind]}},
        "stack": {"pool": "mean", "threshold": THRESHOLDS[kind], "models": {"final": {"of": ["model"]}}},
        "evaluate": {"primary": "final", "level": 0.95, "bootstrap": 2, "decision_thresholds": [0.2, 0.5]},
    }  # fmt: skip
    for section, values in RUNS[run].items():
        params[section] |= values
    return fill(params)


def run_study(kind: str, run: str, seed: int, folder: Path) -> float:
    """Run the jobs of one study and return the out-of-fold measure of its final model."""
    params, out = state_settings(kind, run, seed), folder / kind / run
    settings, names = f"--settings={json.dumps(params)}", name_folds(FOLDS)
    named = [settings, f"--task={kind}"]
    cohort, of_folds = f"--cohort={folder / 'cohort.csv'}", f"--folds={out / 'folds.parquet'}"
    images = f"--images={folder / 'images.parquet'}"
    out.mkdir(parents=True)
    folds.main([settings, cohort, images, f"--out={out / 'folds.parquet'}"])
    common = [cohort, of_folds, "--fold", *names]
    features = f"--features={folder / 'features.parquet'}"
    choose.main([*named, "--family=texture", images, features, f"--out={out / 'select/texture' / kind}", *common])
    trained = out / "train" / kind
    about = [f"--variant={run}", *named]
    classifier.main([*about, "--model=model", f"--selected={out / 'select'}", f"--out={trained}", *common])
    predictions = [str(trained / name / "predictions.parquet") for name in names]
    stacked = out / "stack"
    scores.main([*about, "--models=final", cohort, of_folds, "--predictions", *predictions, f"--out={stacked}"])
    final = stacked / "final" / kind
    files = Files(cohort=folder / "cohort.csv", readers=Path(), images=folder / "images.parquet")
    models = {"final": (final / "predictions.parquet", final / "thresholds.json")}
    context = read_context(Parameters.partial(params), run, kind, out / "folds.parquet", models, files)
    table = load(ANALYSES.get(MEASURES[kind]).builder)(context)["performance"].set_index(["split", "statistic"])
    return float(table.loc[("train", "auc"), "estimate"])


def summarise(values: pd.DataFrame) -> pd.DataFrame:
    """Average the measure over the cohorts, with standard error and Student's t interval."""
    rows = []
    for (kind, run), of_run in values.groupby(["kind", "run"], sort=False):
        measure = of_run["value"]
        mean, se = mean_interval(measure, 0.95), measure.std(ddof=1) / np.sqrt(measure.count())
        z = (mean.estimate - 0.5) / se
        rows.append((kind, run, measure.count(), mean.estimate, se, mean.lower, mean.upper, z))
    columns = ["kind", "run", "cohorts", "mean", "standard_error", "lower", "upper", "errors_from_chance"]
    return pd.DataFrame(rows, columns=columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohorts", type=int, default=20)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".csv"))
    args = parser.parse_args()
    start, values = time.process_time(), []
    for seed in range(1, args.cohorts + 1):
        with tempfile.TemporaryDirectory() as folder:
            draw_cohort(seed, Path(folder))
            for kind in TASKS:
                for run in RUNS:
                    values.append((kind, run, seed, run_study(kind, run, seed, Path(folder))))
    table = summarise(pd.DataFrame(values, columns=["kind", "run", "seed", "value"]))
    table.to_csv(args.out, index=False, float_format="%.4f", lineterminator="\n")
    print(table.round(3).to_string(index=False))
    print(f"{len(values)} studies in {time.process_time() - start:.0f} s of the processor")


if __name__ == "__main__":
    main()
