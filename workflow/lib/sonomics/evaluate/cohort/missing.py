"""Missing values: how many of each column, and what is done about them."""

from collections.abc import Sequence

import pandas as pd

from sonomics.evaluate.samples.scored import FOLLOW_UP, Samples

COLUMNS = "split column n missing percent policy"
LABEL = "left out of every measure of the label, and counted"
PREDICTION = "left out, and counted"
TIME_AND_EVENT = "left out of the analyses of follow-up"
CLINICAL = "complete cases in Cox models; a level of its own, unknown, in subgroups and Table 1"


def missing_table(samples: Samples, clinical: Sequence[str]) -> pd.DataFrame:
    """Count missing values, and state what is done about them; nothing is imputed in this phase.

    Parameters
    ----------
    samples : Samples
    clinical : sequence of str
        Columns of the cases.

    Returns
    -------
    DataFrame
        `split, column, n, missing, percent, policy`: label, the primary model's prediction, follow-up and every
        clinical column; n counts cases.
    """
    policies = {
        "label": LABEL,
        "prediction": PREDICTION,
        **{name: TIME_AND_EVENT for name in FOLLOW_UP if name in samples.cases},
        **dict.fromkeys(clinical, CLINICAL),
    }
    rows = []
    for sample in samples.primary_samples:
        values = sample.rows.assign(prediction=sample.value)
        for name, policy in policies.items():
            missing = int(values[name].isna().sum())
            counts = {"n": sample.n, "missing": missing, "percent": 100 * missing / sample.n}
            rows.append({"split": sample.split, "column": name, **counts, "policy": policy})
    return pd.DataFrame(rows, columns=COLUMNS.split())
