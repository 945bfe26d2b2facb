"""The steps of feature selection; each takes what is left and says what stays. All of them see training rows only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.select import combat, pca
from sonomics.select.changes import Change, changed
from sonomics.select.penalised import NO_FEATURE, Penalised, keep_by_penalty
from sonomics.select.reliability import FEWEST_REPEATS, ICC, Repeats, pairwise_icc
from sonomics.statistics.comparison.multiple_testing import CORRECTIONS
from sonomics.statistics.selection.correlation import prune_by_mean_correlation, prune_by_p
from sonomics.statistics.selection.mrmr import mrmr
from sonomics.statistics.selection.univariable import mann_whitney, welch

MOST_MISSING = 0.5
ROUNDING = 1e-12
FEW_ROWS = "not estimable: too few training rows of a class"

Step = Mapping[str, Any]


@dataclass(frozen=True)
class Training:
    """The training rows of a fold.

    Attributes
    ----------
    rows : DataFrame
        Features, indexed by (patient, case, image, device, centre); NaN where undefined.
    labels : (rows,) array of 0 and 1
    repeats : mapping
        Name of a reading to two frames of the same rows: the analysis reading and the repeat.
    seed : int
        Of inner folds.
    """

    rows: pd.DataFrame
    labels: NDArray[np.float64]
    repeats: Repeats
    seed: int

    def filled(self, names: list[str]) -> pd.DataFrame:
        """Return features with the median where they are undefined."""
        values = self.rows[names]
        return pd.DataFrame(np.where(values.isna(), values.median(), values), values.index, values.columns)

    def scaled(self, names: list[str]) -> pd.DataFrame:
        """Return z-scored features, filled."""
        filled = self.filled(names)
        return (filled - filled.mean()) / filled.std(ddof=0)

    def changed(self, change: Change) -> "Training":
        """Return the same rows and repeats with the new values that a step gives."""
        repeats = {
            name: (changed(first, [change]), changed(second, [change]))
            for name, (first, second) in self.repeats.items()
        }
        return replace(self, rows=changed(self.rows, [change]), repeats=repeats)

    @property
    def patients(self) -> list[str]:
        """The patient of each row."""
        return [str(patient) for patient in self.rows.index.get_level_values("patient")]


@dataclass(frozen=True)
class Kept:
    """What a step leaves.

    Attributes
    ----------
    names : list of str
        The features that stay.
    note : str
        Why the step could not be applied, or what it found; "" when there is nothing to say.
    model : Penalised or None
        What a penalised regression fitted beside choosing.
    change : dict or None
        How a step that gives new values turns any rows into them, as `changed` takes it.
    """

    names: list[str]
    note: str = ""
    model: Penalised | None = field(default=None, compare=False)
    change: Change | None = field(default=None, compare=False)


def keep_defined(rows: pd.DataFrame) -> Kept:
    """Keep features that vary (by more than 1e-12 of their size) and are defined in at least half of the rows."""
    present = rows.notna().mean() >= MOST_MISSING
    varies = rows.max() - rows.min() > ROUNDING * rows.abs().max()
    return Kept(list(rows.columns[present & varies]))


def keep_reliable(names: list[str], training: Training, step: Step) -> Kept:
    """Keep features whose ICC with every repeat outline is above a value.

    `above`: the value; `form`: "2,1" (two-way random, absolute agreement; the default) or "3,1" (two-way mixed,
    consistency); `of`: "value" (the default) or "lower", the lower bound of the 95 % interval.

    A feature's ICC is taken over the rows where both readings define it; over fewer than five, or when the feature is
    constant, it is undefined and the feature goes. A repeat with fewer than five outlined rows is passed over.
    """
    usable = {name: pair for name, pair in training.repeats.items() if len(pair[0]) >= FEWEST_REPEATS}
    if not usable:
        return Kept(names, f"not applied: no repeat outlines on at least {FEWEST_REPEATS} training rows")
    measure = ICC[step.get("form", "2,1"), step.get("of", "value")]
    stays = np.ones(len(names), dtype=bool)
    for first, second in usable.values():
        stays &= pairwise_icc(first[names].to_numpy(), second[names].to_numpy(), measure) > step["above"]
    counts = ", ".join(f"{name} on {len(pair[0])} rows" for name, pair in usable.items())
    return Kept([name for name, stay in zip(names, stays, strict=True) if stay], f"repeats: {counts}")


def keep_by_u_test(names: list[str], training: Training, step: Step) -> Kept:
    """Keep features with a Mann-Whitney U test `below` a p, after `correction` (none, bh or bonferroni)."""
    _, p = mann_whitney(training.filled(names).to_numpy(), training.labels)
    return _significant(names, p, step)


def keep_by_t_test(names: list[str], training: Training, step: Step) -> Kept:
    """Keep features with a Welch t test `below` a p, after `correction` (none, bh or bonferroni)."""
    _, p = welch(training.filled(names).to_numpy(), training.labels)
    return _significant(names, p, step)


def _significant(names: list[str], p: NDArray[np.float64], step: Step) -> Kept:
    if np.isnan(p).all():
        return Kept([], FEW_ROWS if names else NO_FEATURE)
    corrected = CORRECTIONS[step.get("correction", "none")](p)
    return Kept([name for name, value in zip(names, corrected, strict=True) if value < step["below"]])


def keep_uncorrelated(names: list[str], training: Training, step: Step) -> Kept:
    """Of two features correlated `above` a value (`method`: pearson or spearman), drop one.

    `drop`: "mean_correlation" (the default), the one with the higher mean correlation with those still there; or
    "larger_p", the one with the larger p of the Mann-Whitney U test.
    """
    if not names:
        return Kept([], NO_FEATURE)
    values, method = training.filled(names).to_numpy(), step.get("method", "pearson")
    if step.get("drop", "mean_correlation") == "larger_p":
        _, p = mann_whitney(values, training.labels)
        if np.isnan(p).all():
            return Kept([], FEW_ROWS)
        kept = sorted(prune_by_p(values, names, p, step["above"], method))
    else:
        kept = prune_by_mean_correlation(values, names, step["above"], method)
    return Kept([names[column] for column in kept])


def keep_by_mrmr(names: list[str], training: Training, step: Step) -> Kept:
    """Keep `count` features that tell the classes apart and are little alike."""
    if not names:
        return Kept([], NO_FEATURE)
    chosen = mrmr(training.filled(names).to_numpy(), names, training.labels, step["count"])
    return Kept([names[column] for column in sorted(chosen)], "" if chosen else FEW_ROWS)


def keep_by_lasso(names: list[str], training: Training, step: Step) -> Kept:
    """Keep the features with a coefficient in an L1-penalised logistic regression; `folds` and `rule` as params say."""
    return _penalised(names, training, step, mixing=1.0)


def keep_by_elastic_net(names: list[str], training: Training, step: Step) -> Kept:
    """Keep the features with a coefficient in an elastic-net logistic regression; `mixing` is the share of L1."""
    return _penalised(names, training, step, mixing=step["mixing"])


def _penalised(names: list[str], training: Training, step: Step, mixing: float) -> Kept:
    folds, rule = step["folds"], step["rule"]
    model = keep_by_penalty(
        training.scaled(names), training.labels, training.patients, folds, rule, mixing, training.seed
    )
    return Kept(list(model.coefficients), model.note, model)


def harmonise(names: list[str], training: Training, step: Step) -> Kept:
    """Keep features without what the scanner adds to them (ComBat): `by` (device or centre) and `reference`.

    A feature that varies inside no scanner (with a reference: not inside it) goes: without the scanner it is constant.
    """
    values, by = training.filled(names), step["by"]
    if not names:
        return Kept([], NO_FEATURE)
    change = combat.fit(values, by, step.get("reference"))
    varying = [name for name, sd in zip(names, change["sd"], strict=True) if sd > 0]
    return Kept(varying, combat.counted(values, by), change=change)


def keep_components(names: list[str], training: Training, step: Step) -> Kept:
    """Replace the features by their principal components: so many (`components`), or by share of `variance`."""
    if not names:
        return Kept([], NO_FEATURE)
    change = pca.fit(training.rows[names], step.get("components"), step.get("variance"))
    note = f"{100 * sum(change['explained']):.1f} % of the variance"
    return Kept(change["components"], note, change=change)


STEPS: Mapping[str, Callable[[list[str], Training, Step], Kept]] = {
    "combat": harmonise,
    "pca": keep_components,
    "icc": keep_reliable,
    "u_test": keep_by_u_test,
    "t_test": keep_by_t_test,
    "correlation": keep_uncorrelated,
    "mrmr": keep_by_mrmr,
    "lasso": keep_by_lasso,
    "elastic_net": keep_by_elastic_net,
}


def steps_for(family: str, steps: Sequence[Step]) -> list[Step]:
    """Take the steps that are for a feature family: those that name it under `families`, or no family at all."""
    return [step for step in steps if family in step.get("families", [family])]
