"""Match the tensors of a file of weights with those of a network, and count those used and not used."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from torch import Tensor

from sonomics.core.errors import StudyError

WHERE = "params.yaml, weights"
# Counts training batches; older files lack it and inference does not need it.
_COUNTER = "num_batches_tracked"
# Modules that come after the trunk, or beside it in pretraining alone; a network may do without them.
_LEFT_OUT = re.compile(r"(head\w*|_?fc|classifier|last_linear|aux\w*|decoder\w*|mask_token)(\.|$)", re.IGNORECASE)
# Weight and bias of the linear classifier, which a file lists last.
_CLASSIFIER = ("weight", "bias")


@dataclass(frozen=True)
class Match:
    """Which tensors of a file fill a network.

    Attributes
    ----------
    used : mapping of str to Tensor
        By their names in the network.
    unused : list of str
        Names in the file of the others, such as its classifier.
    """

    used: Mapping[str, Tensor] = field(default_factory=dict)
    unused: Sequence[str] = ()


def match_by_name(
    tensors: Mapping[str, Tensor],
    prefix: str,
    state: Mapping[str, Tensor],
    children: Sequence[str],
    architecture: str,
) -> Match:
    """Match tensors with a network whose names they have.

    Parameters
    ----------
    tensors : mapping
        Of the file.
    prefix : str
        Removed from every name; a tensor whose name does not begin with it is not used.
    state : mapping
        Tensors of the network without classifier.
    children : sequence of str
        First-level modules of the network, in order. RadImageNet's checkpoints number them
        (`backbone.4.0.conv1.weight` for `layer1.0.conv1.weight`).
    architecture : str
        For the message.

    Raises
    ------
    StudyError
        When a tensor of the network is missing or has another shape, or the file has one that is neither in the network
        nor of a classifier, a decoder or a mask token: a network without relative positions, say, is another network,
        even if all of its own tensors are filled.
    """
    used, unused = {}, []
    for name, tensor in tensors.items():
        bare = _rename(name.removeprefix(prefix), state, children)
        if name.startswith(prefix) and bare in state:
            used[bare] = tensor
        else:
            unused.append(name)
    missing = sorted(name for name in set(state) - set(used) if not name.endswith(_COUNTER))
    reshaped = sorted(name for name, tensor in used.items() if tensor.shape != state[name].shape)
    if missing or reshaped:
        rule = f"the weights are not for {architecture} ({(missing + reshaped)[0]} is missing or has another shape)"
        raise StudyError(WHERE, rule, "set the architecture (and `prefix`) of the file")
    strange = [name for name in unused if name.startswith(prefix) and not _may_be_left_out(name.removeprefix(prefix))]
    if strange:
        rule = f"the weights are not for {architecture}, which has no {strange[0]} ({len(strange)} tensors are left)"
        raise StudyError(WHERE, rule, "set the architecture of the file")
    return Match(used, unused)


def _may_be_left_out(name: str) -> bool:
    return name.endswith(_COUNTER) or _LEFT_OUT.match(name) is not None


def _rename(name: str, state: Mapping[str, Tensor], children: Sequence[str]) -> str:
    first, _, rest = name.partition(".")
    if name not in state and first.isascii() and first.isdecimal() and int(first) < len(children):
        return f"{children[int(first)]}.{rest}"
    return name


def match_in_order(tensors: Mapping[str, Tensor], state: Mapping[str, Tensor], architecture: str) -> Match:
    """Match tensors with a network that lists them in the same order under other names.

    Every pair must agree in shape and in the last part of its name (`weight`, `running_mean`), so that no tensor takes
    the place of another. Only a linear classifier, weight and bias, may follow.

    Parameters
    ----------
    tensors : mapping
        Of the file, in its order.
    state : mapping
        Tensors of the network without classifier, in its order.
    architecture : str
        For the message.

    Raises
    ------
    StudyError
        When a pair does not agree, the file has too few tensors, or others than a classifier follow.
    """
    for (theirs, tensor), (ours, place) in zip(tensors.items(), state.items(), strict=False):
        if tensor.shape != place.shape or _kind(theirs) != _kind(ours):
            found, wanted = f"{theirs} {tuple(tensor.shape)}", f"{ours} {tuple(place.shape)}"
            raise _unlike(architecture, f"{found} is where {wanted} is expected")
    names = list(tensors)
    unused = names[len(state) :]
    if len(names) < len(state):
        raise _unlike(architecture, f"the file has {len(names)} tensors, the network {len(state)}")
    if unused and tuple(map(_kind, unused)) != _CLASSIFIER:
        raise _unlike(architecture, f"{unused[0]} and others follow, which are not one classifier")
    return Match(dict(zip(state, tensors.values(), strict=False)), unused)


def _kind(name: str) -> str:
    return name.rpartition(".")[2]


def _unlike(architecture: str, found: str) -> StudyError:
    rule = f"the weights are not for {architecture}, tensor by tensor: {found}"
    return StudyError(WHERE, rule, "set the architecture of the file, or `match: name`")
