"""`sonomics verify`: our figures on reference data, for comparison with values computed elsewhere."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from sonomics.commands.study import stopping
from sonomics.core.files import replacing

verify = typer.Typer(help="Compute reference values, to be compared with others.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="The folder of reference tables.", metavar="DIR")]


@verify.command()
def statistics(folder: Folder) -> None:
    """Write every statistic of a folder of reference tables as JSON to standard output, and why some are null to
    standard error.
    """
    from sonomics.verify.statistics import folder_statistics
    from sonomics.verify.tree import list_reasons, to_plain

    with stopping():
        computed = folder_statistics(folder)
    typer.echo(json.dumps(to_plain(computed), indent=1, allow_nan=False))
    for path, reason in list_reasons(computed).items():
        print(f"{path}: {reason}", file=sys.stderr)


Table = Annotated[Path | None, typer.Option(help="Also write the table as CSV.", metavar="FILE")]


@verify.command()
def texture(table: Table = None) -> None:
    """Set our texture features of the IBSI digital phantom beside their reference values; exit 1 when one differs."""
    from sonomics.texture.phantom import compute_phantom

    features = compute_phantom()
    if table is not None:
        with replacing(table) as temporary:
            features.to_csv(temporary, index=False, lineterminator="\n")
    for row in features.itertuples():
        verdict = "agrees" if row.agrees else "DIFFERS"
        typer.echo(f"{row.engine:<8}{row.feature:<46}{row.ibsi:<26}{row.reference:>10g}{row.value:>12.5g}  {verdict}")
    agreeing = features["agrees"].sum()
    typer.echo(f"{agreeing} of {len(features)} values agree with the reference to three significant digits")
    if agreeing < len(features):
        raise typer.Exit(1)
