"""Choose features of one family on the training rows of each fold, and hand on their values for every row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.cohort import read_cohort, training_labels
from sonomics.core.errors import StudyError
from sonomics.core.files import write_csv, write_json, write_text
from sonomics.core.folds import ALL, mark_fitted, read_folds, read_groups
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.schemas import FEATURES, SCREENED, SELECTED
from sonomics.core.seeds import generator, seed_for
from sonomics.core.tables import read_table, read_tables, write_table
from sonomics.select.selection.figures import draw_curve, draw_frequencies, draw_paths, draw_steps
from sonomics.select.steps.changes import changed
from sonomics.select.steps.penalised import Penalised
from sonomics.select.steps.reliability import Repeats, reliability
from sonomics.select.steps.training import STEPS, Step, Training, keep_defined, steps_for
from sonomics.select.table.noise import noise_like
from sonomics.select.table.rows import ORIGIN, located, repeats_of, rows_of

State = dict[str, Any]
NOISE = "noise"


def fit(rows: pd.DataFrame, labels: pd.Series, repeats: Repeats, steps: Sequence[Step], seed: int) -> State:
    """Run the steps on training rows.

    Parameters
    ----------
    rows : DataFrame
        Features of the training rows, as `located` returns them; rows of one `patient` stay in one inner fold.
    labels : Series
        0 or 1 of each row, same order.
    repeats : mapping
        From `repeats_of`, cut to the training rows.
    steps : sequence of mapping
        `select.steps` of params.
    seed : int
        Of the inner folds.

    Returns
    -------
    dict
        `changes` (those steps that gave new values), `kept` (names), `median`, `mean`, `sd` of each kept feature,
        `coefficients`, `intercept`, `penalty`, `curve` and `path` of the last step when it is a penalised regression,
        and `steps`, each with the number of features before and after.
    """
    training = Training(rows, labels.to_numpy(dtype=np.float64), repeats, seed)
    kept = keep_defined(rows)
    counts = [{"step": "defined", "in": rows.shape[1], "out": len(kept.names), "note": kept.note}]
    changes = []
    for step in steps:
        before = len(kept.names)
        kept = STEPS[step["step"]](kept.names, training, step)
        if kept.change:
            changes.append(kept.change)
            training = training.changed(kept.change)
        counts.append({"step": step["step"], "in": before, "out": len(kept.names), "note": kept.note})
    filled = training.filled(kept.names)
    model = kept.model or Penalised()
    return {
        "changes": changes,
        "kept": kept.names,
        "median": training.rows[kept.names].median().to_dict(),
        "mean": filled.mean().to_dict(),
        "sd": filled.std(ddof=0).to_dict(),
        "coefficients": model.coefficients,
        "intercept": model.intercept,
        "penalty": model.penalty,
        "curve": model.curve,
        "path": model.path,
        "rows": len(rows),
        "positives": int(training.labels.sum()),
        "steps": counts,
    }


def frequencies(
    rows: pd.DataFrame, labels: pd.Series, repeats: Repeats, steps: Sequence[Step], seed: int, resamples: int
) -> pd.Series | None:
    """Run the steps on patients drawn with replacement, and count how often each feature stays.

    Parameters
    ----------
    rows, labels, repeats, steps, seed
        As `fit`.
    resamples : int

    Returns
    -------
    Series of float or None
        Share of the resamples in which a feature stayed, by its name; features that never stayed are left out. A
        resample that lacks a class, or a scanner that a step needs, does not count; None when none counts.
    """
    members = rows.groupby(level="patient").indices
    patients = sorted(members, key=str)
    counts: Counter[str] = Counter()
    done = 0
    for number in progress(range(resamples), "resamples", total=resamples):
        drawn = generator(seed, "resample", number).choice(len(patients), len(patients))
        # A patient drawn twice has one name, so that both copies lie in one inner fold.
        places = np.concatenate([members[patients[place]] for place in drawn])
        if labels.iloc[places].nunique() < 2:
            continue
        with suppress(StudyError):
            counts.update(fit(rows.iloc[places], labels.iloc[places], repeats, steps, seed)["kept"])
            done += 1
    return pd.Series({name: counts[name] / done for name in sorted(counts)}, dtype=float) if done else None


def apply(state: State, rows: pd.DataFrame) -> pd.DataFrame:
    """Change, impute and z-score the kept features of any rows with the numbers of the training rows."""
    kept = state["kept"]
    values = changed(rows, state["changes"]).reindex(columns=kept)
    median, mean, sd = (pd.Series(state[name], index=kept, dtype=float) for name in ("median", "mean", "sd"))
    return (values.fillna(median) - mean) / sd


def often_kept(kept: Mapping[str, Sequence[str]], resampled: pd.Series | None) -> pd.DataFrame:
    """Put side by side how often each feature was kept.

    Parameters
    ----------
    kept : mapping
        Fold to the names kept there; `all` is the whole training set.
    resampled : Series or None
        From `frequencies`.

    Returns
    -------
    DataFrame
        `feature`, `all` (whether the whole training set keeps it), `folds` and `resamples` (shares; NaN when there are
        none), those of the whole training set and the commonest first.
    """
    inside = {fold: names for fold, names in kept.items() if fold != ALL}
    counts = Counter(name for names in inside.values() for name in names)
    names = sorted({*counts, *kept[ALL], *(() if resampled is None else resampled.index)})
    shares = np.full(len(names), np.nan) if resampled is None else resampled.reindex(names, fill_value=0.0).to_numpy()
    table = pd.DataFrame(
        {
            "feature": names,
            "all": [name in kept[ALL] for name in names],
            "folds": [counts[name] / len(inside) if inside else np.nan for name in names],
            "resamples": shares,
        }
    )
    return table.sort_values(["all", "resamples", "folds", "feature"], ascending=[False, False, False, True])


def training_repeats(repeats: Repeats, rows: pd.Index) -> Repeats:
    """Cut the pairs of readings down to some rows."""
    return {
        name: (first[first.index.isin(rows)], second[second.index.isin(rows)])
        for name, (first, second) in repeats.items()
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Write, for every fold, the state, the counts of each step, path and curve, and the selected values of all rows.

    For `all`, the last of the folds, also how often each feature was kept, every ICC, and the figures.
    """
    parser = job_parser(__doc__)
    parser.add_argument("--task", required=True)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--features", type=Path, nargs="+", required=True, help="<family>/<chunk>.parquet")
    parser.add_argument("--out", type=Path, nargs="+", required=True, help="one folder a fold, named after it")
    args = parser.parse_args(argv)
    study, settings = args.settings["study"], args.settings["select"]
    settings["steps"] = steps_for(args.features[0].parent.name, settings["steps"])
    analysis = args.settings["crop"]["analysis"]

    images = read_table(args.images, SCREENED)
    features = read_tables(args.features, FEATURES)
    images = images[images["keep"]]
    features = features[features["image"].isin(images["image"])]
    if settings.get("features") == NOISE:
        features = noise_like(features, study["seed"])
    rows = located(rows_of(features, settings["unit"], analysis), images)
    repeats = {
        name: (located(first, images), located(second, images))
        for name, (first, second) in repeats_of(features, settings["unit"], analysis).items()
    }
    folds, groups = read_folds(args.folds), read_groups(args.folds)
    labels = training_labels(read_cohort(args.cohort, study), args.task, study, folds)
    about = rows.index.to_frame()
    label_of = about["case"].map(labels)

    kept: dict[str, list[str]] = {}
    for folder in progress(args.out, "folds"):
        fold = folder.name
        training = mark_fitted(about["patient"], label_of, folds, fold)
        if not training.any():
            outlines = f"the outlines of {analysis['reader']}, session {analysis['session']}"
            rule = f"no training case with a known label has features in {outlines}"
            raise StudyError(f"{folder}", rule, "see results/metrics/crop.json, and check crop.analysis")
        seed = seed_for(study["seed"], "select", args.task, fold)
        inside = training_repeats(repeats, rows.index[training])
        # Patients who stay together are one to the inner folds and resamples.
        together = rows[training].rename(index=groups.to_dict(), level="patient")
        data = (together, label_of[training], inside, settings["steps"], seed)
        state = fit(*data)
        kept[fold] = state["kept"]
        curve, path = pd.DataFrame(state.pop("curve")), pd.DataFrame(state.pop("path"))
        for name, table in (("steps", pd.DataFrame(state["steps"])), ("curve", curve), ("path", path)):
            write_csv(folder / f"{name}.csv", table)
        write_json(folder / "state.json", state)
        write_table(apply(state, rows).droplevel(ORIGIN).reset_index(), folder / "features.parquet", SELECTED)
        if fold == ALL:
            resampled = frequencies(*data, settings.get("resamples", 0))
            often = often_kept(kept, resampled)
            write_csv(folder / "frequencies.csv", often)
            write_csv(folder / "reliability.csv", reliability(inside))
            write_text(folder / "steps.svg", draw_steps(state["steps"]))
            write_text(folder / "curve.svg", draw_curve(curve))
            write_text(folder / "path.svg", draw_paths(path, curve, state["kept"]))
            write_text(folder / "frequencies.svg", draw_frequencies(often))


if __name__ == "__main__":
    run_job(main)
