"""The splits of a study: their order, and their names for people."""

from collections.abc import Iterable

from sonomics.core.schemas import TRAIN

ORDER = (TRAIN, "internal", "external", "prospective")
TITLES = {TRAIN: "Training (out of fold)", "internal": "Internal test", "prospective": "Prospective test"}


def sort_splits(splits: Iterable[str]) -> list[str]:
    """Sort distinct splits in their usual order: training, internal, external 1, 2 ..., prospective."""

    def rank(split: str) -> tuple[int, int]:
        stem, _, number = split.partition("_")
        return ORDER.index(stem), int(number or 0)

    return sorted(set(splits), key=rank)


def split_title(split: str) -> str:
    """Return the name of a split for people."""
    stem, _, number = split.partition("_")
    return TITLES.get(stem, f"External test {number}")
