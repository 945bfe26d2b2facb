"""The `sonomics` command: thin verbs around the workflow."""

import typer

from sonomics.commands.audit import audit
from sonomics.commands.check import check
from sonomics.commands.clinical import clinical
from sonomics.commands.forget import forget
from sonomics.commands.label import label
from sonomics.commands.query import query
from sonomics.commands.reading import reading
from sonomics.commands.verify import verify
from sonomics.core.jobs import collect_garbage

app = typer.Typer(help="Reproducible ultrasound deep-learning radiomics.", no_args_is_help=True, add_completion=False)
for verb in (query, check, audit, forget, clinical):
    app.command()(verb)
app.add_typer(label, name="label")
app.add_typer(reading, name="reading")
app.add_typer(verify, name="verify")


@app.callback()
def verbs() -> None:
    """Reproducible ultrasound deep-learning radiomics."""


if __name__ == "__main__":
    collect_garbage()
    app()
