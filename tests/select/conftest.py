import pandas as pd
import pytest

from sonomics.core.schemas import FEATURES, FOLDS, SCREENED
from sonomics.core.tables import write_table
from tests.select.features import table


@pytest.fixture
def study(inside):
    """A cohort of 24 training cases and 6 tests with one image each."""
    rows, labels = table(30)
    cases = [case for _, case, _ in rows.index]
    split = ["train"] * 24 + ["internal"] * 6
    cohort = pd.DataFrame({"patient": cases, "case": cases, "centre": "a", "split": split, "cancer": labels.map(str)})
    cohort.to_csv("cohort.csv", index=False)
    about = {
        "patient": cases,
        "case": cases,
        "image": cases,
        "reader": "r1",
        "session": "1",
        "view": "grey",
    }
    write_table(rows.reset_index(drop=True).assign(**about, hash=""), inside / "features.parquet", FEATURES)
    texts = {name: "" for name, kind in SCREENED.columns.items() if kind == "str"}
    counts = {name: 0 for name, kind in SCREENED.columns.items() if kind in ("int", "float")}
    images = pd.DataFrame({**about, **texts, **counts, "patient": cases, "case": cases, "image": cases, "keep": True})
    images["device"] = ["d1", "d1", "d2"] * 10
    write_table(images[list(SCREENED.columns)], inside / "images.parquet", SCREENED)
    folds = pd.DataFrame({"patient": cases[:24], "group": cases[:24], "random": [i // 2 % 2 for i in range(24)]})
    write_table(folds, inside / "folds.parquet", FOLDS)
    return inside
