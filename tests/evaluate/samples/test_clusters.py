"""Patients who share a near-duplicate image count as one cluster in every interval where params ask for it."""

import json
from math import sqrt
from pathlib import Path
from statistics import NormalDist

import pandas as pd
import pytest

from sonomics.core.schemas import SCREENED
from sonomics.core.tables import read_table, write_table
from sonomics.evaluate import task
from sonomics.evaluate.accuracy.auc import auc_entry
from sonomics.evaluate.robustness.single_images import image_table
from sonomics.evaluate.samples.scored import CLUSTER, Scored, build_samples
from sonomics.evaluate.study.read import name_clusters
from sonomics.evaluate.survival.follow_up import follow_up_table
from sonomics.evaluate.survival.risk_groups import cases_at_risk
from sonomics.evaluate.tables.entries import Sampling
from tests.evaluate.hand_made import A, B, cases_of
from tests.evaluate.synthetic import SETTINGS, arguments, make_predictions, write_study

SAMPLING = Sampling(level=0.95, resamples=300, seed=1)


def copied(cases: pd.DataFrame) -> pd.DataFrame:
    """Give every case of a patient a copy with the same values, of another patient of the same group."""
    twin = cases.assign(patient=cases["patient"] + "x", case=cases["case"] + "x")
    both = pd.concat([cases, twin], ignore_index=True).sort_values(["split", "case"], ignore_index=True)
    return both.assign(**{CLUSTER: both["patient"].str.removesuffix("x")})


def sample_of(cases: pd.DataFrame) -> Scored:
    return build_samples(cases, [A, B]).at(A, "internal")


def width(sample: Scored) -> float:
    entry = auc_entry(sample.analysed, SAMPLING)
    return entry.upper - entry.lower


def test_copies_do_not_narrow_an_interval_as_independent_patients_do() -> None:
    cases = cases_of({"internal": 150})
    once, twice = sample_of(cases), sample_of(copied(cases))
    taken_apart = sample_of(copied(cases).drop(columns=CLUSTER))
    assert width(taken_apart) < 0.8 * width(once)
    assert abs(width(twice) - width(once)) < 0.1 * width(once)
    assert (once.has_independent_cases, twice.has_independent_cases) == (True, False)


def test_follow_up_takes_one_patient_of_each_group() -> None:
    cases = cases_of({"internal": 80}, events=True)
    once, twice = (build_samples(table, [A, B]) for table in (cases, copied(cases)))
    assert twice.at(A, "internal").n == 160
    pd.testing.assert_frame_equal(*(follow_up_table(cases_at_risk(each), [12.0], 0.95) for each in (once, twice)))
    known = twice.at(A, "internal")
    assert set(known.followed.cases) == set(once.at(A, "internal").followed.cases)


def test_images_depend_on_the_group_of_their_patient() -> None:
    cases = copied(cases_of({"internal": 60}))
    scores = cases.assign(
        image=cases["case"] + "-e1-i1-f0", variant="main", model="a", task="t", kind="probability", fold="all",
        value=cases["a__probability"],
    )  # fmt: skip
    labels, clusters = cases.set_index("case")["label"], cases.set_index("case")[CLUSTER]
    apart, together = (image_table(scores, labels, 0.95, each).iloc[0] for each in (None, clusters))
    assert (apart["patients"], together["patients"]) == (120, 60)
    assert together["upper"] - together["lower"] > 1.2 * (apart["upper"] - apart["lower"])


def test_a_patient_without_an_image_is_a_cluster_alone() -> None:
    images = pd.DataFrame({"patient": ["P1", "P1", "P2"], "duplicate_group": ["P1", "P1", "P1"]})
    assert name_clusters(pd.Series(["P1", "P2", "P9"]), images).tolist() == ["P1", "P1", "P9"]


def test_the_study_counts_clusters_says_so_and_has_the_interval_computed_by_hand(tmp_path: Path) -> None:
    cohort = write_study(tmp_path, {"train": 20, "external_1": 60})
    path = tmp_path / "data" / "clean" / "images.parquet"
    images = read_table(path, SCREENED)
    outside = cohort.loc[cohort["split"] == "external_1", "patient"].tolist()
    twins = {patient: outside[number - number % 3] for number, patient in enumerate(outside)}
    write_table(images.assign(duplicate_group=images["patient"].replace(twins)), path, SCREENED)
    for choice in ("separate", "cluster"):
        settings = {**SETTINGS, "evaluate": {**SETTINGS["evaluate"], "near_duplicates": choice}}
        out = tmp_path / choice
        task.main(["--settings", json.dumps(settings), *arguments(tmp_path), "--out", str(out)])
    apart, together = (pd.read_csv(tmp_path / choice / "performance.csv") for choice in ("separate", "cluster"))
    words = pd.concat([pd.read_csv(file, dtype=str) for file in (tmp_path / "cluster").glob("*.csv")])
    said = " ".join({*words["method"].dropna(), *words["reason"].dropna()})
    assert "by patient" not in said
    assert "of patients" not in said
    assert "cluster-robust by cluster" in said
    assert "Obuchowski, clustered by cluster" in said
    assert not apart["method"].str.contains("by cluster", na=False).any()

    def of(table: pd.DataFrame) -> pd.Series:
        model, split = table["model"] == "stacked", table["split"] == "external_1"
        return table[model & split & (table["statistic"] == "sensitivity")].iloc[0]

    scores = make_predictions(cohort.iloc[1:], "stacked").query("kind == 'probability' and split == 'external_1'")
    positive = cohort["event"].eq(1) & cohort["time"].lt(12)
    sick = scores[scores["case"].isin(cohort.loc[positive, "case"])]
    hit, cluster = (sick["value"] >= 0.5).to_numpy(float), sick["patient"].map(twins).to_numpy()
    share = hit.mean()
    residuals = [sum(hit[cluster == name] - share) for name in set(cluster)]
    groups = len(residuals)
    half = NormalDist().inv_cdf(0.975) * sqrt(groups / (groups - 1) * sum(each**2 for each in residuals)) / len(hit)
    found = of(together)
    assert (found["estimate"], found["method"]) == (pytest.approx(share), "Wald, cluster-robust by cluster")
    assert found["lower"] == pytest.approx(max(0, share - half), rel=1e-6)
    assert found["upper"] == pytest.approx(min(1, share + half), rel=1e-6)
    assert of(apart)["method"] != found["method"]
