"""What a command may import before it knows its work: budgets in modules, because seconds depend on the machine."""

import subprocess
import sys
from importlib import import_module

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from sonomics.cli import VERBS, load_verb

ARRAYS = {"numpy", "pandas", "pyarrow"}
NUMERICS = {"scipy", "sklearn", "statsmodels", "lifelines", "numba", "cv2", "torch", "timm"}
FILES = {"pydicom", "PIL", "SimpleITK", "jinja2"}
# Modules of the library, and what they must not import.
FORBIDDEN = {
    "cli": ARRAYS | NUMERICS | FILES | {"pydantic"},
    "core.jobs": ARRAYS | NUMERICS | FILES,
    "stack.summarise": ARRAYS | NUMERICS | FILES,
    "export.summarise": NUMERICS | FILES,
    "crop.summarise": NUMERICS | FILES,
    "select.summarise": NUMERICS | FILES,
    "clean.folds": NUMERICS | FILES,
    "train.classifier": NUMERICS - {"scipy"} | FILES,
    "train.clinical": NUMERICS - {"scipy"} | FILES,
    "evaluate.task": NUMERICS - {"scipy"} | FILES,
}


@pytest.mark.parametrize("module", FORBIDDEN)
def test_a_job_starts_without_what_it_may_not_need(module: str) -> None:
    code = f"import sys, sonomics.{module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not FORBIDDEN[module] & set(done.stdout.split())


@pytest.mark.parametrize("name", VERBS)
def test_help_lists_every_verb_with_its_own_words(name: str) -> None:
    verb = getattr(import_module(f"sonomics.commands.{name}"), name)
    own = verb.info.help if isinstance(verb, typer.Typer) else verb.__doc__
    assert own.splitlines()[0] == VERBS[name]
    assert isinstance(load_verb(name), TyperGroup if isinstance(verb, typer.Typer) else TyperCommand)
