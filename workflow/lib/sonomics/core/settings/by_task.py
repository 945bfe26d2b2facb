"""Values that hold for all tasks, or for each by its name or its kind."""

from collections.abc import Iterable, Mapping
from typing import TypeVar, cast

from sonomics.core.settings.tasks import Task

T = TypeVar("T")


def of_task(value: T | Mapping[str, T], name: str, task: Task) -> T:
    """Return what holds for a task.

    Parameters
    ----------
    value : any, or mapping
        One value for all tasks, or a map by the name of a task or the kind of several; the name counts first.
    name : str
        Of the task.
    task : Task
    """
    if not isinstance(value, Mapping):
        return value
    return cast(T, value[name] if name in value else value[task.type])


def every_value(value: T | Mapping[str, T]) -> list[T]:
    """List the values of all tasks."""
    return list(value.values()) if isinstance(value, Mapping) else [value]


def find_fault(value: object, tasks: Mapping[str, Task], kinds: Iterable[str]) -> str:
    """Say what is wrong with a map by task or kind; "" when nothing is."""
    if not isinstance(value, Mapping):
        return ""
    known = [*tasks, *kinds]
    if strange := [name for name in value if name not in known]:
        return f"{strange[0]} is neither a task nor a kind of task ({', '.join(known)})"
    without = [name for name, task in tasks.items() if name not in value and task.type not in value]
    return f"the task {without[0]} has no value" if without else ""
