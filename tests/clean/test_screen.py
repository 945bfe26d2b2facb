"""The job that screens: from the tables of a chunk to the table, the chart, the metrics and the plots."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sonomics.clean import screen
from sonomics.clean.screening.hashes import difference_hash
from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.files import read_json, write_json
from sonomics.core.schemas import Table
from sonomics.core.tables import read_table, write_table

COHORT = """patient,case,centre,split,age,time,event,sim_risk
P1,P1,c,train,17,3,1,0.1
P2,P2,c,train,40,30,0,0.2
P3,P3,c,internal,,3,1,0.3
P4,P4,c,internal,50,30,0,0.4
P5,P5,c,internal,50,30,0,0.4
"""
ADULT = {"name": "adult", "rule": "age >= 18", "unknown": "exclude", "title": "younger than 18 years"}
EARLY = {"name": "early", "rule": "time < 6 & event", "kind": "exclusion", "unknown": "keep", "training_only": True}
BLANK = {"str": "", "int": 0, "float": np.nan, "bool": True}


def rows_of(table: Table, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows of a table, blank where nothing is said."""
    return pd.DataFrame([{name: BLANK[kind] for name, kind in table.columns.items()} | row for row in rows])


@pytest.fixture
def study(inside: Path) -> Path:
    """Five cases with two pictures each, of which P4's second could not be read; P5 has none."""
    Path("data").mkdir()
    Path("data/cohort.csv").write_text(COHORT)
    rng = np.random.default_rng(3)
    manifest, images, verdicts = [], [], []
    for case in ("P1", "P2", "P3", "P4"):
        for instance in ("i1", "i2"):
            names = {"patient": case, "case": case, "exam": "e1", "instance": instance}
            manifest.append({**names, "stem": f"{case}-e1-{instance}"})
            reason = "unreadable" if (case, instance) == ("P4", "i2") else ""
            image = f"{case}-e1-{instance}-f0"
            hashed = difference_hash(rng.integers(0, 256, (32, 34), dtype=np.uint8))
            images.append({**names, "image": image, "view": "grey", "sha256": hashed, "dhash": hashed})
            verdicts.append({"image": image, "keep": reason == "", "reason": reason})
    write_table(rows_of(schemas.MANIFEST, manifest), Path("data/export/0/manifest.parquet"), schemas.MANIFEST)
    write_table(rows_of(schemas.IMAGES, images), Path("data/clean/0/images.parquet"), schemas.IMAGES)
    write_table(pd.DataFrame(verdicts), Path("data/clean/0/verdicts.parquet"), schemas.VERDICTS)
    write_json(Path("data/clean/qc/state.json"), {"heads": {}})
    return inside


def run(stated: list[dict[str, Any]], **duplicates: str) -> dict[str, bytes]:
    clean = {
        "views": {"grey": {"from": "still"}}, "overlays": "keep", "duplicates": {"max_distance": 0, **duplicates},
        "qc": {"heads": {}}, "criteria": stated,
    }  # fmt: skip
    screen.main(
        [
            *("--settings", json.dumps({"clean": clean}), "--cohort", "data/cohort.csv", "--exams", "data/export/0"),
            *("--images", "data/clean/0/images.parquet", "--verdicts", "data/clean/0/verdicts.parquet"),
            *("--qc", "data/clean/qc", "--out", "data/clean/images.parquet", "--screening", "results/screening.csv"),
            *("--chart", "results/screening.svg", "--metrics", "results/metrics/clean.json"),
            *("--plots", "results/plots/clean"),
        ]
    )
    return {str(path): path.read_bytes() for path in Path("results").rglob("*") if path.is_file()}


def test_the_table_the_chart_the_metrics_and_the_plots_agree(study: Path) -> None:
    run([ADULT])
    table = read_table(Path("results/screening.csv"), schemas.SCREENING)
    fates = table[table["level"] == "case"].set_index("case")["reason"].to_dict()
    assert fates == {"P1": "criterion_adult", "P2": "", "P3": "criterion_adult", "P4": "", "P5": "no_image"}
    kept = table[(table["level"] == "image") & (table["fate"] == "kept")]["image"].tolist()
    assert kept == ["P2-e1-i1-f0", "P2-e1-i2-f0", "P4-e1-i1-f0"]
    images = read_table(Path("data/clean/images.parquet"), schemas.SCREENED)
    assert images.loc[images["keep"], "image"].tolist() == kept
    metrics = read_json(Path("results/metrics/clean.json"))
    assert metrics["criteria"] == {"adult": {"broken": 1, "met": 3, "not_asked": 0, "unknown": 1}}
    assert metrics["images"]["excluded"] == {"case_excluded": 4, "unreadable": 1}
    flow = pd.read_csv("results/plots/clean/flow.csv", keep_default_na=False).set_index(["split", "step", "reason"])
    assert flow.loc[("internal", "criteria", "criterion_adult")].tolist() == [1, 1, 2]
    assert flow.loc[("train", "included", "")].tolist() == [1, 1, 2]
    chart = Path("results/screening.svg").read_text()
    assert "younger than 18 years" in chart
    assert "simulated data" in chart


def test_outcomes_of_test_cases_change_nothing(study: Path) -> None:
    before = run([ADULT, EARLY])
    metrics = read_json(Path("results/metrics/clean.json"))
    assert metrics["criteria"]["early"] == {"broken": 1, "met": 1, "not_asked": 3, "unknown": 0}
    swapped = COHORT.replace("internal,,3,1", "internal,,30,0").replace("internal,50,30,0", "internal,50,3,1")
    Path("data/cohort.csv").write_text(swapped)
    assert run([ADULT, EARLY]) == before


def test_a_label_of_test_cases_decides_nothing_not_even_what_the_column_holds(study: Path) -> None:
    doubtful = {**EARLY, "name": "doubtful", "rule": "malignant == 2"}
    labelled = COHORT.replace("sim_risk", "malignant").replace("0.1\n", "2\n", 1).replace("0.2\n", "1\n", 1)
    Path("data/cohort.csv").write_text(labelled)
    before = run([doubtful])
    assert read_json(Path("results/metrics/clean.json"))["criteria"]["doubtful"]["broken"] == 1
    for other in ("2", "unclear", ""):
        Path("data/cohort.csv").write_text(labelled.replace("0.3\n", f"{other}\n").replace("0.4\n", f"{other}\n"))
        assert run([doubtful]) == before


def test_a_criterion_on_a_column_that_the_cohort_lacks_stops_the_study(study: Path) -> None:
    with pytest.raises(StudyError, match="the column weight is missing"):
        run([{**ADULT, "rule": "weight > 3"}])


def test_a_study_without_criteria_has_a_chart_without_them(study: Path) -> None:
    run([])
    chart = Path("results/screening.svg").read_text()
    assert "Criteria met" not in chart
    assert "Cases left without image" in chart


def test_patients_who_share_an_image_are_counted_in_the_metrics_and_the_chart(study: Path) -> None:
    alone = run([])
    assert "shared" not in read_json(Path("results/metrics/clean.json"))["duplicates"]
    images = read_table(Path("data/clean/0/images.parquet"), schemas.IMAGES).set_index("image", drop=False)
    images.loc["P4-e1-i1-f0", ["sha256", "dhash"]] = images.loc["P3-e1-i1-f0", ["sha256", "dhash"]].to_numpy()
    write_table(images, Path("data/clean/0/images.parquet"), schemas.IMAGES)
    shared = run([])
    assert read_json(Path("results/metrics/clean.json"))["duplicates"]["shared"] == {
        "internal": {"patients": 2, "groups": 1}
    }
    charts = [found["results/screening.svg"].decode() for found in (alone, shared)]
    assert [chart.count("2 patients share an image") for chart in charts] == [0, 1]
    run([], across_patients="exclude")
    duplicates = read_json(Path("results/metrics/clean.json"))["duplicates"]
    assert ("shared" in duplicates, duplicates["pairs"]["across_patients"]) == (False, 1)
