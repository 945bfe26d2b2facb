"""Choose features of one family on the training rows of each fold, and hand on their values for every row."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core.cohort import read_cohort, training_outcomes
from sonomics.core.errors import StudyError
from sonomics.core.files import write_csv, write_json, write_text
from sonomics.core.folds import ALL, mark_fitted, read_folds, read_groups
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.schemas import FEATURES, SCREENED, SELECTED
from sonomics.core.seeds import seed_for
from sonomics.core.settings.crop import Analysis
from sonomics.core.tables import read_table, read_tables, write_table
from sonomics.select.selection.figures import draw_curve, draw_frequencies, draw_paths, draw_steps
from sonomics.select.selection.fit import State, apply_selection, choose_steps, fit_selection
from sonomics.select.selection.stability import resample_selection, tabulate_frequencies
from sonomics.select.steps.reliability import tabulate_reliability
from sonomics.select.steps.training import Repeats
from sonomics.select.table.noise import sample_noise
from sonomics.select.table.rows import ORIGIN, add_origin, arrange_rows, pair_repeats

NOISE = "noise"


def main(argv: Sequence[str] | None = None) -> None:
    """Write, for every fold, the state, the counts of each step, path and curve, and the selected values of all rows.

    For `all`, the last of the folds, also how often each feature was kept, every ICC, and the figures.
    """
    args = parse_arguments(argv)
    study, settings = args.settings.study, args.settings.select
    task = study.tasks[args.task]
    steps = choose_steps(settings.steps_of(args.task, task), args.family)
    rows, repeats = read_rows(args)
    folds, groups = read_folds(args.folds, args.scheme), read_groups(args.folds)
    outcomes = training_outcomes(read_cohort(args.cohort, study), args.task, study, folds)
    about = rows.index.to_frame()
    outcome_of_row = outcomes.reindex(about["case"]).set_axis(rows.index)

    kept: dict[str, list[str]] = {}
    for fold in progress(args.fold, "folds"):
        folder = args.out / fold
        training = mark_fitted(about["patient"], outcome_of_row, folds, fold)
        if not training.any():
            raise _nobody_to_fit_on(folder, args.settings.crop.analysis)
        training_repeats = cut_repeats(repeats, rows.index[training])
        # Patients who stay together are one to the inner folds and resamples.
        grouped = rows[training].rename(index=groups.to_dict(), level="patient")
        seed = seed_for(study.seed, "select", args.task, fold)
        data = (grouped, outcome_of_row[training], training_repeats, steps, seed, task)
        state = fit_selection(*data)
        kept[fold] = state["kept"]
        write_selection(folder, state, rows)
        if fold == ALL:
            resampled = resample_selection(*data, resamples=settings.resamples)
            write_stability(folder, tabulate_frequencies(kept, resampled), training_repeats)
            draw_selection(folder, state)


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = job_parser(__doc__)
    parser.add_argument("--task", required=True)
    parser.add_argument("--family", required=True, help="feature family of the tables")
    parser.add_argument("--fold", nargs="+", required=True, help="folds to leave out, and `all` as the last")
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--scheme", required=True, help="scheme of the folds")
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--features", type=Path, nargs="+", required=True, help="tables of the chunks")
    parser.add_argument("--out", type=Path, required=True, help="folder, in which each fold gets one of its name")
    return parser.parse_args(argv)


def read_rows(args: argparse.Namespace) -> tuple[pd.DataFrame, Repeats]:
    """Read the features of kept images, or noise in their place, as rows and as repeats of rows."""
    settings, analysis = args.settings.select, args.settings.crop.analysis
    reading = (analysis.reader, analysis.session)
    images = read_table(args.images, SCREENED)
    images = images[images["keep"]]
    features = read_tables(args.features, FEATURES)
    features = features[features["image"].isin(images["image"])]
    if settings.features == NOISE:
        features = sample_noise(features, args.settings.study.seed)
    rows = add_origin(arrange_rows(features, settings.unit, reading), images)
    repeats = {
        name: (add_origin(first, images), add_origin(second, images))
        for name, (first, second) in pair_repeats(features, settings.unit, reading).items()
    }
    return rows, repeats


def cut_repeats(repeats: Repeats, rows: pd.Index) -> Repeats:
    """Cut the pairs of readings down to some rows."""
    return {
        name: (first[first.index.isin(rows)], second[second.index.isin(rows)])
        for name, (first, second) in repeats.items()
    }


def write_selection(folder: Path, state: State, rows: pd.DataFrame) -> None:
    """Write the state of a fold, its tables, and the selected values of all rows."""
    for name in ("steps", "curve", "path"):
        write_csv(folder / f"{name}.csv", pd.DataFrame(state[name]))
    write_json(folder / "state.json", {name: value for name, value in state.items() if name not in ("curve", "path")})
    selected = apply_selection(state, rows).droplevel(ORIGIN).reset_index()
    write_table(selected, folder / "features.parquet", SELECTED)


def write_stability(folder: Path, frequencies: pd.DataFrame, repeats: Repeats) -> None:
    """Write how often each feature was kept, and how well it repeats."""
    write_csv(folder / "frequencies.csv", frequencies)
    write_csv(folder / "reliability.csv", tabulate_reliability(repeats))
    write_text(folder / "frequencies.svg", draw_frequencies(frequencies))


def draw_selection(folder: Path, state: State) -> None:
    """Draw what each step left, and the curve and the path of a penalised regression."""
    curve, path = pd.DataFrame(state["curve"]), pd.DataFrame(state["path"])
    write_text(folder / "steps.svg", draw_steps(state["steps"]))
    write_text(folder / "curve.svg", draw_curve(curve))
    write_text(folder / "path.svg", draw_paths(path, curve, state["kept"]))


def _nobody_to_fit_on(folder: Path, analysis: Analysis) -> StudyError:
    outlines = f"the outlines of {analysis.reader}, session {analysis.session}"
    rule = f"no training case with a known label has features in {outlines}"
    return StudyError(str(folder), rule, "see results/metrics/crop.json, and check crop.analysis")


if __name__ == "__main__":
    run_job(main)
