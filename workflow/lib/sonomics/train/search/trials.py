"""Propose the trials of a search and record them; it knows nothing of what is fitted, so that any job can use it.

The values of a trial depend on the trials before it and on a seed of its own, never on when it ran. Finished trials are
added to a journal, one line each. A search that was killed reads it, and goes on as if it had not been: a line that was
not written to its end is dropped, and its trial runs again.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sonomics.core.schemas import TRIALS
from sonomics.core.seeds import seed_for
from sonomics.kinds.models import Range, Search

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler

COMPLETE, FAILED = "complete", "failed"
# Measures closer than this are equal: they differ by the rounding of a sum.
DECIMALS = 12
SMALLER_IS_BETTER = ("log_loss",)


class Judged(NamedTuple):
    """Mean and SD of the measure over inner folds; NaN, with a reason, where it cannot be estimated."""

    mean: float
    sd: float
    reason: str


class Trial(NamedTuple):
    """One trial: the values that it proposed, and how they were judged."""

    number: int
    proposed: dict[str, Any]
    judged: Judged

    @property
    def state(self) -> str:
        """Tell whether its measure is a number."""
        return COMPLETE if np.isfinite(self.judged.mean) else FAILED


Judge = Callable[[Mapping[str, Any]], Judged]


def run_trials(search: Search[Any], measure: str, judge: Judge, seeds: Sequence[object], journal: Path) -> list[Trial]:
    """Run the trials of a search, or those that the journal lacks.

    Parameters
    ----------
    search : Search
        By random or tpe.
    measure : {"auc", "log_loss", "c_index"}
    judge : callable
        `judge(values)` fits and judges; equal values are judged once.
    seeds : sequence of object
        What the search is for (seed of the study, model, task, fold): each trial has a seed of these and its number.
    journal : Path
        File of finished trials, made with its folder if absent. Its name must change with all that `judge` depends on.

    Returns
    -------
    list of Trial
        All `search.trials`, in order.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="minimize" if measure in SMALLER_IS_BETTER else "maximize")
    space = {key: distribution_of(drawn, search.ends_of(key)) for key, drawn in (search.space or {}).items()}
    done = read_journal(journal)[: search.trials]
    known = {_as_text(trial.proposed): trial.judged for trial in done}
    for number in range(search.trials or 0):
        study.sampler = _sampler_of(search.method, seed_for(*seeds, "trial", number))
        proposal = study.ask(space)
        values = dict(proposal.params)
        if number < len(done) and done[number].proposed == values:
            trial = done[number]
        else:
            # A trial that is not the one the journal has makes all that follow it void.
            if number < len(done):
                done = done[:number]
                _write_journal(journal, done)
            text = _as_text(values)
            if text not in known:
                known[text] = judge(values)
            trial = Trial(number, values, known[text])
            done.append(trial)
            _append(journal, trial)
        failed = trial.state == FAILED
        study.tell(
            proposal,
            None if failed else trial.judged.mean,
            state=optuna.trial.TrialState.FAIL if failed else optuna.trial.TrialState.COMPLETE,
        )
    return done


def choose_trial(trials: Sequence[Trial], measure: str) -> Trial | None:
    """Choose the trial with the best measure; of equal ones the first; None where all have failed."""
    complete = [trial for trial in trials if trial.state == COMPLETE]
    sign = 1 if measure in SMALLER_IS_BETTER else -1
    return min(complete, key=lambda trial: (sign * round(trial.judged.mean, DECIMALS), trial.number), default=None)


def tabulate_trials(trials: Sequence[Trial], measure: str, folds: int, chosen: Trial | None) -> pd.DataFrame:
    """Tabulate trials, measured in so many inner folds, as `TRIALS`: one row for each trial and parameter."""
    rows = [
        {
            "trial": trial.number, "parameter": key, "value": json.dumps(value), "measure": measure,
            "folds": folds, "mean": trial.judged.mean, "sd": trial.judged.sd, "state": trial.state,
            "reason": trial.judged.reason, "chosen": trial is chosen,
        }
        for trial in trials
        for key, value in trial.proposed.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(TRIALS.columns))


def distribution_of(drawn: Range | list[Any], ends: list[Any]) -> "BaseDistribution":
    """Make optuna's distribution of a range, or of choices.

    Parameters
    ----------
    drawn : Range or list
        One of the space.
    ends : list
        From `ends_of`: both ends of the range as the model takes them (whole numbers give whole numbers), or the
        choices.
    """
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if not isinstance(drawn, Range):
        return CategoricalDistribution(ends)
    low, high = ends
    if isinstance(low, int):
        # The last value that steps reach, for optuna warns of an end that they miss.
        step = int(drawn.step or 1)
        return IntDistribution(low, low + (high - low) // step * step, drawn.log, step)
    if drawn.step is not None:
        return FloatDistribution(low, low + int((high - low) / drawn.step + 1e-9) * drawn.step, step=drawn.step)
    return FloatDistribution(low, high, drawn.log)


def _sampler_of(method: str, seed: int) -> "BaseSampler":
    from optuna.samplers import RandomSampler, TPESampler

    return TPESampler(seed=seed) if method == "tpe" else RandomSampler(seed=seed)


def read_journal(journal: Path) -> list[Trial]:
    """Read the finished trials of a journal, up to the first line that is not one, and cut the file there."""
    if not journal.exists():
        return []
    trials: list[Trial] = []
    content = journal.read_bytes()
    for line in content.splitlines(keepends=True):
        try:
            number, values, mean, sd, reason = json.loads(line)
        except ValueError:
            break
        if not line.endswith(b"\n") or number != len(trials):
            break
        mean, sd = (np.nan if known is None else known for known in (mean, sd))
        trials.append(Trial(number, values, Judged(mean, sd, reason)))
    _write_journal(journal, trials)
    return trials


def _write_journal(journal: Path, trials: Sequence[Trial]) -> None:
    temporary = journal.with_suffix(".part")
    temporary.write_text("".join(map(_line_of, trials)), encoding="utf-8")
    temporary.replace(journal)


def _append(journal: Path, trial: Trial) -> None:
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf-8") as file:
        file.write(_line_of(trial))
        file.flush()
        os.fsync(file.fileno())


def _line_of(trial: Trial) -> str:
    mean, sd = (None if np.isnan(number) else float(number) for number in trial.judged[:2])
    return json.dumps([trial.number, trial.proposed, mean, sd, trial.judged.reason]) + "\n"


def _as_text(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True)
