"""Parameters held against the schema, and what the first broken rule means in plain words."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING, Any

from sonomics.core.errors import StudyError

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

SCHEMA = "see workflow/schemas/params.schema.yaml"
KINDS = {
    "object": "a map of keys and values",
    "array": "a list",
    "string": "text (quotes make text of a number)",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def checker(schema: Mapping[str, Any]) -> Callable[[Any, str], None]:
    """Make a function of parameters, and of the name they have in messages, that holds them against a schema.

    Beyond JSON Schema, numbers are finite (YAML has .nan and .inf), a whole number is written without a point, and a
    regular expression (`format: regex`) can be compiled.

    Returns
    -------
    callable
        Raises StudyError naming the key at fault, the rule, and the nearest known key or what the key means.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match
    from jsonschema.validators import extend

    types = Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number).redefine("integer", _is_integer)
    closed = extend(Draft202012Validator, type_checker=types)
    validator = closed(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

    def check(params: Any, where: str) -> None:
        if problem := best_match(validator.iter_errors(params)):
            raise _explained(problem, schema, where)

    return check


def _is_number(_: Any, value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_integer(_: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _explained(problem: "ValidationError", schema: Mapping[str, Any], where: str) -> StudyError:
    rule: Any = problem.schema
    stated: Any = problem.instance
    wanted: Any = problem.validator_value
    path = ".".join(str(part) for part in problem.absolute_path)
    place = f"{where}, {path}" if path else where
    if problem.validator == "additionalProperties":
        known = list(rule.get("properties", {}))
        unknown = next(key for key in stated if key not in known)
        near = get_close_matches(str(unknown), known, n=1) or known
        return StudyError(place, f"unknown key {unknown}", f"did you mean {' or '.join(near)}? Else remove it")
    if problem.validator in ("required", "dependentRequired"):
        keys = wanted if isinstance(wanted, list) else [key for one in wanted if one in stated for key in wanted[one]]
        missing = next(key for key in keys if key not in stated)
        return StudyError(place, f"the key {missing} is missing", f"add it, {SCHEMA}")
    return StudyError(place, _in_words(problem), f"give what the key means: {_meaning(problem, schema)}")


def _in_words(problem: "ValidationError") -> str:
    wanted: Any = problem.validator_value
    if problem.validator == "type":
        kinds = wanted if isinstance(wanted, list) else [wanted]
        stated = "nothing" if problem.instance is None else repr(problem.instance)
        return f"{stated} is not {' or '.join(KINDS[kind] for kind in kinds)}"
    if problem.validator in ("oneOf", "anyOf") and all(set(branch) == {"required"} for branch in wanted):
        branches = " or ".join(" and ".join(branch["required"]) for branch in wanted)
        return f"{'one' if problem.validator == 'oneOf' else 'at least one'} of these must be stated: {branches}"
    if problem.validator == "not" and set(wanted) == {"required"}:
        return f"{' and '.join(wanted['required'])} exclude each other"
    return problem.message


def _meaning(problem: "ValidationError", schema: Mapping[str, Any]) -> str:
    """Find the description nearest to a broken rule; its path passes over references."""
    node: Any = schema
    found = SCHEMA
    for part in problem.absolute_schema_path:
        if isinstance(node, dict) and part not in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
            found = node.get("description", found)
        node = node[part]
        found = node.get("description", found) if isinstance(node, dict) else found
    return found
