"""What the verbs share: the study directory, its checked parameters, and how a bad study ends one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sonomics.core.errors import StudyError
from sonomics.core.files import read_yaml
from sonomics.core.jobs import BAD_STUDY
from sonomics.core.params import check_params
from sonomics.core.settings.parameters import Parameters

Study = Annotated[Path, typer.Option(help="The study directory, with its params.yaml.")]


def read_params(study: Path) -> Parameters:
    """Read and check a study's params.yaml, and fill in the defaults.

    Raises
    ------
    StudyError
        When it is missing, no YAML, or breaks a rule.
    """
    path = study / "params.yaml"
    params = read_yaml(path)
    check_params(params, str(path), path)
    return Parameters.partial(params)


@contextmanager
def stopping() -> Iterator[None]:
    """Turn a bad study into one line and exit code 2."""
    try:
        yield
    except StudyError as error:
        print(f"study stopped: {error}", file=sys.stderr)
        raise typer.Exit(BAD_STUDY) from None
