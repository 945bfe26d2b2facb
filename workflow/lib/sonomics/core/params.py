"""The study as stated in params.yaml: checked, overlaid by a variant, cut to what a job reads."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from sonomics.core.cohort import OUTCOME
from sonomics.core.errors import StudyError
from sonomics.core.rules import parse
from sonomics.core.tasks import label_columns
from sonomics.core.validation import checker

MAIN = "main"
PHASES = ("export", "clean", "crop", "extract", "select", "train", "stack", "evaluate", "report")

# The phases that a variant may change: from `crop` on, and before `evaluate`, whose rules are the same for all.
VARIED = ("crop", "extract", "select", "train", "stack")
# The keys of `study` that it may change; both count from `select` on.
VARIED_STUDY = ("study.shuffle_labels", "study.seed")
# What is made once for all of them, and the maps whose names are files that the whole study plans.
SHARED = ("select.folds",)
NAMED = ("extract.families", "train.models", "stack.models")
# What an inner search may choose, by kind of model.
SEARCHED = {
    "forest": ("trees",),
    "boosting": ("trees", "rate", "depth"),
    "svm": ("cost", "kernel"),
    "logistic": ("cost",),
}

# The keys of a map of `clean` or `evaluate` that name a column of the cohort.
COLUMN_KEYS = ("column", "needs_case", "exam_time", "diagnosis_time")

Params = dict[str, Any]


def check_params(params: Mapping[str, Any], schema: Mapping[str, Any], where: str = "params.yaml") -> None:
    """Check the parameters of a study, and those of each of its variants, against the schema.

    Parameters
    ----------
    params : mapping
        What params.yaml states.
    schema : mapping
        workflow/schemas/params.schema.yaml.
    where : str
        Named in messages.

    Raises
    ------
    StudyError
        Naming the key at fault, the rule, and the nearest known key.
    """
    check = checker(schema)
    check(params, where)
    variants = params["study"]["variants"]
    if variants.get(MAIN) != {}:
        raise StudyError(f"{where}, study.variants", "the variant main must be there and empty", "write `main: {}`")
    for name, overlay in variants.items():
        for key in _dotted(overlay):
            if key not in VARIED_STUDY and (key.split(".")[0] not in VARIED or key in SHARED):
                rule = f"the overlay changes {key}, which all variants share"
                fix = f"change {' or '.join(VARIED_STUDY)} or a key of {', '.join(VARIED)}, or make a study of its own"
                raise StudyError(f"{where}, study.variants.{name}", rule, fix)
            if new := _named_anew(params, key):
                rule = f"the overlay adds {new}, which the study does not have"
                raise StudyError(f"{where}, study.variants.{name}", rule, "change what stands in params.yaml")
        seen = overlaid(params, name)
        check(seen, f"{where}, variant {name}")
        if set(seen["stack"]["models"]) != set(params["stack"]["models"]):
            rule = "the overlay adds or removes a final model"
            fix = "keep the names of stack.models, and change only what each is made `of`"
            raise StudyError(f"{where}, study.variants.{name}", rule, fix)
        _check_references(seen, f"{where}, variant {name}" if name != MAIN else where)


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


def deals_labels(params: Mapping[str, Any], variant: str) -> bool:
    """Tell whether a variant learns from labels that were dealt out at random."""
    return bool(params["study"]["variants"][variant].get("study", {}).get("shuffle_labels"))


def columns_named(params: Mapping[str, Any]) -> dict[str, str]:
    """List the columns of the cohort that `clean` and `evaluate` read beside labels and clinical ones, by their key."""
    clean, evaluate = params["clean"], params["evaluate"]
    named = {f"evaluate.subgroups.{name}": name for name in evaluate.get("subgroups", {})}
    if "treatment" in evaluate:
        named["evaluate.treatment"] = evaluate["treatment"]
    maps = {
        "clean.injection": clean.get("injection", {}),
        "evaluate.serial": evaluate.get("serial", {}),
        "evaluate.borderline": evaluate.get("borderline", {}),
        **{f"clean.qc.heads.{name}": head for name, head in clean["qc"]["heads"].items()},
        **{f"evaluate.label_aware.{name}": rule for name, rule in evaluate.get("label_aware", {}).items()},
        **{f"evaluate.classes.{name}": asked for name, asked in evaluate.get("classes", {}).items()},
    }
    for section, stated in maps.items():
        named |= {f"{section}.{key}": stated[key] for key in COLUMN_KEYS if key in stated}
    for criterion in clean.get("criteria", []):
        if criterion.get("level", "case") == "case":
            key = f"clean.criteria, {criterion['name']}"
            named |= {f"{key}, {column}": column for column in parse(criterion["rule"], key).columns}
    return named


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


def _check_references(params: Mapping[str, Any], where: str) -> None:
    references = [
        ("train.models", "families", "extract.families"),
        ("stack.models", "of", "train.models"),
    ]
    for section, field, target in references:
        phase, kind = section.split(".")
        known = _at(params, target)
        for name, model in params[phase][kind].items():
            for wanted in model.get(field, []):
                if wanted not in known:
                    rule = f"{wanted} is not in {target} ({', '.join(known)})"
                    raise StudyError(
                        f"{where}, {section}.{name}.{field}", rule, f"name one of {target}, or add it there"
                    )
    for name, model in params["train"]["models"].items():
        if model["kind"] == "radscore":
            _check_radscore(params, model["families"][0], f"{where}, train.models.{name}")
        for column in model.get("columns", []):
            if column not in params["study"]["clinical"]:
                rule = f"{column} is not in study.clinical ({', '.join(params['study']['clinical'])})"
                raise StudyError(f"{where}, train.models.{name}.columns", rule, "name one of them, or add it there")
        for key in model.get("search", {}).get("values", {}):
            if key not in SEARCHED[model["kind"]]:
                rule = f"a {model['kind']} model cannot search {key}"
                fix = f"search {' or '.join(SEARCHED[model['kind']])}"
                raise StudyError(f"{where}, train.models.{name}.search.values", rule, fix)
    for step in params["select"]["steps"]:
        for wanted in set(step.get("families", ())) - set(params["extract"]["families"]):
            rule = f"{wanted} is not in extract.families ({', '.join(params['extract']['families'])})"
            raise StudyError(
                f"{where}, select.steps, {step['step']}.families", rule, "name one of them, or add it there"
            )
    if (primary := params["evaluate"]["primary"]) not in params["stack"]["models"]:
        rule = f"{primary} is not in stack.models ({', '.join(params['stack']['models'])})"
        raise StudyError(f"{where}, evaluate.primary", rule, "name one of stack.models")
    if (source := params["export"]["source"]) not in params["export"]:
        rule = f"the source {source} has no section"
        raise StudyError(f"{where}, export.{source}", rule, f"state export.{source}, see docs/export.md")
    if params["crop"].get("pixels") == "as_exported" and params["clean"]["overlays"] != "remove":
        rule = "clean removes no overlays, so that images as exported are those of the main run"
        raise StudyError(f"{where}, crop.pixels", rule, "state clean.overlays: remove, or take crop.pixels out")
    copy, made = params["crop"]["analysis"].get("perturbed", 0), params["crop"].get("perturb", {}).get("times", 0)
    if copy > made:
        rule = f"models would see copy {copy} of the outline, and crop.perturb makes {made}"
        raise StudyError(f"{where}, crop.analysis.perturbed", rule, "state crop.perturb with as many `times`")
    _check_clinical(params, where)
    _check_criteria(params, where)
    _check_heads(params, where)
    _check_injection(params, where)
    _check_label_aware(params, where)


def _check_radscore(params: Mapping[str, Any], family: str, where: str) -> None:
    """Check that the last step for a family gives coefficients, which a radiomics score is made of."""
    last = [step["step"] for step in params["select"]["steps"] if family in step.get("families", [family])][-1:]
    if last not in (["lasso"], ["elastic_net"]):
        rule = f"a radscore takes its coefficients from lasso or elastic_net, and the last step for {family} is another"
        raise StudyError(where, rule, "end select.steps with one of them, or take a logistic model")


def _check_clinical(params: Mapping[str, Any], where: str) -> None:
    """Hold the lock on test labels: what models and tables may use is no label, no outcome and no planted truth."""
    for column in params["study"]["clinical"]:
        if column in _secret(params) or column.startswith("sim_"):
            kind = "a label or outcome" if column in _secret(params) else "planted truth"
            raise StudyError(f"{where}, study.clinical", f"{column} is {kind}", "take it out of the list")


def _check_criteria(params: Mapping[str, Any], where: str) -> None:
    """Hold the lock on test labels: a criterion that reads one must be for training rows only."""
    criteria = params["clean"].get("criteria", [])
    labels = _secret(params)
    names = [criterion["name"] for criterion in criteria]
    for criterion in criteria:
        place = f"{where}, clean.criteria, {criterion['name']}"
        read = set(parse(criterion["rule"], place).columns)
        if names.count(criterion["name"]) > 1:
            raise StudyError(place, "two criteria have this name", "rename one of them")
        if secret := sorted(name for name in read if name in labels and not criterion.get("training_only", False)):
            rule = f"the rule reads {secret[0]}, a label or outcome, and would choose the test cases by it"
            raise StudyError(place, rule, "state training_only: true, or take the criterion out")
        if planted := sorted(name for name in read if name.startswith("sim_")):
            raise StudyError(place, f"the rule reads {planted[0]}, planted truth", "use a column that a real study has")


def _check_heads(params: Mapping[str, Any], where: str) -> None:
    """Hold the lock on test labels: what a case has must be known without its label, or count for training alone."""
    for name, head in params["clean"]["qc"]["heads"].items():
        column, place = head.get("needs_case", ""), f"{where}, clean.qc.heads.{name}.needs_case"
        if column in _secret(params) and not head.get("training_only", False):
            rule = f"{column} is a label or outcome, and would choose the test images by it"
            raise StudyError(place, rule, "state training_only: true beside it, or name another column")
        if column.startswith("sim_"):
            raise StudyError(place, f"{column} is planted truth", "name a column that a real study has")


def _check_injection(params: Mapping[str, Any], where: str) -> None:
    """Hold the lock on test labels: no frame is chosen by one."""
    column, place = params["clean"].get("injection", {}).get("column", ""), f"{where}, clean.injection.column"
    if column in _secret(params):
        rule = f"{column} is a label or outcome, and would choose the frames of test cases by it"
        raise StudyError(place, rule, "name the column that holds seconds from the first frame to the injection")


def _check_label_aware(params: Mapping[str, Any], where: str) -> None:
    heads = params["clean"]["qc"]["heads"]
    for name, rule in params["evaluate"].get("label_aware", {}).items():
        place = f"{where}, evaluate.label_aware.{name}"
        if rule["head"] not in heads:
            broken = f"{rule['head']} is not in clean.qc.heads ({', '.join(heads) or 'there are none'})"
            raise StudyError(place, broken, "name one of clean.qc.heads")
        if rule["needs_case"].startswith("sim_"):
            raise StudyError(place, f"{rule['needs_case']} is planted truth", "name a column that a real study has")


def _secret(params: Mapping[str, Any]) -> set[str]:
    """Name the columns that hold labels and outcomes."""
    return {*OUTCOME, *(column for task in params["study"]["tasks"].values() for column in label_columns(task))}


def _at(params: Mapping[str, Any], key: str) -> Any:
    value: Any = params
    for part in key.split("."):
        value = value[part]
    return value
