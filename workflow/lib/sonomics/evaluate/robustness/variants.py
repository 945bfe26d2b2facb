"""The main run against every variant that learns from the true labels, on the same cases: what a choice changes."""

from collections.abc import Mapping

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.schemas import PREDICTIONS
from sonomics.core.tables import read_table
from sonomics.evaluate.accuracy.comparisons import compare_aucs
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.predictions import case_rows, rows_out_of_sample
from sonomics.evaluate.samples.scored import Samples, shared_cases
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables, adjust_by_holm
from sonomics.evaluate.tables.entries import Sampling

COLUMNS = "split model variant auc auc_variant difference lower upper p p_holm method n positives reason"


def variant_tables(context: Context) -> Tables:
    """Make the table of the variants; none where the run is compared with no other."""
    compared = {name: read_table(path, PREDICTIONS) for name, path in context.files.compared.items()}
    return {"sensitivity": sensitivity_table(context.samples, compared, context.sampling)} if compared else {}


def sensitivity_table(samples: Samples, variants: Mapping[str, pd.DataFrame], sampling: Sampling) -> pd.DataFrame:
    """Compare the primary model's AUC in the main run with that in each variant.

    Parameters
    ----------
    samples : Samples
        Of the main run.
    variants : mapping of str to DataFrame
        Variant to its predictions of the primary model (schema PREDICTIONS).
    sampling : Sampling

    Returns
    -------
    DataFrame
        `split, model, variant, auc, auc_variant, difference, lower, upper, p, p_holm, method, n, positives, reason`:
        main minus variant on the cases both have scored, by the paired test of `comparison_table`; `p_holm` is adjusted
        for the number of variants in the split.

    Raises
    ------
    StudyError
        When a variant's predictions have another model.
    """
    rows = []
    for variant, predictions in variants.items():
        values = values_by_case(predictions, samples.primary, variant)
        for sample in samples.primary_samples:
            value = sample.rows["case"].map(values).to_numpy(dtype=float)
            main, other = shared_cases(sample, sample.with_value(value))
            compared = compare_aucs(main, other, variant, sampling)
            names = {"split": sample.split, "model": samples.primary.name, "variant": variant}
            counts = {"n": main.n, "positives": main.positives}
            rows.append({**names, **compared, "auc_variant": compared.get("auc_against"), **counts})
    table = pd.DataFrame(rows, columns=COLUMNS.split())
    table["p_holm"] = adjust_by_holm(table, "p", "split")
    return table


def values_by_case(predictions: pd.DataFrame, model: Model, variant: str) -> pd.Series:
    """Return the values of one model by case: out of fold in training, of the whole fit elsewhere."""
    check_model(predictions, model, variant)
    used = case_rows(rows_out_of_sample(predictions))
    return used[used["kind"] == model.on].set_index("case")["value"]


def check_model(predictions: pd.DataFrame, model: Model, variant: str) -> None:
    """Check that the predictions of a variant are of one model alone."""
    if others := set(predictions["model"]) - {model.name}:
        raise StudyError(f"predictions of {variant}", f"there is a model {min(others)}", "run the stack phase again")
