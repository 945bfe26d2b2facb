"""ComBat: take the effect of the scanner out of the features, estimated on training rows and never with the label."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.kinds.steps.combat import Combat
from sonomics.select.steps.training import NO_FEATURE, Change, Kept, Training
from sonomics.statistics.selection.combat import FEWEST, Harmonisation, apply_combat, fit_combat

WHERE = "params.yaml, select.steps, combat"


def harmonise(names: list[str], training: Training, step: Combat) -> Kept:
    """Keep features without the effect of the scanner: `by` (device or centre) and `reference`.

    A feature that varies within no scanner (with a reference: not within it) goes: without the scanner it is constant.
    """
    values = training.fill(names)
    if not names:
        return Kept([], NO_FEATURE)
    change = fit(values, step.by, step.reference)
    varying = [name for name, sd in zip(names, change["sd"], strict=True) if sd > 0]
    return Kept(varying, count_batches(values, step.by), change=change)


def fit(values: pd.DataFrame, by: str, reference: str | None) -> Change:
    """Estimate the batch effects of training rows.

    Parameters
    ----------
    values : DataFrame
        Complete features, with the level `by` in the index.
    by : {"device", "centre"}
    reference : str or None
        As `fit_combat`.

    Returns
    -------
    dict
        JSON-ready, for `apply`.

    Raises
    ------
    StudyError
        When the reference has too few training rows that differ, or no batch has enough.
    """
    batches = _batches_of(values, by)
    try:
        fitted = fit_combat(values.to_numpy(dtype=np.float64), batches, reference)
    except ValueError:
        rule = f"ComBat needs {FEWEST} training rows of {reference or 'at least one ' + by} that differ, in every fold"
        fix = f"name another {by} as reference, or take the step out"
        raise StudyError(WHERE, rule, fix) from None
    return {
        "step": "combat",
        "by": by,
        "reference": reference,
        "names": [str(name) for name in values],
        **{key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in fitted._asdict().items()},
    }


def apply(change: Change, rows: pd.DataFrame) -> pd.DataFrame:
    """Harmonise any rows with the frozen estimates; undefined values stay undefined.

    Raises
    ------
    StudyError
        When a batch has no estimate and no reference is declared. With one, its rows count as the reference's, whose
        values pass unchanged: nothing can be learned of it without looking at rows that are not for training.
    """
    batches = _batches_of(rows, change["by"])
    unseen = sorted(set(batches.tolist()) - set(change["batches"]))
    if unseen and change["reference"] is None:
        count = int(np.isin(batches, unseen).sum())  # not named: a device or a centre may be a person's
        rule = f"{count} rows are of a {change['by']} with fewer than {FEWEST} training rows"
        fix = "declare a `reference` that such rows count as, or take the step out"
        raise StudyError(WHERE, f"{rule}, so ComBat has no estimate for it", fix)
    arrays = {key: np.array(change[key], dtype=np.float64) for key in ("mean", "sd", "shift", "scale")}
    columns = rows.columns.get_indexer(change["names"])
    values = rows.to_numpy(dtype=np.float64, copy=True)
    values[:, columns] = apply_combat(Harmonisation(change["batches"], **arrays), values[:, columns], batches)
    return pd.DataFrame(values, rows.index, rows.columns)


def count_batches(values: pd.DataFrame, by: str) -> str:
    """Say how many rows each batch has."""
    counts = pd.Series(_batches_of(values, by)).value_counts().sort_index()
    return f"{by}: " + ", ".join(f"{name} ({count} rows)" for name, count in counts.items())


def _batches_of(rows: pd.DataFrame, by: str) -> NDArray[np.str_]:
    return rows.index.get_level_values(by).to_numpy(dtype=np.str_)
