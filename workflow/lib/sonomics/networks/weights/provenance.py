"""What starting weights have seen and what their licence allows, against what a study is made of and accepts.

No torch here.
"""

import re
from collections.abc import Collection

from sonomics.core.errors import StudyError
from sonomics.networks.weights.registry import Entry

FREE = "free"
CONTAMINATED, RESTRICTED = "contaminated_weights", "restricted_weights"
# Other names of public data sets, as `_simplify` leaves them -> one name for each.
ALIASES = {
    "otu2d": "mmotu", "mmotu2d": "mmotu", "datasetbusi": "busi", "datasetbusiwithgt": "busi",
    "breastlesionsusg": "breast", "imagenet1k": "imagenet", "imagenet21k": "imagenet", "imagenet22k": "imagenet",
}  # fmt: skip


def name_data(name: str) -> str:
    """Return the one name of a public data set, whatever its case, hyphens, blanks and other names."""
    simple = _simplify(name)
    return ALIASES.get(simple, simple)


def find_seen(entry: Entry, data: Collection[str]) -> list[str]:
    """List which public data sets of a study the weights were trained on, as the study names them."""
    seen = {name_data(name) for name in entry.data}
    return [name for name in data if name_data(name) in seen]


def check_provenance(entry: Entry, data: Collection[str], accepted: Collection[str], where: str) -> None:
    """Stop a study whose own images the weights were trained on, or whose weights not everybody may use.

    Parameters
    ----------
    entry : Entry
    data, accepted : collection of str
        `study.data` and `study.accept`.
    where : str
        Key of params, for messages.

    Raises
    ------
    StudyError
        Unless the study accepts it.
    """
    if CONTAMINATED not in accepted and (seen := find_seen(entry, data)):
        rule = f"the weights {entry.name} were trained on {seen[0]}, of which this study is made (study.data)"
        fix = f"take other weights, or write {CONTAMINATED} into study.accept; the report says so then"
        raise StudyError(where, rule, fix)
    if RESTRICTED not in accepted and entry.use != FREE:
        rule = f"what the licence of the weights {entry.name} ({entry.licence}) allows is {entry.use.replace('_', '-')}"
        fix = (
            f"take other weights, or write {RESTRICTED} into study.accept if you may use them; the report says so then"
        )
        raise StudyError(where, rule, fix)


def _simplify(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
