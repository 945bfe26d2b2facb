import pytest


@pytest.fixture(scope="module")
def train(oracle):
    table = oracle.table("features")
    rows = table[table["set"] == "train"]
    names = [column for column in table if column.startswith("x")]
    return rows["y"].to_numpy(), rows[names].to_numpy(), names
