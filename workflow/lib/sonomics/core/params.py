"""The study as stated in params.yaml: checked, filled with defaults, overlaid by a variant, cut to what a job reads."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sonomics.core.errors import StudyError
from sonomics.core.rules import parse
from sonomics.core.settings.parameters import Parameters, whole
from sonomics.core.settings.select import RANDOM

if TYPE_CHECKING:
    from sonomics.core.settings.messages import Place

MAIN = "main"
PHASES = ("export", "clean", "crop", "extract", "select", "train", "stack", "evaluate", "report")

# The phases that a variant may change: from `crop` on, and before `evaluate`, whose rules are the same for all.
VARIED = ("crop", "extract", "select", "train", "stack")
# The keys of `study` that it may change; both count from `select` on.
VARIED_STUDY = ("study.shuffle_labels", "study.seed")
# The folds are made once for all of them: a variant names one of their schemes. The maps whose names are files that the
# whole study plans.
FOLDS = "select.folds"
NAMED = ("extract.families", "train.models", "stack.models")

Params = dict[str, Any]


def check_params(params: Mapping[str, Any], where: str = "params.yaml", file: Path | None = None) -> None:
    """Check the parameters of a study, and those of each of its variants.

    Parameters
    ----------
    params : mapping
        What params.yaml states.
    where : str
        Name of the file in messages.
    file : Path, optional
        The file, in which the line of a key is looked up.

    Raises
    ------
    StudyError
        Naming the key at fault and its line, the rule, and the nearest known key or what the key means.
    """
    from sonomics.core.settings.messages import Place

    _validate(params, Place(where, file))
    if isinstance(folds := params["select"]["folds"], str):
        rule = f"{folds!r} is the name of a scheme, and the main run states the schemes"
        fix = f"state the number of cross-validation folds, or schemes (`{folds}: {{column: centre}}`)"
        raise StudyError(Place(where, file).of(("select", "folds")), rule, fix)
    variants, key = params["study"]["variants"], ("study", "variants")
    if variants.get(MAIN) != {}:
        raise StudyError(Place(where, file).of(key), "the variant main must be there and empty", "write `main: {}`")
    for name, overlay in variants.items():
        place = Place(where, file).of((*key, name))
        _check_overlay(params, overlay, place)
        _check_shuffled(params, name, place)
        varied, of_variant = overlaid(params, name), Place(where, file, name if name != MAIN else "")
        _validate(varied, of_variant)
        if set(varied["stack"]["models"]) != set(params["stack"]["models"]):
            rule = "the overlay adds or removes a final model"
            raise StudyError(place, rule, "keep the names of stack.models, and change only what each is made `of`")
        _check_together(params, varied, place)
        _check_sections(varied, of_variant)


def fill(params: Mapping[str, Any]) -> Params:
    """Return valid parameters with every default; keys that have none and are not stated stay absent."""
    return Parameters.partial(params).plain()


def overlaid(params: Mapping[str, Any], variant: str) -> Params:
    """Return the parameters as a variant sees them; the input is left alone.

    The overlay is merged key by key; a map (a model, say) that it sets to null is taken out.
    """
    result = deepcopy(dict(params))
    _merge(result, params["study"]["variants"][variant])
    return result


def home(params: Mapping[str, Any], variant: str, phase: str) -> str:
    """Name the variant whose folder holds what a phase makes for `variant`.

    A variant shares the main run's files up to the first phase that its overlay touches.
    """
    overlay = params["study"]["variants"][variant]
    upstream = PHASES[: PHASES.index(phase) + 1]
    touched = set(overlay) & set(upstream)
    learns = bool(overlay.get("study")) and PHASES.index(phase) >= PHASES.index("select")
    return variant if touched or learns else MAIN


def scheme_of(params: Mapping[str, Any], variant: str) -> str:
    """Name the scheme of folds of a variant: the one that its overlay names, else that of the main run, the first."""
    named = params["study"]["variants"][variant].get("select", {}).get("folds")
    if named is not None:
        return str(named)
    folds = params["select"]["folds"]
    return RANDOM if isinstance(folds, int) else str(next(iter(folds)))


def deals_labels(params: Mapping[str, Any], variant: str) -> bool:
    """Tell whether a variant learns from labels that were permuted at random."""
    return bool(params["study"]["variants"][variant].get("study", {}).get("shuffle_labels"))


def columns_named(parameters: Parameters) -> dict[str, str]:
    """List the columns of the cohort that clean and evaluate read besides labels and clinical ones, by their key."""
    clean, evaluate = parameters.clean, parameters.evaluate
    named: dict[str, str | None] = {f"evaluate.subgroups.{name}": name for name in evaluate.subgroups}
    named |= {"evaluate.treatment": evaluate.treatment, "clean.injection.column": clean.injection.column}
    if evaluate.serial:
        named["evaluate.serial.exam_time"] = evaluate.serial.exam_time
        named["evaluate.serial.diagnosis_time"] = evaluate.serial.diagnosis_time
    if evaluate.borderline:
        named["evaluate.borderline.column"] = evaluate.borderline.column
    for name, outcome in evaluate.outcomes.items():
        columns = {"time": outcome.time, "event": outcome.event, "origin": outcome.origin}
        named |= {f"evaluate.outcomes.{name}.{key}": column for key, column in columns.items()}
    named |= {f"clean.qc.heads.{name}.needs_case": head.needs_case for name, head in clean.qc.heads.items()}
    named |= {f"evaluate.label_aware.{name}.needs_case": rule.needs_case for name, rule in evaluate.label_aware.items()}
    named |= {f"evaluate.classes.{name}.column": question.column for name, question in evaluate.classes.items()}
    for criterion in clean.criteria:
        if criterion.level == "case":
            key = f"clean.criteria, {criterion.name}"
            named |= {f"{key}, {column}": column for column in parse(criterion.rule, key).columns}
    return {key: column for key, column in named.items() if column is not None}


def pick(params: Mapping[str, Any], keys: Iterable[str]) -> Params:
    """Cut parameters down to dotted keys, keeping their nesting.

    Raises
    ------
    KeyError
        When a key is not there.
    """
    picked: Params = {}
    for key in keys:
        source: Any = params
        target = picked
        *sections, last = key.split(".")
        for section in sections:
            source = source[section]
            target = target.setdefault(section, {})
        target[last] = deepcopy(source[last])
    return picked


def _validate(params: Mapping[str, Any], place: "Place") -> None:
    from sonomics.core.settings.messages import explain

    try:
        whole().model_validate(params)
    except ValidationError as error:
        raise explain(error, params, place) from None


def _check_sections(params: Mapping[str, Any], place: "Place") -> None:
    from sonomics.core.settings.checks import check_sections
    from sonomics.core.settings.messages import explain

    try:
        check_sections(Parameters.partial(params))
    except ValidationError as error:
        raise explain(error, params, place) from None


def _check_overlay(params: Mapping[str, Any], overlay: Mapping[str, Any], place: str) -> None:
    for key in _dotted(overlay):
        if key == FOLDS and isinstance(overlay["select"]["folds"], str):
            _check_scheme(params, overlay, place)
            continue
        if key not in VARIED_STUDY and (key.split(".")[0] not in VARIED or f"{key}.".startswith(f"{FOLDS}.")):
            rule = f"the overlay changes {key}, which all variants share"
            fix = f"change {' or '.join(VARIED_STUDY)} or a key of {', '.join(VARIED)}, or make a study of its own"
            raise StudyError(place, rule, fix)
        if new := _named_anew(params, key):
            rule = f"the overlay adds {new}, which the study does not have"
            raise StudyError(place, rule, "change what stands in params.yaml")


def _check_together(params: Mapping[str, Any], varied: Mapping[str, Any], place: str) -> None:
    """Check that a variant leaves alone which tasks a network learns together: its files depend on them."""
    for name, model in varied["train"]["models"].items():
        stated = params["train"]["models"][name]
        is_joint = "together" in stated
        if is_joint != ("together" in model) or (is_joint and stated.get("tasks") != model.get("tasks")):
            rule = f"the overlay changes which tasks {name} learns together"
            fix = f"state a further network in train.models, and leave {name} out here (`{name}: null`)"
            raise StudyError(place, rule, fix)


def _check_scheme(params: Mapping[str, Any], overlay: Mapping[str, Any], place: str) -> None:
    """Check that the study has the scheme of folds that an overlay names."""
    named, folds = overlay["select"]["folds"], params["select"]["folds"]
    schemes = (RANDOM,) if isinstance(folds, int) else tuple(folds)
    if named not in schemes:
        rule = f"the overlay names the folds {named}, and select.folds has {', '.join(schemes)}"
        raise StudyError(place, rule, f"name one of these, or add `{named}: {{column: ...}}` to select.folds")


def _check_shuffled(params: Mapping[str, Any], variant: str, place: str) -> None:
    """Check that labels are shuffled within random folds: within a centre they would keep its share of positives."""
    folds, scheme = params["select"]["folds"], scheme_of(params, variant)
    column = None if isinstance(folds, int) else folds[scheme].get("column")
    shuffles = params["study"]["shuffle_labels"] or deals_labels(params, variant)
    if shuffles and column is not None:
        rule = (
            f"labels are shuffled within folds, and the folds {scheme} are by {column}, which keeps what {column} tells"
        )
        fix = "name a random scheme for this run, `select: {folds: random}` with `random: {number: 5}` in select.folds"
        raise StudyError(place, rule, fix)


def _merge(target: Params, overlay: Mapping[str, Any]) -> None:
    for key, value in overlay.items():
        if isinstance(value, Mapping) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        elif value is None and isinstance(target.get(key), dict):
            del target[key]
        else:
            target[key] = deepcopy(value)


def _dotted(overlay: Mapping[str, Any], prefix: str = "") -> Iterable[str]:
    for key, value in overlay.items():
        if isinstance(value, Mapping) and value:
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def _named_anew(params: Mapping[str, Any], key: str) -> str:
    """Name the family or model that an overlay's key would add; "" when it adds none."""
    for section in NAMED:
        name = key.removeprefix(f"{section}.").split(".")[0]
        if key.startswith(f"{section}.") and name not in _at(params, section):
            return f"{section}.{name}"
    return ""


def _at(params: Mapping[str, Any], key: str) -> Any:
    value: Any = params
    for part in key.split("."):
        value = value[part]
    return value
