import pytest

NUMBERS = ["age", "ca125", "size_mm"]


@pytest.fixture(params=NUMBERS)
def variable(request, paired):
    rows = paired["all"]
    return request.param, *(rows.loc[rows["y"] == y, request.param] for y in (0, 1))
