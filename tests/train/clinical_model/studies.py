"""Clinical columns whose effects on classes and on survival are known, and tasks of both kinds."""

import numpy as np
import pandas as pd

from sonomics.core.settings.tasks import ClassesTask, SurvivalTask

CLASSES = ["low", "mid", "high"]
NOMINAL = ClassesTask.partial({"type": "classes", "column": "grade", "classes": CLASSES})
ORDERED = ClassesTask.partial({"type": "classes", "column": "grade", "classes": CLASSES, "ordered": True})
SURVIVAL = SurvivalTask.partial({"type": "survival", "time": "time", "event": "event", "horizons": [12, 24]})


def draw_columns(rows: int = 150, seed: int = 5) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    sex = random.choice(["F", "M"], rows, p=[0.6, 0.4])
    return pd.DataFrame({"age": random.normal(60, 9, rows).round(), "sex": sex, "noise": random.normal(size=rows)})


def draw_grades(clinical: pd.DataFrame, seed: int = 6) -> np.ndarray:
    random = np.random.default_rng(seed)
    slope = (clinical["age"] - 60) / 8 + 0.8 * (clinical["sex"] == "M")
    latent = slope + random.logistic(size=len(clinical))
    return np.digitize(latent, [-0.5, 1.0]).astype(np.float64)


def draw_follow_up(clinical: pd.DataFrame, seed: int = 7) -> np.ndarray:
    random = np.random.default_rng(seed)
    hazard = np.exp((clinical["age"] - 60) / 12 + 0.7 * (clinical["sex"] == "M")) / 20
    time = random.exponential(1 / hazard)
    censored = random.uniform(5, 60, len(clinical))
    return np.column_stack([np.minimum(time, censored).round(1), time <= censored]).astype(np.float64)
