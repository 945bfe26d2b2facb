import pytest

SETS = [("model_a", "all"), ("model_b", "all"), ("model_a", "test")]


@pytest.fixture(params=SETS, ids=lambda pair: "_".join(pair))
def predicted(request, paired):
    model, part = request.param
    return f"calibration.{model}_{part}", paired[part]["y"], paired[part][model]
