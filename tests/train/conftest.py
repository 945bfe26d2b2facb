import numpy as np
import pandas as pd
import pytest

from sonomics.core.images import write_png
from sonomics.core.schemas import CROPS, FOLDS, SCREENED
from sonomics.core.tables import write_table


@pytest.fixture
def crops_study(inside):
    """Eight training and two test cases with a crop each; positives are brighter. One crop was set aside."""
    cases = [f"P{i}" for i in range(10)]
    labels = np.arange(10) % 2
    split = ["train"] * 8 + ["internal"] * 2
    pd.DataFrame({"patient": cases, "case": cases, "centre": "a", "split": split, "cancer": labels}).to_csv(
        "cohort.csv"
    )
    for case, label in zip(cases, labels, strict=True):
        random = np.random.default_rng(int(case[1:]))
        write_png(inside / f"{case}.png", random.integers(100 * label, 100 * label + 50, (20, 24), dtype=np.uint8))
    about = {"patient": cases, "case": cases, "image": cases, "view": "grey"}
    files = [f"{case}.png" for case in cases]
    crops = {
        "reader": "r1",
        "session": "1",
        "file": files,
        "mask": [f"{case}.mask.png" for case in cases],
        "spacing_mm": 0.1,
        "rows": 20,
        "columns": 24,
    }
    kept = {"outline_pixels": 100, "keep": [True] * 7 + [False] + [True] * 2, "reason": ""}
    write_table(pd.DataFrame({**about, **crops, **kept}), inside / "crops.parquet", CROPS)
    texts = {name: "" for name, kind in SCREENED.columns.items() if kind == "str"}
    numbers = {name: 0 for name, kind in SCREENED.columns.items() if kind in ("int", "float")}
    images = pd.DataFrame({**texts, **numbers, **about, "keep": True}, index=range(10))
    write_table(images[list(SCREENED.columns)], inside / "images.parquet", SCREENED)
    folds = pd.DataFrame({"patient": cases[:8], "group": cases[:8], "random": [0, 0, 1, 1] * 2})
    write_table(folds, inside / "folds.parquet", FOLDS)
    return inside


@pytest.fixture
def cohort():
    """Clinical columns of 120 cases, one of which tells the classes apart, and their labels."""
    random = np.random.default_rng(0)
    n = 120
    size = random.normal(30, 8, n)
    labels = (random.random(n) < 1 / (1 + np.exp(-(size - 30) / 6))).astype(float)
    sex = np.where(random.random(n) < 0.4, "M", "F")
    return pd.DataFrame({"size_mm": size, "sex": sex, "noise": random.normal(size=n)}), labels
