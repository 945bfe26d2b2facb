"""The study that another processor computes: what is laid over `studies/smoke` still makes a study."""

import yaml

from sonomics.core.params import check_params
from tests.conftest import ROOT
from tests.test_docs import merged


def test_the_portable_study_is_a_study_of_every_kind_of_task_of_smoke():
    smoke = yaml.safe_load((ROOT / "studies/smoke/params.yaml").read_text())
    laid = yaml.safe_load((ROOT / "benchmarks/portable.yaml").read_text())
    study = merged(smoke, laid) | {"study": merged(smoke["study"], laid["study"]) | {"variants": {"main": {}}}}
    check_params(study)
    assert study["study"]["tasks"] == smoke["study"]["tasks"]
