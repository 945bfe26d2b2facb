"""The `sonomics` command: thin verbs around the workflow."""

import typer

from sonomics.commands.check import check
from sonomics.commands.query import query

app = typer.Typer(help="Reproducible ultrasound deep-learning radiomics.", no_args_is_help=True, add_completion=False)
for verb in (query, check):
    app.command()(verb)


@app.callback()
def verbs() -> None:
    """Reproducible ultrasound deep-learning radiomics."""


if __name__ == "__main__":
    app()
