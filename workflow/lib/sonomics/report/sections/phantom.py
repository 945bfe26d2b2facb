"""The values that the texture engines compute on IBSI's digital phantom."""

from dataclasses import dataclass

import pandas as pd

from sonomics.report.elements.tables import Cell, Table

ENGINES = {"texture": "PyRadiomics features", "mazda": "MaZda features"}
NOTE = "Reference: consensus values of IBSI 1, two-dimensional, to their three significant digits."


@dataclass(frozen=True)
class Phantom:
    """What the page shows of the phantom: a sentence, counts by family of features, and every value."""

    summary: str
    counts: Table
    all_values: Table


def describe_phantom(table: pd.DataFrame) -> Phantom | None:
    """Describe the values of the phantom.

    Parameters
    ----------
    table : DataFrame
        `engine, feature, ibsi, reference, value, agrees`, as `extract` writes it.

    Returns
    -------
    Phantom or None
        None when the study has no family of an engine that is compared with the phantom.
    """
    if table.empty:
        return None
    engines = table["engine"].map(ENGINES)
    classes = engines + ", " + table["feature"].str.split("_").str[0]
    families = classes.where(table["engine"] == "texture", engines)
    rows = [
        [Cell(str(family)), Cell(f"{of_family['agrees'].sum()} of {len(of_family)}")]
        for family, of_family in table.groupby(families, sort=False)
    ]
    summary = f"IBSI digital phantom: {table['agrees'].sum()} of {len(table)} values agree"
    caption = "Values that agree with the IBSI digital phantom"
    counts = Table(caption, ["Family of features", "Agree"], rows, NOTE)
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
    columns = ["Feature", "IBSI", "Reference", "Computed", "Verdict"]
    return Phantom(summary, counts, Table("All values of the phantom", columns, values, "", ("IBSI", "Verdict")))
