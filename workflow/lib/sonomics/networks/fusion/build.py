"""Build the part of a network that comes before its heads, by what it sees."""

from typing import Any

import torch

from sonomics.core.seeds import seed_for
from sonomics.networks.architectures.backbones import Backbone, Encoder, build
from sonomics.networks.fusion.first_layer import widen_first_layer
from sonomics.networks.fusion.masks import MaskChannel, MaskPooling
from sonomics.networks.fusion.rows import EarlyRows, Rows
from sonomics.networks.weights.load import RANDOM, Weights

# What of the settings of a network is needed to build it again.
BUILT_BY = ("architecture", "size", "weights", "mask", "fusion", "columns")
MASKED = {"none": Backbone, "channel": MaskChannel, "pooling": MaskPooling}


def build_for_rows(network: Any, variables: int, seed: int, weights: Weights = RANDOM) -> Encoder:
    """Build the backbone of a network that sees images one by one, or views joined, or clinical variables beside them.

    Parameters
    ----------
    network : settings
        `architecture`, `size`, `mask`, `fusion` and `columns` of a network.
    variables : int
        Numbers that the clinical columns become.
    seed : int
    weights : Weights
        Every trunk starts from them.

    Returns
    -------
    Encoder
        A `Backbone` where a row is one image alone, else `Rows` or `EarlyRows`.

    Raises
    ------
    StudyError
        From `build` and `widen_first_layer`.
    """
    fusion = network.fusion
    views = len(fusion.views) if fusion else 1
    is_early = fusion is not None and fusion.join == "early"
    separate = views if fusion is not None and fusion.trunks == "separate" else 1
    seeds = [seed, *(seed_for(seed, "trunk", view) for view in range(1, separate))]
    trunks = [_build_masked(network, views if is_early else 1, trunk_seed, weights) for trunk_seed in seeds]
    if fusion is None and not network.columns:
        return trunks[0]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_for(seed, "join"))
        if is_early:
            return EarlyRows(trunks[0], variables)
        return Rows(trunks, views, fusion.join if fusion else "alone", variables)


def _build_masked(network: Any, images: int, seed: int, weights: Weights) -> Backbone:
    trunk = build(network.architecture, seed, weights, network.size).trunk
    widen_first_layer(trunk, images, images if network.mask == "channel" else 0)
    return MASKED[network.mask](trunk, weights).to(memory_format=torch.channels_last)
