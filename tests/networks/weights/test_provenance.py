"""Weights that have seen a study's own images, or whose use is restricted, stop it unless it accepts that."""

from dataclasses import replace

import pytest

from sonomics.core.errors import StudyError
from sonomics.networks.weights.provenance import CONTAMINATED, RESTRICTED, check_provenance, find_seen, name_data
from sonomics.networks.weights.registry import registry

CLEAN = registry()["resnet18_imagenet"]
SEEN = replace(CLEAN, name="encoder", data=("BUS-BRA", "MMOTU-2D"))


@pytest.mark.parametrize(
    ("one", "other"), [("BUS-BRA", "bus bra"), ("OTU-2D", "MMOTU"), ("BrEaST", "breast-lesions-USG"), ("BUSI", "busi")]
)
def test_a_set_has_one_name(one: str, other: str) -> None:
    assert name_data(one) == name_data(other)


def test_sets_that_sound_alike_are_not_one() -> None:
    assert len({name_data(name) for name in ("BUSI", "BUS-BRA", "BrEaST", "MMOTU", "ImageNet")}) == 5


def test_contaminated_weights_stop_the_study_that_does_not_accept_them() -> None:
    with pytest.raises(StudyError, match=r"encoder were trained on otu2d, .*contaminated_weights into study.accept"):
        check_provenance(SEEN, ["BrEaST", "otu2d"], [RESTRICTED], "params.yaml, weights")
    check_provenance(SEEN, ["BrEaST"], [], "params.yaml, weights")
    check_provenance(SEEN, ["otu2d"], [CONTAMINATED], "params.yaml, weights")
    assert find_seen(SEEN, ["BrEaST", "otu2d"]) == ["otu2d"]


@pytest.mark.parametrize("use", ["non_commercial", "unclear"])
def test_weights_that_not_everybody_may_use_must_be_accepted(use: str) -> None:
    entry = replace(CLEAN, use=use)
    with pytest.raises(StudyError, match=rf"allows is {use.replace('_', '-')}.*restricted_weights"):
        check_provenance(entry, [], [CONTAMINATED], "params.yaml, weights")
    check_provenance(entry, [], [RESTRICTED], "params.yaml, weights")


def test_every_entry_says_what_it_has_seen() -> None:
    assert all(entry.data for entry in registry().values())
