"""Which tensors of a file may be left over: what comes after a trunk, and never a part of another one."""

import pytest
import torch
from torch import Tensor

from sonomics.core.errors import StudyError
from sonomics.networks.weights.matching import match_by_name

TRUNK = {"blocks.0.weight": torch.zeros(2), "norm.weight": torch.zeros(3)}


def match(prefix: str = "", **more: Tensor) -> list[str]:
    tensors = {prefix + name: tensor for name, tensor in TRUNK.items()} | more
    return list(match_by_name(tensors, prefix, TRUNK, ["blocks", "norm"], "vit").unused)


@pytest.mark.parametrize(
    "name", ["head.weight", "head_dist.bias", "fc.weight", "_fc.bias", "classifier.1.weight", "decoder_blocks.0.weight",
             "mask_token", "aux_logits.fc.weight", "norm.num_batches_tracked"]
)  # fmt: skip
def test_a_classifier_a_decoder_and_a_mask_token_are_left_out(name: str) -> None:
    assert match(**{name: torch.zeros(1)}) == [name]


@pytest.mark.parametrize("name", ["blocks.0.gamma_1", "rel_pos_bias.relative_position_bias_table", "blocks.1.weight"])
def test_a_file_of_another_network_is_refused_though_all_of_this_one_is_filled(name: str) -> None:
    with pytest.raises(StudyError, match=rf"not for vit, which has no {name}.*1 tensors are left"):
        match(**{name: torch.zeros(1)})


def test_modules_outside_the_prefix_are_left_out() -> None:
    assert match("student.", **{"teacher.blocks.0.weight": torch.zeros(1)}) == ["teacher.blocks.0.weight"]
    with pytest.raises(StudyError, match=r"which has no student\.blocks\.0\.gamma_1"):
        match("student.", **{"student.blocks.0.gamma_1": torch.zeros(1)})
