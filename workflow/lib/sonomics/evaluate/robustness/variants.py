"""The main run beside every variant that learns from the true labels, on the same cases: what a choice changes."""

from collections.abc import Mapping

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.folds import mark_unseen
from sonomics.evaluate.accuracy.comparisons import adjusted, compare_areas
from sonomics.evaluate.cases import Model, analysed
from sonomics.evaluate.entries import Sampling

COLUMNS = "split model variant auc auc_variant difference lower upper p p_holm method n positives reason"


def sensitivity_table(
    cases: pd.DataFrame, primary: Model, variants: Mapping[str, pd.DataFrame], sampling: Sampling
) -> pd.DataFrame:
    """Compare the primary model's AUC in the main run with that in each variant.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`, of the main run.
    primary : Model
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
        beside = cases.assign(variant_value=cases["case"].map(values_by_case(predictions, primary, variant)))
        for split, inside in beside.groupby("split", sort=False):
            used = analysed(inside, primary.judged, "variant_value")
            found = compare_areas(used, primary.judged, "variant_value", sampling, (primary.name, variant))
            head = {"split": split, "model": primary.name, "variant": variant}
            counts = {"n": len(used), "positives": int(used["label"].sum())}
            rows.append({**head, **found, "auc_variant": found.get("auc_against"), **counts})
    table = pd.DataFrame(rows, columns=COLUMNS.split())
    table["p_holm"] = adjusted(table, "p", "split")
    return table


def values_by_case(predictions: pd.DataFrame, model: Model, variant: str) -> pd.Series:
    """Take the values of one model by case: out of fold in training, of the whole fit elsewhere."""
    if others := set(predictions["model"]) - {model.name}:
        raise StudyError(f"predictions of {variant}", f"there is a model {min(others)}", "run the stack phase again")
    kind = predictions["kind"] == model.on
    return predictions[mark_unseen(predictions) & kind & (predictions["image"] == "")].set_index("case")["value"]
