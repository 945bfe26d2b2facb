"""How often features are kept when patients are drawn anew."""

import pandas as pd

from sonomics.select.selection.stability import tabulate_frequencies
from sonomics.select.steps.penalised import assign_inner_folds
from tests.select.features import STEPS, resample, table


def test_frequencies_rank_what_tells_above_noise_and_are_the_same_each_time():
    rows, labels = table()
    found = resample(rows, labels, {}, STEPS, seed=1, resamples=6)
    assert found is not None
    assert found["t__second"] > found.filter(like="noise").max()
    assert found.equals(resample(rows, labels, {}, STEPS, seed=1, resamples=6))


def test_shares_of_resamples_are_zero_where_nothing_stayed_and_undefined_where_none_counts():
    rows, labels = table()
    nothing = resample(rows, labels, {}, [{"step": "u_test", "below": 0.0}], seed=1, resamples=2)
    assert nothing is not None
    assert tabulate_frequencies({"all": ["t__first"]}, nothing)["resamples"].tolist() == [0.0]
    assert resample(rows, labels * 0, {}, STEPS, seed=1, resamples=2) is None
    assert tabulate_frequencies({"all": ["t__first"]}, None)["resamples"].isna().all()


def test_both_copies_of_a_patient_drawn_twice_lie_in_one_inner_fold(monkeypatch):
    seen = []

    def watched(rows, *rest):
        patients = list(rows.index.get_level_values("patient"))
        folds = assign_inner_folds(patients, rest[0]["label"].to_numpy(), 3, seed=1)
        seen.append((len(patients), len(set(patients)), pd.Series(folds).groupby(patients).nunique().max()))
        return {"kept": []}

    monkeypatch.setattr("sonomics.select.selection.stability.fit_selection", watched)
    resample(*table(), {}, STEPS, seed=1, resamples=2)
    assert all(rows > patients and folds == 1 for rows, patients, folds in seen)
    assert seen
