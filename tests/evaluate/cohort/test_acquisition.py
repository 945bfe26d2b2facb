"""Acquisition by set, by hand."""

import json

import numpy as np
import pandas as pd

from sonomics.core.schemas import SCREENED
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import read_table, write_table
from sonomics.evaluate import task
from sonomics.evaluate.cohort.acquisition import describe_acquisition
from sonomics.report.sections import acquisition
from sonomics.report.study.evaluation import read_evaluation
from tests.evaluate.synthetic import SETTINGS, arguments, write_study

UNKNOWN = {"str": "", "int": 0, "float": np.nan, "bool": True}


def images(*rows):
    blank = {name: UNKNOWN[kind] for name, kind in SCREENED.columns.items()}
    return pd.DataFrame([{**blank, **row} for row in rows])


def test_a_case_has_one_name_or_several_and_the_mean_of_what_is_stated():
    table = describe_acquisition(
        images(
            {"case": "a", "device": "X", "transducer": "LINEAR", "frequency_mhz": 7.5, "depth_mm": 40.0},
            {"case": "a", "device": "X", "transducer": "SECTOR_PHASED", "frequency_mhz": 5.0},
            {"case": "a", "device": "Y", "keep": False, "depth_mm": 900.0},
            {"case": "b"},
        )
    )
    a = table.loc["a"]
    assert (a["device"], a["transducer"], a["frequency_mhz"], a["depth_mm"]) == ("X", "several", 6.25, 40)
    assert table.loc["b"].isna().all()


def test_sets_that_differ_are_told(tmp_path):
    write_study(tmp_path, {"train": 60, "internal": 40}, ("main",))
    path = tmp_path / "data/clean/images.parquet"
    screened = read_table(path, SCREENED)
    internal = screened["case"].isin(screened["case"].iloc[60:])
    depth = np.where(internal, 90.0, 50.0) + np.arange(len(screened)) % 7
    write_table(screened.assign(depth_mm=depth), path, SCREENED)
    out = tmp_path / "main/recurrence"
    task.main([f"--settings={json.dumps(SETTINGS)}", *arguments(tmp_path), f"--out={out}"])
    evaluation = read_evaluation(out, "main", "recurrence")
    table = evaluation.tables["acquisition"].set_index(["variable", "group"]).sort_index()
    assert set(table.index.get_level_values("variable")) == {"device", "depth_mm"}
    assert table.loc[("depth_mm", "internal"), "p"].item() < 0.001
    section = acquisition.build(evaluation, Parameters.partial(SETTINGS))
    assert section is not None
    assert "depth (internal" in section.paragraphs[1].lower()
    assert "scanner" not in section.paragraphs[1].lower()
    assert section.tables[0].rows[-1][0].main == "Depth, mm"
