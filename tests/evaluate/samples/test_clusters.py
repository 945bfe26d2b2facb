"""Patients who share a near-duplicate image count as one cluster in every interval where params ask for it."""

import pandas as pd

from sonomics.evaluate.accuracy.auc import auc_entry
from sonomics.evaluate.robustness.single_images import image_table
from sonomics.evaluate.samples.scored import CLUSTER, Scored, build_samples
from sonomics.evaluate.study.read import name_clusters
from sonomics.evaluate.survival.follow_up import follow_up_table
from sonomics.evaluate.survival.risk_groups import cases_at_risk
from sonomics.evaluate.tables.entries import Sampling
from tests.evaluate.hand_made import A, B, cases_of

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
