"""Simulated readers: their simulated skill, and that each reading hangs on its own names alone."""

import pandas as pd
import pytest
import yaml

from sonomics.core.readings import check_readings
from sonomics.core.schemas import READERS
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import read_table
from sonomics.export.cohort.drafts import draft_simulated
from sonomics.kinds.sources.simulator import Simulator
from sonomics.simulate.cohorts.liver import draft_cohort
from sonomics.simulate.cohorts.readers import SKILL, draft_readings
from tests.conftest import ROOT

SEED = 1


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    return draft_cohort(
        Simulator.partial({"patients": {"train": 5, "internal": 900, "external_1": 30}, "repeat_outlines": 0}), SEED
    )


@pytest.fixture(scope="module")
def drafted(cohort: pd.DataFrame) -> pd.DataFrame:
    return draft_readings(cohort, "recurrence", SEED)


def test_every_reader_reads_every_test_case_in_both_arms(cohort: pd.DataFrame, drafted: pd.DataFrame) -> None:
    tested = set(cohort.loc[cohort["split"] != "train", "case"])
    check_readings(drafted, tested, {"recurrence"}, "drafted")
    first = drafted[drafted["session"] == "1"]
    assert first.groupby(["reader", "arm"])["case"].nunique().tolist() == [930] * 12
    assert drafted.groupby("level")["reader"].nunique().to_dict() == dict.fromkeys(SKILL, 2)
    assert drafted["reader"].str.startswith("sim_").all()
    assert not drafted.duplicated(list(READERS.key)).any()


def test_the_planted_skill_is_what_scores_show(cohort: pd.DataFrame, drafted: pd.DataFrame) -> None:
    risk = cohort.set_index("case")["sim_risk"]
    first = drafted[drafted["session"] == "1"]
    for (level, arm), inside in first.groupby(["level", "arm"]):
        found = inside["score"].rank().corr(inside["case"].map(risk).rank())
        assert found == pytest.approx(SKILL[str(level)][arm == "aided"], abs=0.06)


def test_a_reader_is_nearer_to_itself_than_to_others(drafted: pd.DataFrame) -> None:
    alone = drafted[(drafted["arm"] == "alone")].pivot_table(
        index="case", columns=["reader", "session"], values="score"
    )
    both = alone.dropna()
    within = both[("sim_junior_1", "1")].corr(both[("sim_junior_1", "2")])
    assert within > both[("sim_junior_1", "1")].corr(both[("sim_junior_2", "1")]) + 0.2


def test_a_larger_cohort_changes_no_reading(drafted: pd.DataFrame) -> None:
    more = draft_cohort(
        Simulator.partial({"patients": {"train": 9, "internal": 910, "external_1": 40}, "repeat_outlines": 0}), SEED
    )
    again = draft_readings(more, "recurrence", SEED)
    key = list(READERS.key)
    kept = drafted[key].merge(again, on=key)[list(drafted.columns)]
    pd.testing.assert_frame_equal(kept, drafted)


def test_without_test_cases_there_is_no_reading(cohort: pd.DataFrame) -> None:
    empty = draft_readings(cohort[cohort["split"] == "train"], "recurrence", SEED)
    assert list(empty.columns) == list(READERS.columns)
    assert empty.empty


@pytest.mark.parametrize("study", [".", "studies/smoke"])
def test_the_committed_readings_are_the_drafted_ones(study: str) -> None:
    params = yaml.safe_load((ROOT / study / "params.yaml").read_text())
    drafted = draft_simulated(Parameters.partial(params), ROOT / study).tables["readers"]
    text = (ROOT / study / "data/readers.csv").read_text()
    assert drafted.to_csv(index=False, lineterminator="\n") == text
    assert len(read_table(ROOT / study / "data/readers.csv", READERS)) == len(drafted)
