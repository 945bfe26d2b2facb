"""What is counted of the selections of every run."""

import pandas as pd

from sonomics.core.files import read_json, write_csv
from sonomics.core.schemas import FOLDS
from sonomics.core.tables import write_table
from sonomics.select.summarise import main


def test_counts_belong_to_the_runs_that_are_named_whatever_the_folders_are_called(inside):
    options = []
    for number, (variant, family, fold, left) in enumerate(
        [
            ("main", "texture", "0", 4),
            ("main", "texture", "1", 5),
            ("main", "texture", "all", 3),
            ("shuffled", "texture", "0", 0),
            ("shuffled", "texture", "all", 1),
        ]
    ):
        steps = pd.DataFrame({"step": ["defined", "lasso"], "in": [9, 8], "out": [8, left], "note": ""})
        write_csv(inside / f"{number}.csv", steps)
        options += ["--steps", variant, family, "cancer", fold, f"{number}.csv"]
    folds = pd.DataFrame({"patient": ["P1", "P2", "P3"], "group": ["P1", "P2", "P3"], "random": [0, 0, 1]})
    write_table(folds, inside / "folds.parquet", FOLDS)
    main([*options, "--folds", "folds.parquet", "--schemes", "random", "--metrics", "select.json", "--plots", "plots"])
    assert read_json(inside / "select.json") == {
        "features": {
            "main": {"cancer": {"texture": {"kept": 3, "kept_in_folds": 4.5}}},
            "shuffled": {"cancer": {"texture": {"kept": 1, "kept_in_folds": 0.0}}},
        },
        "patients_in_fold": {"0": 2, "1": 1},
    }
    plotted = pd.read_csv(inside / "plots/steps.csv")
    assert plotted.to_dict("list") == {"family_step": ["texture defined", "texture lasso"], "out": [8, 3]}
