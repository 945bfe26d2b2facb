"""The job that chooses features, in the study of the fixture `study`."""

import json

from sonomics.select.choose import main
from tests.select.features import ANALYSIS, SETTINGS


def choose(*folds: str, **changes) -> None:
    """Choose features in a study of `study`, with changes to the settings of `select`."""
    task = {"cancer": {"type": "binary", "column": "cancer", "positive": 1}}
    settings = {
        "study": {"seed": 1, "tasks": task, "clinical": [], "shuffle_labels": False},
        "crop": {"analysis": dict(zip(("reader", "session"), ANALYSIS, strict=True))},
        "select": {**SETTINGS, **changes},
    }
    files = ["--cohort", "cohort.csv", "--folds", "folds.parquet", "--scheme", "random", "--images", "images.parquet"]
    run = ["--task", "cancer", "--family", "t", "--fold", *folds]
    main(["--settings", json.dumps(settings), *run, *files, "--features", "features.parquet", "--out", "chosen"])
