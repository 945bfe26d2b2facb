"""A study of ten crops, and the job that trains a network on them."""

import json

from sonomics.train.network import main

SETTINGS = {
    "study": {
        "seed": 1,
        "tasks": {"cancer": {"type": "binary", "column": "cancer", "positive": "1"}},
        "clinical": [],
        "shuffle_labels": False,
    },
    "crop": {"analysis": {"reader": "r1", "session": "1"}},
    "train": {
        "models": {
            "cnn": {
                "kind": "network",
                "architecture": "test_resnet",
                "weights": "none",
                "size": 64,
                "epochs": 2,
                "batch": 4,
                "learning_rate": 0.01,
                "weight_decay": 0.01,
            }
        }
    },
}


def train(*folds: str, folder: str = ".", **changes: object) -> None:
    """Train in a study of `crops_study`, with changes to the model's params."""
    cnn = SETTINGS["train"]["models"]["cnn"] | changes
    settings = SETTINGS | {"train": {"models": {"cnn": cnn}}}
    names = ["--variant", "main", "--model", "cnn", "--task", "cancer", "--fold", *folds]
    files = [
        "--cohort",
        "cohort.csv",
        "--folds",
        "folds.parquet",
        "--scheme",
        "random",
        "--images",
        "images.parquet",
        "--crops",
        "crops.parquet",
    ]
    main(["--settings", json.dumps(settings), *names, *files, "--out", folder])
