"""The `sonomics` command: thin verbs around the workflow, each imported when it is run."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

# The verbs as `sonomics --help` lists them: with the first words of their own help, without an import of what they do.
VERBS = {
    "query": "Draft data/cohort.csv from the study's source, and the linkage table where there are identities.",
    "check": "Check params.yaml, networks and their weights, the cohort, readings and outlines before any work.",
    "audit": "Write work/audit/index.html: what de-identification changed. It shows identities: do not pass it on.",
    "forget": "Remove a withdrawn patient everywhere in the study, and record that it was done.",
    "clinical": "Fill the clinical columns of data/cohort.csv from the tables that params name.",
    "label": "Have images labelled for quality control: `draw` a sample, `read` the answers back.",
    "reading": "A reader study: `write` a blinded package for the readers, `read` their answers back.",
    "verify": "Compute reference values, to be compared with others.",
}


class Verb(TyperCommand):
    """A verb that is known by its help, until it is run."""

    def make_context(self, *args: Any, **attributes: Any) -> Any:
        """Import the verb, and let it read the rest of the command line."""
        return load_verb(str(self.name)).make_context(*args, **attributes)


class Verbs(TyperGroup):
    """All verbs."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: Verb(name, callback=None, help=words) for name, words in VERBS.items()}


def load_verb(name: str) -> Any:
    """Import a verb: a function of `commands/<name>.py`, or several that are grouped there."""
    verb = getattr(import_module(f"sonomics.commands.{name}"), name)
    if isinstance(verb, typer.Typer):
        return get_command(verb)
    alone = typer.Typer(add_completion=False)
    alone.command(name)(verb)
    return get_command(alone)


app = typer.Typer(
    cls=Verbs, help="Reproducible ultrasound deep-learning radiomics.", no_args_is_help=True, add_completion=False
)


@app.callback()
def verbs() -> None:
    """Reproducible ultrasound deep-learning radiomics."""


if __name__ == "__main__":
    from sonomics.core.jobs import collect_garbage

    collect_garbage()
    app()
