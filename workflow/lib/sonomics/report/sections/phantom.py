"""How the engines that computed the texture features do on IBSI's digital phantom."""

from dataclasses import dataclass

import pandas as pd

from sonomics.report.elements.numbers import Cell
from sonomics.report.elements.tables import Table

ENGINES = {"texture": "PyRadiomics features", "mazda": "MaZda features"}
NOTE = "Reference: consensus values of IBSI 1, two-dimensional, to their three significant digits."


@dataclass(frozen=True)
class Phantom:
    """What the page says of the phantom: a sentence, the count by family of features, and every value."""

    summary: str
    counts: Table
    every: Table


def phantom(table: pd.DataFrame) -> Phantom | None:
    """Describe the values of the phantom.

    Parameters
    ----------
    table : DataFrame
        `engine, feature, ibsi, reference, value, agrees`, as `extract` writes it.

    Returns
    -------
    Phantom or None
        None when the study has no family of an engine that is held to the phantom.
    """
    if table.empty:
        return None
    engines = table["engine"].map(ENGINES)
    classes = engines + ", " + table["feature"].str.split("_").str[0]
    kinds = classes.where(table["engine"] == "texture", engines)
    rows = [
        [Cell(str(kind)), Cell(f"{inside['agrees'].sum()} of {len(inside)}")]
        for kind, inside in table.groupby(kinds, sort=False)
    ]
    summary = f"IBSI digital phantom: {table['agrees'].sum()} of {len(table)} values agree"
    counts = Table("Values that agree with the IBSI digital phantom", ["Family of features", "Agree"], rows, NOTE)
    values = [
        [
            Cell(row["feature"]),
            Cell(row["ibsi"]),
            Cell(f"{row['reference']:g}"),
            Cell(f"{row['value']:g}"),
            Cell("agrees" if row["agrees"] else "differs"),
        ]
        for row in table.to_dict("records")
    ]
    columns = ["Feature", "IBSI", "Reference", "Here", "Verdict"]
    return Phantom(summary, counts, Table("Every value of the phantom", columns, values, "", ("IBSI", "Verdict")))
