"""`sonomics clinical`: the clinical tables of the hospital join the cohort, or do so anew when they have grown."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import typer

from sonomics.commands.study import Study, read_params, stopping
from sonomics.core.errors import StudyError
from sonomics.core.files import replacing, write_metrics
from sonomics.core.tables import read_cells

if TYPE_CHECKING:
    from sonomics.core.settings.clinical import Clinical as ClinicalSettings
    from sonomics.core.settings.export import Limits
    from sonomics.export.clinical.join import Clinical


def clinical(study: Study = Path()) -> None:
    """Fill the clinical columns of data/cohort.csv from the tables that params name."""
    with stopping():
        params = read_params(study)
        if params.export.clinical is None:
            rule = "no clinical tables are named"
            raise StudyError("params.yaml, export.clinical", rule, "name them, see docs/your-own-data.md")
        path = study / "data" / "cohort.csv"
        if not path.exists():
            raise StudyError(str(path), "there is no cohort yet", "draft it with `sonomics query`")
        cohort = read_cells(path.read_bytes(), str(path))
        write_clinical(with_clinical(cohort, params.export.clinical, study, params.export.limits), study)


def with_clinical(cohort: pd.DataFrame, clinical: "ClinicalSettings", study: Path, limits: "Limits") -> "Clinical":
    """Join the clinical tables to a cohort, by way of the linkage table where their keys are identities."""
    from sonomics.export.clinical.join import join_clinical
    from sonomics.export.clinical.tables import needs_linkage
    from sonomics.export.deidentify.linkage import linkage_path, read_linkage
    from sonomics.export.deidentify.pseudonyms import Pseudonyms, read_key

    linkage = None
    if needs_linkage(clinical):
        linkage = read_linkage(linkage_path(study), Pseudonyms(read_key()))
    return join_clinical(cohort, clinical, linkage, limits)


def write_clinical(joined: "Clinical", study: Path) -> None:
    """Write the cohort and what is to be known of its clinical columns, and say what could not be taken."""
    from sonomics.export.clinical.data_dictionary import arrange_missing_metrics

    tables = {
        "cohort": joined.cohort,
        "dictionary": joined.dictionary,
        "missing": joined.missing,
        "clinical_problems": joined.problems,
    }
    for name, table in tables.items():
        path = study / "data" / f"{name}.csv"
        with replacing(path) as temporary:
            table.to_csv(temporary, index=False, lineterminator="\n")
    write_metrics(study / "results" / "metrics" / "clinical.json", arrange_missing_metrics(joined.missing))
    for table_name, counts in joined.tables.set_index("table").iterrows():
        typer.echo(
            f"{table_name}: " + ", ".join(f"{count} {str(kind).replace('_', ' ')}" for kind, count in counts.items())
        )
    for (column, reason), problems in joined.problems.groupby(["column", "reason"]):
        typer.echo(f"{column}: {str(reason).replace('_', ' ')} in {_count_cases(len(problems))}")
    if len(joined.problems):
        typer.echo("data/clinical_problems.csv lists the cases")


def _count_cases(count: int) -> str:
    return f"{count} {'case' if count == 1 else 'cases'}"
