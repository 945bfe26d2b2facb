"""The folds of a study in words."""

from sonomics.core.settings.select import Scheme, Select
from sonomics.kinds.wording import join_words


def describe_folds(select: Select) -> str:
    """Describe how training patients were divided, in one sentence."""
    schemes = select.schemes()
    if len(schemes) == 1 and (number := _count_random(next(iter(schemes.values())))):
        return f"Training patients were divided once into {number} folds."
    described = [f"{name}: {_describe(scheme)}" for name, scheme in schemes.items()]
    return f"Training patients were divided once by every scheme of folds ({'; '.join(described)})."


def name_cross_validation(select: Select) -> str:
    """Name the cross-validation of the main run, and of the runs that name another scheme."""
    return join_words([_name(scheme) for scheme in select.schemes().values()])


def _describe(scheme: Scheme) -> str:
    if scheme.column is None:
        return f"{scheme.number} folds at random"
    if scheme.leaves_out_values:
        return f"every {scheme.column} left out in turn"
    return f"every {scheme.column} whole in one of {scheme.number} folds"


def _name(scheme: Scheme) -> str:
    if scheme.leaves_out_values:
        return f"leave-one-{scheme.column}-out cross-validation"
    return f"{scheme.number}-fold cross-validation" + (f" by {scheme.column}" if scheme.column else "")


def _count_random(scheme: Scheme) -> int | None:
    return scheme.number if scheme.column is None else None
