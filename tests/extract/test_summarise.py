"""The counts of features, and the check of the engines."""

import json

import numpy as np
import pandas as pd
import pytest

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.tables import write_table
from sonomics.extract import summarise
from sonomics.texture.phantom import compute_phantom


def test_summary_counts_what_is_undefined_by_hand(tmp_path):
    identity = {"patient": "P1", "case": "P1", "reader": "reader_1", "session": "1", "view": "grey", "hash": "00"}
    rows = [
        {**identity, "image": "P1-e1-i1-f0", "texture__a": 1.0, "texture__b": np.nan, "texture__c": 5.0},
        {**identity, "image": "P1-e1-i2-f0", "texture__a": 2.0, "texture__b": np.nan, "texture__c": 5.0},
        {**identity, "image": "P1-e1-i3-f0", "texture__a": np.nan, "texture__b": 7.0, "texture__c": 5.0},
    ]
    paths = []
    for number, row in enumerate(rows):
        paths.append(tmp_path / "main" / "texture" / f"{number}.parquet")
        write_table(pd.DataFrame([row]), paths[-1], schemas.FEATURES)
    metrics = tmp_path / "extract.json"
    summarise.main(
        [
            *("--settings", json.dumps({"extract": {"families": {"texture": {"kind": "texture"}}}})),
            *(option for path in paths for option in ("--features", "main", "texture", path.stem, str(path))),
            *("--phantom", str(tmp_path / "phantom.csv"), "--metrics", str(metrics)),
        ]
    )
    phantom = pd.read_csv(tmp_path / "phantom.csv")
    assert set(phantom["engine"]) == {"texture"}
    assert phantom["agrees"].all()
    assert json.loads(metrics.read_text()) == {
        "main": {
            "texture": {
                "regions": 3,
                "cases": 1,
                "features": 3,
                "undefined_values": 3,
                "undefined_by_feature": {"texture__a": 1, "texture__b": 2},
                "constant_features": 2,
            }
        }
    }


def test_an_engine_that_misses_the_phantom_stops_the_study(monkeypatch):
    wrong = compute_phantom(["mazda"])
    wrong.loc[2, ["value", "agrees"]] = [9.0, False]
    monkeypatch.setattr(summarise, "compute_phantom", lambda engines: wrong)
    with pytest.raises(StudyError, match=r"mazda.*phantom is 9.*verify texture"):
        summarise.check_phantom(["mazda"])
