"""Steps that choose features by the importance that a multivariable model gives them."""

from sonomics.core.registry import load
from sonomics.core.seeds import seed_for
from sonomics.kinds.steps.boruta import Shadows
from sonomics.kinds.steps.recursive_elimination import Elimination
from sonomics.select.steps.importance import Importance
from sonomics.select.steps.training import FEW_ROWS, NO_FEATURE, Kept, Training
from sonomics.statistics.selection.boruta import select_by_boruta
from sonomics.statistics.selection.recursive_elimination import rank_by_elimination


def keep_by_elimination(names: list[str], training: Training, step: Elimination) -> Kept:
    """Keep the `count` features that are left when the least important `share` goes again and again.

    Importance is the absolute coefficient of the z-scored feature in a ridge regression of the outcome (logistic,
    multinomial or Cox).
    """
    importance: Importance = load(training.kind.importance)
    if not names:
        return Kept([], NO_FEATURE)
    if not importance.learns_from(training.labels):
        return Kept([], FEW_ROWS)
    values = training.scale(names).to_numpy()
    ranked = rank_by_elimination(values, names, importance.ridge(training.labels), step.count, step.share)
    return Kept([names[column] for column in sorted(ranked[: step.count])])


def keep_by_boruta(names: list[str], training: Training, step: Shadows) -> Kept:
    """Keep the features that beat the best of shuffled copies in a forest more often than by chance.

    Without a confirmed feature nothing is kept; the note counts the tentative ones, which `tentative` keeps as well.
    """
    importance: Importance = load(training.kind.importance)
    if not names:
        return Kept([], NO_FEATURE)
    if not importance.learns_from(training.labels):
        return Kept([], FEW_ROWS)
    forest = importance.forest(training.labels, step.trees)
    seed = seed_for(training.seed, "boruta")
    found = select_by_boruta(training.fill(names).to_numpy(), forest, seed, step.rounds, step.level)
    columns = found.confirmed + (found.tentative if step.tentative == "keep" else [])
    note = f"{len(found.confirmed)} confirmed, {len(found.tentative)} tentative, {len(found.rejected)} rejected"
    return Kept([names[column] for column in sorted(columns)], note)
