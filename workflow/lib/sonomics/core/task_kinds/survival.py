"""Survival tasks: time to an event in months, with censoring."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import check_follow_up, read_numbers, refuse_rows
from sonomics.core.schemas import EVENT, IDENTITY, OPTIONAL, SIMULATED, TIME
from sonomics.core.task_kinds.outcome import Outcome

if TYPE_CHECKING:
    from sonomics.core.settings.tasks import FollowUp, SurvivalTask


class Survival(Outcome):
    """Time from an origin to an event or to censoring."""

    columns = (TIME, EVENT)
    balanced = EVENT

    def sources(self, task: "FollowUp") -> tuple[str, ...]:
        """Name the columns of time, event and origin."""
        return tuple(name for name in (task.time, task.event, task.origin) if name is not None)

    def numbers(self, task: "FollowUp") -> tuple[str, ...]:
        """Name the same columns: all hold numbers."""
        return self.sources(task)

    def read(self, cohort: pd.DataFrame, task: "FollowUp") -> pd.DataFrame:
        """Read time since the origin, and the event; both are unknown where one is."""
        time = cohort[task.time].astype(float)
        if task.origin is not None:
            time = time - cohort[task.origin].astype(float)
        event = cohort[task.event].astype(float)
        known = (time.notna() & event.notna()).to_numpy()
        values = np.where(known[:, None], np.column_stack([time, event]), np.nan)
        return pd.DataFrame(values, index=cohort["case"].to_numpy(), columns=list(self.columns))

    def check_task(self, name: str, task: "SurvivalTask") -> None:
        """Stop a study that names a column which is no outcome."""
        for column in self.sources(task):
            if column in (*IDENTITY, *OPTIONAL) or column.startswith(SIMULATED):
                fix = "name the columns of the follow-up"
                raise StudyError(f"params.yaml, study.tasks.{name}", f"{column} is not a follow-up", fix)

    def check_cells(self, table: pd.DataFrame, name: str, task: "FollowUp", where: str) -> None:
        """Stop a study whose follow-up cannot be what it says, or ends before its origin."""
        check_follow_up(table, where, task.time, task.event)
        if task.origin is not None:
            time, origin = (read_numbers(table[column], where) for column in (task.time, task.origin))
            fix = f"correct {task.time} or {task.origin}, or leave the cell empty if it is unknown"
            refuse_rows(time - origin < 0, task.time, where, f"lies before {task.origin}, the origin of {name},", fix)

    def check_training(
        self, known: pd.DataFrame, patients: pd.Series, name: str, task: "SurvivalTask", where: str
    ) -> None:
        """Stop a study without a followed case or an event in training, or with a horizon that nobody reached."""
        if gap := self.find_gap(known, task):
            rule = f"the training set has {gap} for the task {name}"
            fix = "check the columns of time and event in params.yaml, or take the task out"
            raise StudyError(where, rule, fix)
        longest = float(known[TIME].max())
        if beyond := [horizon for horizon in task.horizons if horizon > longest]:
            rule = f"the horizon {beyond[0]:g} of the task {name} lies beyond the follow-up of every training case"
            raise StudyError(where, rule, "state horizons within the follow-up, in months")

    def find_gap(self, known: pd.DataFrame, task: "SurvivalTask") -> str:
        """Say whether anybody was followed, and had the event."""
        if known.empty:
            return "no case with a known follow-up"
        return "no event (all cases are censored)" if not known[EVENT].any() else ""

    def stratify(self, outcomes: pd.DataFrame) -> "pd.Series[str]":
        """Name the stratum by the event."""
        return outcomes[EVENT].map({0.0: "negative", 1.0: "positive"}).fillna("unknown")

    def count(self, known: pd.DataFrame, task: "FollowUp") -> dict[str, Any]:
        """Count the events."""
        return {"events": int(known[EVENT].sum())}

    def describe(self, known: pd.DataFrame, task: "FollowUp") -> str:
        """Say how many had the event."""
        return f"{int(known[EVENT].sum())} events in {len(known)} followed"

    def classes(self, task: "SurvivalTask") -> list[str]:
        """Name the event."""
        return ["1"]

    def horizons(self, task: "SurvivalTask") -> list[float]:
        """List the horizons in ascending order."""
        return sorted(map(float, task.horizons))
