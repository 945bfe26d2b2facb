"""What the verbs share: the study directory, its checked parameters, and how a bad study ends one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from sonomics.core.errors import StudyError
from sonomics.core.jobs import BAD_STUDY
from sonomics.core.params import check_params

SCHEMA = Path(__file__).parents[3] / "schemas" / "params.schema.yaml"

Study = Annotated[Path, typer.Option(help="The study directory, with its params.yaml.")]


def read_params(study: Path) -> dict[str, Any]:
    """Read and check a study's params.yaml.

    Raises
    ------
    StudyError
        When it is missing or breaks the schema.
    """
    path = study / "params.yaml"
    if not path.exists():
        raise StudyError(str(path), "there is no study here", "run inside a study directory, or name it with --study")
    params: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    check_params(params, yaml.safe_load(SCHEMA.read_text(encoding="utf-8")), str(path))
    return params


@contextmanager
def stopping() -> Iterator[None]:
    """Turn a bad study into one line and exit code 2."""
    try:
        yield
    except StudyError as error:
        print(f"study stopped: {error}", file=sys.stderr)
        raise typer.Exit(BAD_STUDY) from None
