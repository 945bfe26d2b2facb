"""Missing values: how many of each column, and what is done about them."""

import pandas as pd

from sonomics.evaluate.samples.cases import Model, values_of

COLUMNS = "split column n missing percent policy"
LABEL = "left out of every measure of the label, and counted"
SCORE = "left out, and counted"
FOLLOW_UP = "left out of the analyses of follow-up"
CLINICAL = "complete cases in Cox models; a level of its own, unknown, in subgroups and Table 1"


def missing_table(cases: pd.DataFrame, primary: Model, clinical: list[str]) -> pd.DataFrame:
    """Count missing values, and state what is done about them; nothing is imputed in this phase.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`.
    primary : Model
    clinical : list of str
        Columns of the cases.

    Returns
    -------
    DataFrame
        `split, column, n, missing, percent, policy`: label, prediction, follow-up and every clinical column;
        n counts cases.
    """
    follow_up = [name for name in ("time", "event") if name in cases]
    policies = {
        "label": LABEL,
        "prediction": SCORE,
        **dict.fromkeys(follow_up, FOLLOW_UP),
        **dict.fromkeys(clinical, CLINICAL),
    }
    scored = cases.assign(prediction=values_of(cases, primary.judged))
    rows = []
    for split, inside in scored.groupby("split", sort=False):
        for name, policy in policies.items():
            missing = int(inside[name].isna().sum())
            counts = {"n": len(inside), "missing": missing, "percent": 100 * missing / len(inside)}
            rows.append({"split": split, "column": name, **counts, "policy": policy})
    return pd.DataFrame(rows, columns=COLUMNS.split())
