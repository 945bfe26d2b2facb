"""Simulated readers of the test cases: their skill is how closely their impression follows the simulated risk."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sonomics.core.readings import AIDED, ALONE, NEGATIVE, POSITIVE
from sonomics.core.schemas import READERS, TRAIN
from sonomics.core.seeds import generator
from sonomics.simulate.cohorts.adnexal import APART, SHARES

# Correlation of a reader's impression with the simulated risk, alone and with the model's help.
SKILL = {"junior": (0.45, 0.65), "intermediate": (0.60, 0.74), "senior": (0.75, 0.82)}
READERS_A_LEVEL = 2
# What hides the risk: how hard a case is for everybody, what this reader sees in it, and the day. Squares add up to 1.
HARD, OWN, DAY = 0.5, 0.75, np.sqrt(1 - 0.5**2 - 0.75**2)
CRITERION, LENIENCE = 0.25, 0.25
CATEGORY_BOUNDS = (-0.9, -0.2, 0.5, 1.2)


class Occasion(NamedTuple):
    """An arm and session, with the reader's skill in it."""

    arm: str
    session: str
    skill: float


def draft_readings(cohort: pd.DataFrame, task: str, seed: int) -> pd.DataFrame:
    """Draft the readings of simulated readers: two of each level read every test case alone and with help.

    The cases of the first test set are read alone a second time, for agreement within readers. Each reading is drawn
    from the seed and the names of reader, case and occasion alone: a larger cohort changes no other reading.

    Parameters
    ----------
    cohort : DataFrame
        From `cohort.draft_cohort`.
    task : str
        What they are asked.
    seed : int
        The study's seed.

    Returns
    -------
    DataFrame
        Schema READERS, sorted by its key; the names of readers begin with `sim_`. `score` is 0 to 100, `category` 1
        to 5. The impression behind both is standard normal and correlates with the standardised `sim_risk` by `SKILL`.
    """
    tested = cohort[cohort["split"] != TRAIN]
    risks = tested["sim_risk"].astype(float)
    if "sim_scene" in cohort:
        malignant = SHARES["malignant"]
        risks = (risks - APART * malignant) / np.sqrt(1 + APART**2 * malignant * (1 - malignant))
    again = set(tested.loc[tested["split"] == tested["split"].iloc[0], "case"]) if len(tested) else set()
    rows = [
        {"reader": reader, "level": level, "case": case, "arm": occasion.arm, "task": task, **answers}
        for level in SKILL
        for reader in (f"sim_{level}_{number}" for number in range(1, READERS_A_LEVEL + 1))
        for case, risk in zip(tested["case"], risks, strict=True)
        for occasion, answers in _readings(reader, level, case, risk, case in again, seed)
    ]
    return pd.DataFrame(rows, columns=list(READERS.columns)).sort_values(list(READERS.key), ignore_index=True)


def _readings(
    reader: str, level: str, case: str, risk: float, again: bool, seed: int
) -> Iterator[tuple[Occasion, dict[str, Any]]]:
    alone, aided = SKILL[level]
    occasions = [Occasion(ALONE, "1", alone), Occasion(AIDED, "1", aided)]
    hard = generator(seed, case, "reading").standard_normal()
    own = generator(seed, reader, case, "reading").standard_normal()
    criterion = CRITERION + LENIENCE * generator(seed, reader, "criterion").standard_normal()
    for occasion in [*occasions, Occasion(ALONE, "2", alone)] if again else occasions:
        day = generator(seed, reader, case, occasion.arm, occasion.session, "reading").standard_normal()
        hidden = HARD * hard + OWN * own + DAY * day
        impression = occasion.skill * risk + np.sqrt(1 - occasion.skill**2) * hidden
        yield (
            occasion,
            {
                "score": round(float(100 * ndtr(impression))),
                "category": str(1 + int(np.searchsorted(CATEGORY_BOUNDS, impression))),
                "decision": POSITIVE if impression >= criterion else NEGATIVE,
                "session": occasion.session,
            },
        )
