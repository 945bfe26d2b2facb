"""The kinds of heads by name."""

from collections.abc import Mapping
from typing import Any

from sonomics.networks.heads.binary import Binary
from sonomics.networks.heads.classes import Nominal, Ordered
from sonomics.networks.heads.hazards import Hazards
from sonomics.networks.heads.head import Head

HEADS: dict[str, type[Head]] = {"binary": Binary, "nominal": Nominal, "ordered": Ordered, "hazards": Hazards}


def build_head(features: int, stated: Mapping[str, Any]) -> Head:
    """Build an untrained head on a number of features, by its `kind` and what else state.json says of it."""
    return HEADS[stated["kind"]].build(features, dict(stated))
