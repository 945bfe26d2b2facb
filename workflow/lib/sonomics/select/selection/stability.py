"""How stable a selection is: how often each feature is kept in the folds, and in resamples of the patients."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.folds import ALL
from sonomics.core.jobs import progress
from sonomics.core.seeds import generator
from sonomics.core.settings.select import Step
from sonomics.core.settings.tasks import Task
from sonomics.core.tasks import outcome_of
from sonomics.select.selection.fit import fit_selection
from sonomics.select.steps.training import Repeats


def resample_selection(
    rows: pd.DataFrame,
    outcomes: pd.DataFrame,
    repeats: Repeats,
    steps: Sequence[Step],
    seed: int,
    task: Task,
    resamples: int,
) -> pd.Series | None:
    """Run the steps on patients drawn with replacement, and count how often each feature stays.

    Parameters
    ----------
    rows, outcomes, repeats, steps, seed, task
        As for `fit_selection`.
    resamples : int

    Returns
    -------
    Series of float or None
        Share of the resamples in which a feature stayed, by its name; features that never stayed are left out. A
        resample that lacks a class or an event, or a scanner that a step needs, does not count; None when none counts.
    """
    members = rows.groupby(level="patient").indices
    patients = sorted(members, key=str)
    counts: Counter[str] = Counter()
    counted = 0
    strata = outcome_of(task).stratify(outcomes)
    needed = max(2, strata.nunique())
    for number in progress(range(resamples), "resamples", total=resamples):
        drawn = generator(seed, "resample", number).choice(len(patients), len(patients))
        # A patient drawn twice has one name, so that both copies lie in one inner fold.
        positions = np.concatenate([members[patients[patient]] for patient in drawn])
        if strata.iloc[positions].nunique() < needed:
            continue
        with suppress(StudyError):
            state = fit_selection(rows.iloc[positions], outcomes.iloc[positions], repeats, steps, seed, task)
            counts.update(state["kept"])
            counted += 1
    return pd.Series({name: counts[name] / counted for name in sorted(counts)}, dtype=float) if counted else None


def tabulate_frequencies(kept: Mapping[str, Sequence[str]], resampled: pd.Series | None) -> pd.DataFrame:
    """Tabulate how often each feature was kept.

    Parameters
    ----------
    kept : mapping
        Fold to the names kept there; `ALL` is the whole training set.
    resampled : Series or None
        From `resample_selection`.

    Returns
    -------
    DataFrame
        `feature`, `all` (whether the whole training set keeps it), `folds` and `resamples` (shares; NaN when there are
        none), those of the whole training set and the commonest first.
    """
    of_folds = {fold: names for fold, names in kept.items() if fold != ALL}
    counts = Counter(name for names in of_folds.values() for name in names)
    names = sorted({*counts, *kept[ALL], *(() if resampled is None else resampled.index)})
    shares = np.full(len(names), np.nan) if resampled is None else resampled.reindex(names, fill_value=0.0).to_numpy()
    table = pd.DataFrame(
        {
            "feature": names,
            "all": [name in kept[ALL] for name in names],
            "folds": [counts[name] / len(of_folds) if of_folds else np.nan for name in names],
            "resamples": shares,
        }
    )
    return table.sort_values(["all", "resamples", "folds", "feature"], ascending=[False, False, False, True])
