"""Rules between sections: names that must exist, and the lock on test labels."""

from collections.abc import Iterable

from pydantic import ValidationError

from sonomics.core.errors import StudyError
from sonomics.core.rules import parse
from sonomics.core.schemas import OUTCOME
from sonomics.core.settings.by_task import every_value
from sonomics.core.settings.kinds import group
from sonomics.core.settings.named import named_kinds
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.select import RESERVED
from sonomics.core.settings.task_checks import check_follow_up, check_imports, check_tasks
from sonomics.core.settings.types import broken, moved
from sonomics.core.tasks import SURVIVAL, label_columns

SIMULATED = "sim_"


def check_sections(parameters: Parameters) -> None:
    """Check the rules between the sections of a study.

    Raises
    ------
    pydantic.ValidationError
        From `broken`, with the key at fault.
    """
    _check_names(parameters)
    check_tasks(parameters)
    check_follow_up(parameters)
    check_imports(parameters)
    _check_kinds(parameters)
    _check_outlines(parameters)
    _check_folds(parameters)
    _check_clinical_columns(parameters)
    _check_criteria(parameters)
    _check_heads(parameters)
    _check_injection(parameters)
    _check_label_aware(parameters)


def _check_names(parameters: Parameters) -> None:
    """Check that what a section names is stated in another."""
    families, models, finals = parameters.extract.families, parameters.train.models, parameters.stack.models
    for name, model in models.items():
        _check_listed(getattr(model, "families", ()), families, "extract.families", f"train.models.{name}.families")
    for name, final in finals.items():
        _check_listed(final.of, models, "train.models", f"stack.models.{name}.of")
    for step in parameters.select.all_steps():
        _check_listed(step.families or (), families, "extract.families", f"select.steps, {step.step}.families")
    _check_listed(every_value(parameters.evaluate.primary), finals, "stack.models", "evaluate.primary")
    source = parameters.export.source
    if source not in parameters.export.sources():
        raise broken(f"the source {source} has no section", "add it, see docs/export.md", f"export.{source}")


def _check_listed(names: Iterable[str], known: Iterable[str], section: str, key: str) -> None:
    for name in names:
        if name not in known:
            rule = f"{name} is not in {section} ({', '.join(known) or 'there are none'})"
            raise broken(rule, f"name one of {section}, or add it there", key)


def _check_kinds(parameters: Parameters) -> None:
    """Check what the kinds ask of the other sections."""
    for named in named_kinds(parameters):
        if named.settings is None:
            continue
        try:
            group(named.group).get(named.kind).check(named.settings, parameters)
        except ValidationError as error:
            raise moved(error, named.key) from None


def _check_outlines(parameters: Parameters) -> None:
    """Check that images and outlines that crop asks for are made."""
    crop = parameters.crop
    if crop.pixels == "as_exported" and parameters.clean.overlays != "remove":
        rule = "clean removes no overlays, so that images as exported are those of the main run"
        raise broken(rule, "state clean.overlays: remove, or take crop.pixels out", "crop.pixels")
    copy, copies = crop.analysis.perturbed or 0, crop.perturb.times if crop.perturb else 0
    if copy > copies:
        rule = f"models would see copy {copy} of the outline, and crop.perturb makes {copies}"
        raise broken(rule, "state crop.perturb with as many `times`", "crop.analysis.perturbed")


def _check_clinical_columns(parameters: Parameters) -> None:
    """Check that models and tables may not use a label, an outcome or simulated ground truth."""
    for column in parameters.study.clinical:
        if column in _hidden_columns(parameters):
            raise broken(f"{column} is a label or outcome", "take it out of the list", "study.clinical")
        if column.startswith(SIMULATED):
            raise broken(f"{column} is simulated ground truth", "take it out of the list", "study.clinical")


def _check_folds(parameters: Parameters) -> None:
    """Check that the schemes have names of their own, and that no label divides the patients."""
    folds = parameters.select.folds
    for name, scheme in folds.items() if isinstance(folds, dict) else ():
        key = f"select.folds.{name}"
        if name in RESERVED:
            raise broken(f"{name} is a column of the table of folds", "give the scheme another name", key)
        if scheme.column in _hidden_columns(parameters):
            rule = f"{scheme.column} is a label or outcome, and would divide the patients by it"
            raise broken(rule, "name a column that is known of every patient", f"{key}.column")
        _refuse_simulated(scheme.column or "", f"{key}.column")


def _check_criteria(parameters: Parameters) -> None:
    """Check that a criterion that reads a label is for training rows only."""
    criteria = parameters.clean.criteria
    names = [criterion.name for criterion in criteria]
    for criterion in criteria:
        key = f"clean.criteria, {criterion.name}"
        if names.count(criterion.name) > 1:
            raise broken("two criteria have this name", "rename one of them", key)
        columns = sorted(set(_columns_read(criterion.rule, key)))
        hidden = [column for column in columns if column in _hidden_columns(parameters)]
        if hidden and not criterion.training_only:
            rule = f"the rule reads {hidden[0]}, a label or outcome, and would choose the test cases by it"
            raise broken(rule, "state training_only: true, or take the criterion out", key)
        for column in columns:
            if column.startswith(SIMULATED):
                rule = f"the rule reads {column}, simulated ground truth"
                raise broken(rule, "use a column that a real study has", key)


def _columns_read(rule: str, key: str) -> Iterable[str]:
    try:
        return parse(rule, key).columns
    except StudyError as error:
        raise broken(error.rule, error.fix, key) from None


def _check_heads(parameters: Parameters) -> None:
    """Check that what a case has is known without its label, or counts for training alone."""
    for name, head in parameters.clean.qc.heads.items():
        column, key = head.needs_case or "", f"clean.qc.heads.{name}.needs_case"
        if column in _hidden_columns(parameters) and not head.training_only:
            rule = f"{column} is a label or outcome, and would choose the test images by it"
            raise broken(rule, "state training_only: true next to it, or name another column", key)
        _refuse_simulated(column, key)


def _check_injection(parameters: Parameters) -> None:
    """Check that no frame is chosen by a label."""
    column = parameters.clean.injection.column
    if column in _hidden_columns(parameters):
        rule = f"{column} is a label or outcome, and would choose the frames of test cases by it"
        fix = "name the column that holds seconds from the first frame to the injection"
        raise broken(rule, fix, "clean.injection.column")


def _check_label_aware(parameters: Parameters) -> None:
    for name, rule in parameters.evaluate.label_aware.items():
        key = f"evaluate.label_aware.{name}"
        _check_listed([rule.head], parameters.clean.qc.heads, "clean.qc.heads", key)
        _refuse_simulated(rule.needs_case, key)


def _refuse_simulated(column: str, key: str) -> None:
    if column.startswith(SIMULATED):
        raise broken(f"{column} is simulated ground truth", "name a column that a real study has", key)


def _hidden_columns(parameters: Parameters) -> set[str]:
    """Name the columns that hold labels and outcomes."""
    tasks, outcomes = parameters.study.tasks.values(), parameters.evaluate.outcomes.values()
    of_tasks = {column for task in tasks for column in label_columns(task)}
    return {*OUTCOME, *of_tasks, *(column for outcome in outcomes for column in SURVIVAL.sources(outcome))}
