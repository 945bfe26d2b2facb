"""Rules between tasks and what serves them: steps, models, final models, thresholds."""

from collections.abc import Mapping

from sonomics.core.schemas import IDENTITY, OPTIONAL, SIMULATED
from sonomics.core.settings.by_task import find_fault
from sonomics.core.settings.kinds import group
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.tasks import Task
from sonomics.core.settings.train import Model, Train
from sonomics.core.settings.types import broken


def tasks_of_model(tasks: Mapping[str, Task], model: Model) -> list[str]:
    """List the tasks that a base model is trained for: those that it names, else all whose kind it serves.

    Parameters
    ----------
    tasks : mapping
        `study.tasks`.
    model : Model
        One of `train.models`.
    """
    kind = group("models").get(model.kind)
    return [name for name, task in tasks.items() if name in (model.tasks or tasks) and kind.serves_task(task)]


def tasks_of_final(tasks: Mapping[str, Task], train: Train, bases: list[str]) -> list[str]:
    """List the tasks of a final model: those that every one of its base models is trained for.

    Parameters
    ----------
    tasks : mapping
        `study.tasks`.
    train : Train
    bases : list of str
        `of` of the final model.
    """
    trained = [tasks_of_model(tasks, train.models[base]) for base in bases]
    return [name for name in tasks if all(name in names for names in trained)]


def check_tasks(parameters: Parameters) -> None:
    """Check that every task has steps, models, a primary final model and a threshold that serve its kind.

    Raises
    ------
    pydantic.ValidationError
        From `broken`, with the key at fault.
    """
    _check_maps(parameters)
    _check_models(parameters)
    for name, task in parameters.study.tasks.items():
        for step in parameters.select.steps_of(name, task):
            _check_served("steps", step.step, name, task, "select.steps")
        _check_served("calibrations", parameters.stack.calibration_of(name, task), name, task, "stack.calibration")
        _check_served("thresholds", parameters.stack.threshold_of(name, task), name, task, "stack.threshold")
        _check_primary(parameters, name, task)
        _check_stack(parameters, name, task)


def check_follow_up(parameters: Parameters) -> None:
    """Check the outcomes that no model learns, and which scores are judged by which outcome.

    Raises
    ------
    pydantic.ValidationError
        From `broken`, with the key at fault: an outcome named as a task is, or of columns that are no follow-up; an
        outcome in `evaluate.follow_up` that is not a survival one, or a task there that is not a binary one.
    """
    tasks, outcomes = parameters.study.tasks, parameters.evaluate.outcomes
    for name, outcome in outcomes.items():
        if name in tasks:
            raise broken(f"{name} is a task too", "give the outcome another name", f"evaluate.outcomes.{name}")
        for column in (outcome.time, outcome.event, outcome.origin):
            if column in (*IDENTITY, *OPTIONAL) or (column or "").startswith(SIMULATED):
                fix = "name the columns of the follow-up"
                raise broken(f"{column} is not a follow-up", fix, f"evaluate.outcomes.{name}")
    survival = [*outcomes, *(name for name, task in tasks.items() if task.type == "survival")]
    binary = [name for name, task in tasks.items() if task.type == "binary"]
    for name, judged in parameters.evaluate.follow_up.items():
        key = f"evaluate.follow_up.{name}"
        if name not in survival:
            known = ", ".join(survival) or "there are none"
            rule = f"{name} is neither a survival task nor in evaluate.outcomes ({known})"
            raise broken(rule, "name one of these, or add it to evaluate.outcomes", key)
        if strange := [task for task in judged if task not in binary]:
            rule = f"{strange[0]} is not a binary task ({', '.join(binary) or 'there are none'})"
            raise broken(rule, "name tasks whose scores are of a positive label", key)


def check_imports(parameters: Parameters) -> None:
    """Check that models from elsewhere answer tasks of the study, and state no end or cutoff of classes.

    Raises
    ------
    pydantic.ValidationError
        From `broken`, with the key at fault.
    """
    tasks, evaluate = parameters.study.tasks, parameters.evaluate
    for name, settings in evaluate.external_models.items():
        key = f"evaluate.external_models.{name}"
        if strange := [task for task in settings.tasks or () if task not in tasks]:
            rule = f"{strange[0]} is not in study.tasks ({', '.join(tasks)})"
            raise broken(rule, "name one of study.tasks, or add it there", f"{key}.tasks")
        answered = [task for task in tasks if name in evaluate.imports_of(task, tasks)]
        of_classes = [task for task in answered if tasks[task].type == "classes"]
        stated = [part for part in ("positive", "cutoff") if getattr(settings, part) is not None]
        if of_classes and stated:
            rule = f"{of_classes[0]} is a task of several classes, which has no positive end and no cutoff"
            raise broken(rule, "take it out, or state the model once for each kind of task", f"{key}.{stated[0]}")


def _check_maps(parameters: Parameters) -> None:
    tasks, kinds = parameters.study.tasks, group("tasks").names()
    if both := [name for name in tasks if name in kinds and len(tasks) > 1]:
        rule = f"the task {both[0]} has the name of a kind of task"
        raise broken(rule, "give it another name", f"study.tasks.{both[0]}")
    maps = {
        "select.steps": parameters.select.steps,
        "stack.calibration": parameters.stack.calibration,
        "stack.threshold": parameters.stack.threshold,
        "evaluate.primary": parameters.evaluate.primary,
    }
    for key, value in maps.items():
        if fault := find_fault(value, tasks, kinds):
            raise broken(fault, "give every task its own, or every kind of task one", key)


def _check_models(parameters: Parameters) -> None:
    tasks = parameters.study.tasks
    for name, model in parameters.train.models.items():
        key, kind = f"train.models.{name}", group("models").get(model.kind)
        serves = kind.serves
        for task in model.tasks or ():
            if task not in tasks:
                rule = f"{task} is not in study.tasks ({', '.join(tasks)})"
                raise broken(rule, "name one of study.tasks, or add it there", f"{key}.tasks")
            if tasks[task].type not in serves:
                rule = f"a model of the kind {model.kind} cannot learn the {tasks[task].type} task {task}"
                raise broken(rule, f"name tasks of the kind {' or '.join(serves)}", f"{key}.tasks")
            if not kind.serves_task(tasks[task]):
                rule = f"a model of the kind {model.kind} needs ordered classes, and those of {task} are not ordered"
                fix = f"state `ordered: true` in study.tasks.{task} if their order has a meaning, or take {task} out"
                raise broken(rule, fix, f"{key}.tasks")
        _check_measure(tasks, model, f"{key}.search.measure")
        if not tasks_of_model(tasks, model):
            rule = f"a model of the kind {model.kind} serves none of the tasks"
            wanted = f"{'ordered ' if kind.needs_order else ''}{' or '.join(serves)}"
            raise broken(rule, f"add a task of the kind {wanted}, or take the model out", key)
    for name, final in parameters.stack.models.items():
        if not tasks_of_final(tasks, parameters.train, final.of):
            rule = f"no task is learned by all of {', '.join(final.of)}"
            raise broken(rule, "combine models of one task", f"stack.models.{name}.of")


def _check_measure(tasks: Mapping[str, Task], model: Model, key: str) -> None:
    """Check that the measure of a search is one of each task that the model learns, and of what it predicts."""
    measure = getattr(getattr(model, "search", None), "measure", None)
    if measure is None:
        return
    for name in tasks_of_model(tasks, model):
        is_followed = tasks[name].type == "survival"
        if (measure == "c_index") != is_followed:
            rule = f"{measure} does not measure the {tasks[name].type} task {name}"
            raise broken(rule, f"choose {'c_index' if is_followed else 'auc or log_loss'}, or leave measure out", key)
    if measure == "log_loss" and not group("models").get(model.kind).gives_probabilities:
        rule = f"a model of the kind {model.kind} gives no probabilities, which a log loss needs"
        raise broken(rule, "choose auc", key)


def _check_served(group_name: str, kind: str, name: str, task: Task, key: str) -> None:
    serves = group(group_name).get(kind).serves
    if task.type not in serves:
        others = [other for other in group(group_name).names() if task.type in group(group_name).get(other).serves]
        rule = f"{kind} is for tasks of the kind {' or '.join(serves)}, and {name} is of the kind {task.type}"
        raise broken(rule, f"state a map by kind of task; of this kind there are {', '.join(others)}", key)


def _check_stack(parameters: Parameters, name: str, task: Task) -> None:
    """Check that the pools and the combinations of a task's final models serve its kind."""
    needed = group("tasks").get(task.type).needs_of_stack
    finals = parameters.stack.models.items()
    for final, settings in parameters.stack.models.items():
        if name in tasks_of_final(parameters.study.tasks, parameters.train, settings.of):
            key = f"stack.models.{final}.pool" if settings.pool else "stack.pool"
            _check_served("pools", parameters.stack.pool_of(final), name, task, key)
            _check_probabilities(parameters, final, key)
    chosen = {
        f"stack.models.{final}.weights": ("combinations", settings.weights)
        for final, settings in finals
        if name in tasks_of_final(parameters.study.tasks, parameters.train, settings.of)
    }
    for key, (group_name, kind) in chosen.items() if needed else ():
        if not getattr(group(group_name).get(kind), needed):
            others = [other for other in group(group_name).names() if getattr(group(group_name).get(other), needed)]
            rule = f"{kind} is not for tasks of the kind {task.type}, and {name} is one"
            raise broken(rule, f"choose {' or '.join(others)}", key)


def _check_probabilities(parameters: Parameters, final: str, key_of_pool: str) -> None:
    """Check that the base models of a final model give probabilities, where its pool or its weights need them."""
    settings, pool = parameters.stack.models[final], parameters.stack.pool_of(final)
    is_given = group("combinations").get(settings.weights).takes_as_given and len(settings.of) > 1
    if not (is_given or group("pools").get(pool).needs_probabilities):
        return
    models = parameters.train.models
    without = [base for base in settings.of if not group("models").get(models[base].kind).gives_probabilities]
    if without:
        what, key = (
            (f"weights: {settings.weights}", f"stack.models.{final}.weights") if is_given else (pool, key_of_pool)
        )
        rule = f"{what} needs probabilities, and {without[0]} of {final} gives distances"
        raise broken(rule, "choose another, or a model that gives probabilities", key)


def _check_primary(parameters: Parameters, name: str, task: Task) -> None:
    primary, finals = parameters.evaluate.primary_of(name, task), parameters.stack.models
    if primary in finals and name not in tasks_of_final(parameters.study.tasks, parameters.train, finals[primary].of):
        serving = [
            final
            for final, settings in finals.items()
            if name in tasks_of_final(parameters.study.tasks, parameters.train, settings.of)
        ]
        rule = f"{primary} has a base model that is not trained for the task {name}"
        named = f"name {' or '.join(serving)} for it" if serving else "add a final model of models that are"
        raise broken(rule, f"{named}, in a map by task or kind of task", "evaluate.primary")
