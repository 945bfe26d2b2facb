"""What each phase depends on, as dvc.yaml states it too: its code, its parameters, and the defaults that it takes."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).parents[2]
PACKAGE = "sonomics"
TABLES = (".csv", ".yaml")

# The library packages whose code a phase runs.
CODE = {
    "export": ("core", "imaging", "simulate", "export"),
    "clean": ("core", "imaging", "networks", "statistics", "clean"),
    "crop": ("core", "imaging", "crop"),
    "extract": ("core", "networks", "texture", "extract"),
    "select": ("core", "statistics", "select"),
    "train": ("core", "networks", "statistics", "train"),
    "stack": ("core", "statistics", "stack"),
    "evaluate": ("core", "statistics", "evaluate"),
    "report": ("core", "kinds", "networks", "report"),
}
# Described elsewhere (params, defaults.yaml), so that a changed description reruns no job ...
DECLARATIONS = ("core.settings", "kinds")
# ... but that of the page, which is written in the words of the kinds.
WORDED = {"report": "kinds"}
# What every fit reads of the study.
LEARNING = ("study.seed", "study.tasks", "study.clinical", "study.shuffle_labels")
# The parameters that a phase may read, as dvc.yaml tracks them. Run alone, a phase is shown nothing else.
PARAMS = {
    "export": ("study.seed", "study.chunks", "study.threads", "study.portable", "export"),
    "clean": (
        "study.seed",
        "study.chunks",
        "study.threads",
        "study.portable",
        "study.tasks",
        "select.folds",
        "clean",
    ),
    "crop": ("study.seed", "study.chunks", "study.threads", "study.portable", "study.variants", "crop"),
    "extract": ("study.seed", "study.chunks", "study.threads", "study.portable", "study.variants", "extract"),
    "select": (
        "study.seed",
        "study.chunks",
        "study.threads",
        "study.portable",
        "study.tasks",
        "study.clinical",
        "study.shuffle_labels",
        "study.variants",
        "crop.analysis",
        "extract.families",
        "select",
    ),
    "train": (
        "study.seed",
        "study.chunks",
        "study.threads",
        "study.portable",
        "study.tasks",
        "study.clinical",
        "study.shuffle_labels",
        "study.variants",
        "crop.analysis",
        "select.folds",
        "train",
    ),
    "stack": (
        "study.seed",
        "study.threads",
        "study.portable",
        "study.tasks",
        "study.clinical",
        "study.shuffle_labels",
        "study.variants",
        "select.folds",
        "train.models",
        "stack",
    ),
    "evaluate": (
        "study.seed",
        "study.threads",
        "study.portable",
        "study.tasks",
        "study.clinical",
        "study.shuffle_labels",
        "study.variants",
        "export.source",
        "select.folds",
        "train.models",
        "stack.models",
        "evaluate",
    ),
    "report": ("study", "export", "clean", "crop", "extract", "select", "train", "stack", "evaluate", "report"),
}
# One import of the library: the module, and what is taken from it, which may be modules too.
_IMPORT = re.compile(
    rf"^[ \t]*(?:from[ ]+({PACKAGE}[\w.]*)[ ]+import[ ]+(\([^)]*\)|[^\n]*)|import[ ]+({PACKAGE}[\w.]*))", re.MULTILINE
)


@cache
def code_of(phase: str) -> list[str]:
    """List the modules that a phase runs and the tables that they read, seen from the current directory.

    These are all files of the phase itself, and of other packages the modules that it imports, directly or not.
    """
    own = LIBRARY / PACKAGE / phase
    modules = _imported(own.rglob("*.py")) | _worded(phase)
    folders = {module.parent for module in modules}
    beside = [file for folder in folders for file in folder.iterdir() if file.suffix in TABLES]
    below = [file for file in own.rglob("*") if file.suffix in TABLES]
    return sorted(os.path.relpath(file) for file in {*modules, *beside, *below})


def packages_of(phase: str) -> set[str]:
    """Name the packages that a phase imports from, its own among them."""
    modules = _imported((LIBRARY / PACKAGE / phase).rglob("*.py")) | _worded(phase)
    return {module.relative_to(LIBRARY / PACKAGE).parts[0] for module in modules} - {"__init__.py"}


def defaults_of(phase: str, defaults: Mapping[str, Any]) -> list[str]:
    """List the keys of workflow/schemas/defaults.yaml that a phase takes values from."""
    return [key for key in PARAMS[phase] if _at(defaults, key)]


def _worded(phase: str) -> set[Path]:
    """List the declarations whose words a phase writes."""
    return set((LIBRARY / PACKAGE / WORDED[phase]).rglob("*.py")) if phase in WORDED else set()


def _imported(modules: Iterable[Path]) -> set[Path]:
    """Follow the imports of modules through the library, except into declarations."""
    ahead, seen = list(modules), set[Path]()
    while ahead:
        module = ahead.pop()
        if module not in seen:
            seen.add(module)
            ahead += _imports(module)
    return seen


@cache
def _imports(module: Path) -> tuple[Path, ...]:
    names = (name for match in _IMPORT.finditer(module.read_text(encoding="utf-8")) for name in _names(match))
    return tuple(dict.fromkeys(file for name in names for file in _files(name)))


def _names(match: re.Match[str]) -> Iterator[str]:
    """Yield the modules that an import may load."""
    base = match[1] or match[3]
    yield base
    for part in re.findall(r"\w+", (match[2] or "").partition("#")[0]):
        yield f"{base}.{part}"


@cache
def _files(name: str) -> tuple[Path, ...]:
    """List the file of a module and those of the packages that hold it; none for a declaration."""
    parts = name.split(".")
    if name not in _modules() or ".".join(parts[1:]).startswith(DECLARATIONS):
        return ()
    return tuple(_modules()[".".join(parts[:depth])] for depth in range(2, len(parts) + 1))


@cache
def _modules() -> dict[str, Path]:
    """Name the modules of the library."""
    names = {}
    for file in (LIBRARY / PACKAGE).rglob("*.py"):
        parts = file.relative_to(LIBRARY).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return names


def _at(values: Mapping[str, Any], key: str) -> Any:
    value: Any = values
    for part in key.split("."):
        value = value.get(part, {}) if isinstance(value, Mapping) else {}
    return value
