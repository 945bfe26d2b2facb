"""One line for the first broken rule: the key, its line in the file, the rule in plain words, and what to do."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from sonomics.core.errors import StudyError
from sonomics.core.settings.base import Section
from sonomics.core.settings.kinds import Varying
from sonomics.core.settings.lines import line_of
from sonomics.core.settings.parameters import whole
from sonomics.core.settings.types import LIST, MAP, NUMBER, SWITCH, TEXT, is_label, yaml_type

REFERENCE = "see docs/parameters.md"
UNKNOWN = ("extra_forbidden", "invalid_key")
SHOWN = 60
TYPES = {
    "int_type": "a whole number",
    "float_type": NUMBER,
    "finite_number": NUMBER,
    "string_type": f"{TEXT} (quotes make text of it)",
    "bool_type": SWITCH,
    "list_type": LIST,
    "dict_type": MAP,
    "model_type": MAP,
    "model_attributes_type": MAP,
}
LIMITS = {"greater_than": "above", "greater_than_equal": "at least", "less_than": "below", "less_than_equal": "at most"}
COUNTS = {"too_short": "at least", "too_long": "at most"}


class Target(NamedTuple):
    """What a path leads to.

    Attributes
    ----------
    meaning : str
        Description of the key, or of the nearest one above it that has a description.
    section : type of Section
        The section of the key, or that the key is.
    """

    meaning: str
    section: type[Section]


class Place(NamedTuple):
    """Where parameters come from, for messages.

    Attributes
    ----------
    name : str
        Name of the file.
    file : Path or None
        The file itself, in which lines are looked up.
    variant : str
        The variant whose overlay is merged in; "" for none.
    """

    name: str
    file: Path | None = None
    variant: str = ""

    def of(self, path: Sequence[Any]) -> str:
        """Name a key with its line, such as `params.yaml, line 7, crop.margin`."""
        line = line_of(self.file, ["study", "variants", self.variant, *path] if self.variant else path)
        parts = [self.name, line, f"variant {self.variant}" if self.variant else "", ".".join(map(str, path))]
        return ", ".join(filter(None, parts))


def explain(error: ValidationError, params: Any, place: Place) -> StudyError:
    """Put the first broken rule in words; unknown keys come first, missing ones last.

    Parameters
    ----------
    error : ValidationError
        Of the model of all sections.
    params : mapping
        What was validated.
    place : Place
        Where it comes from.
    """
    problem = min(error.errors(), key=_rank)
    path = [part for part in problem["loc"] if not is_label(part) and part != "[key]"]
    if problem["type"] in UNKNOWN:
        known = find_target(params, path[:-1]).section.known_keys()
        near = get_close_matches(str(path[-1]), known, n=1) or known
        fix = f"did you mean {' or '.join(near)}? Else remove it"
        return StudyError(place.of(path[:-1]), f"unknown key {path[-1]}", fix)
    meaning = find_target(params, path).meaning
    if problem["type"] == "missing":
        return StudyError(place.of(path[:-1]), f"the key {path[-1]} is missing", f"add it ({meaning}), {REFERENCE}")
    context = problem.get("ctx", {})
    return StudyError(place.of(path), _in_words(problem), context.get("fix") or f"give what the key means: {meaning}")


def find_target(params: Any, path: Sequence[Any]) -> Target:
    """Follow a path of keys through the models of all sections."""
    return _follow(whole(), (), params, list(path), Target("", whole()))


def _follow(annotation: Any, notes: Sequence[Any], value: Any, path: list[Any], target: Target) -> Target:
    for note in notes:
        if isinstance(note, FieldInfo) and note.description:
            target = target._replace(meaning=note.description)
        if isinstance(note, Varying):
            annotation = note.settings_or_none(value) or annotation
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _follow(arguments[0], arguments[1:], value, path, target)
    if origin in (Union, UnionType):
        return _follow(_branch(arguments, value), (), value, path, target)
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return _into_section(annotation, value, path, target)
    if not path:
        return target
    if origin is dict:
        return _follow(arguments[1], (), _item(value, path[0]), path[1:], target)
    if origin is list:
        return _follow(arguments[0], (), _item(value, path[0]), path[1:], target)
    return target


def _into_section(section: type[Section], value: Any, path: list[Any], target: Target) -> Target:
    target = Target(section.summary(), section)
    if not path or path[0] not in section.known_keys():
        return target
    annotation, notes = section.type_of(path[0])
    return _follow(annotation, notes, _item(value, path[0]), path[1:], target)


def _branch(choices: Sequence[Any], value: Any) -> Any:
    """Pick the type of a union that holds keys, if the value has some."""
    wanted = {MAP: (dict, Section), LIST: (list,)}.get(yaml_type(value), ())
    for choice in choices:
        plain = get_args(choice)[0] if get_origin(choice) is Annotated else choice
        kind = get_origin(plain) or plain
        if isinstance(kind, type) and issubclass(kind, wanted):
            return choice
    return choices[0]


def _item(value: Any, key: Any) -> Any:
    if isinstance(value, Mapping):
        return value.get(key)
    return value[key] if isinstance(value, list) and isinstance(key, int) and key < len(value) else None


def _rank(problem: ErrorDetails) -> int:
    return 0 if problem["type"] in UNKNOWN else 2 if problem["type"] == "missing" else 1


def _in_words(problem: ErrorDetails) -> str:
    kind, context, stated = problem["type"], problem.get("ctx", {}), _shown(problem["input"])
    if kind in TYPES:
        return f"{stated} is not {TYPES[kind]}"
    if kind == "union_tag_invalid":
        types = context["expected_tags"].replace("'<", "").replace(">'", "").split(", ")
        return f"{stated} is not {' or '.join(types)}"
    if kind == "literal_error":
        return f"{stated} is not one of {context['expected']}"
    if kind in LIMITS:
        return f"{stated} is not {LIMITS[kind]} {next(iter(context.values())):g}"
    if kind in COUNTS:
        count = next(count for name, count in context.items() if name in ("min_length", "max_length"))
        return (
            f"{stated} is empty" if not problem["input"] else f"{stated} does not have {COUNTS[kind]} {count} entries"
        )
    if kind == "string_too_short":
        return "the text is empty"
    if kind == "string_pattern_mismatch":
        return f"{stated} does not have the form {context['pattern']}"
    return str(problem["msg"])


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
