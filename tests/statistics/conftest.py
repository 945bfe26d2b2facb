import pandas as pd
import pytest
from hypothesis import settings

from tests.statistics.oracle import Oracle

settings.register_profile("reproducible", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("reproducible")


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture(scope="session")
def paired(oracle: Oracle) -> dict[str, pd.DataFrame]:
    """The paired binary data: all, train and test rows."""
    table = oracle.table("binary_paired")
    return {"all": table, "train": table[table["set"] == "train"], "test": table[table["set"] == "test"]}


@pytest.fixture(scope="session")
def cohort(oracle: Oracle) -> pd.DataFrame:
    """Patients with follow-up, those above the training median of the risk score marked `high`."""
    table = oracle.table("survival")
    return table.assign(high=(table["risk_score"] > oracle["survival.cut_train_median"]).astype(int))
