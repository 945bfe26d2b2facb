"""A treatment within the risk groups: survival, hazard ratio and interaction. An association, not an effect."""

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.evaluate.survival.risk_groups import HIGH, LOW
from sonomics.statistics.comparison.subgroups import FEWEST, hazard_ratio_by_subgroup, treatment_by_risk_group
from sonomics.statistics.survival.kaplan_meier import kaplan_meier
from sonomics.statistics.survival.log_rank import log_rank

TREATED, UNTREATED = "treated", "untreated"
WORDS = {"1": TREATED, "0": UNTREATED, "yes": TREATED, "no": UNTREATED}
NOT_CAUSAL = "association, not an effect: who was treated was not left to chance"
INTERACTION = "interaction"
COLUMNS = "split group n_treated events_treated n_untreated events_untreated hr lower upper p p_logrank method reason"


def treated_cases(groups: pd.DataFrame, name: str) -> pd.DataFrame:
    """Say of every followed case whether it was treated.

    Parameters
    ----------
    groups : DataFrame
        From `risk_groups`, with the treatment's column.
    name : str
        The column: 1 or yes, 0 or no; missing is unknown, and such cases are left out.

    Returns
    -------
    DataFrame
        The known cases with a column `treatment`.

    Raises
    ------
    StudyError
        When the column has another value.
    """
    plain = groups[name].map(lambda value: f"{value:g}" if isinstance(value, float) else str(value).lower())
    words = plain.where(groups[name].notna()).map(WORDS)
    if (odd := groups[name][words.isna() & groups[name].notna()]).size:
        rule = f"the treatment has the value {odd.iloc[0]!r}"
        raise StudyError(
            f"params.yaml, evaluate.treatment ({name})", rule, "write 1 or yes, 0 or no, or leave it empty"
        )
    return groups.assign(treatment=words)[words.notna()]


def treatment_table(known: pd.DataFrame, splits: list[str], level: float, fewest: int = FEWEST) -> pd.DataFrame:
    """Compare treated with untreated cases within each risk group.

    Returns
    -------
    DataFrame
        `split, group, n_treated, events_treated, n_untreated, events_untreated, hr, lower, upper, p, p_logrank, method,
        reason`: groups "high" and "low" (hazard ratio of treated against untreated), and "interaction" (ratio of the
        high-risk hazard ratio to the low-risk one; p is its likelihood ratio test). "too few" below `fewest` events.
    """
    rows: list[dict[str, object]] = []
    for split in splits:
        inside = known[known["split"] == split]
        for group in (HIGH, LOW):
            rows.append({"split": split, **_compared(inside[inside["group"] == group], group, level, fewest)})
        rows.append({"split": split, "group": INTERACTION, **_interaction(inside, level), **_counts(inside)})
    return pd.DataFrame(rows, columns=COLUMNS.split())


def treatment_curves(known: pd.DataFrame, level: float) -> pd.DataFrame:
    """Give the steps of the Kaplan-Meier curves of treated and untreated cases in each risk group.

    Returns
    -------
    DataFrame
        `split, group, treatment, time, survival, lower, upper, at_risk, events, censored`; log-log bounds.
    """
    names = ["time", "survival", "lower", "upper", "at_risk", "events", "censored"]
    columns = ["split", "group", "treatment", *names]
    tables = []
    for (split, group, treatment), members in known.groupby(["split", "group", "treatment"], sort=False):
        curve = kaplan_meier(members["time"], members["event"], level)
        steps = pd.DataFrame({name: getattr(curve, name) for name in names})
        tables.append(steps.assign(split=str(split), group=str(group), treatment=str(treatment))[columns])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def _compared(members: pd.DataFrame, group: str, level: float, fewest: int) -> dict[str, object]:
    shown = {"group": group, "method": f"Cox, Wald; {NOT_CAUSAL}", **_counts(members)}
    if members["treatment"].nunique() < 2:
        return {**shown, "reason": "treated and untreated cases are not both there"}
    treated, whole = (members["treatment"] == TREATED).to_numpy(), members["group"].to_numpy()
    row = hazard_ratio_by_subgroup(members["time"], members["event"], treated, whole, fewest, level).iloc[0]
    values = {name: row[name] for name in ("hr", "lower", "upper", "p", "reason")}
    test = log_rank(members["time"], members["event"], treated).test if not row["reason"] else None
    return {**shown, **values, "p_logrank": test.p if test else np.nan}


def _interaction(inside: pd.DataFrame, level: float) -> dict[str, object]:
    method = f"likelihood ratio of the product of treatment and risk group; {NOT_CAUSAL}"
    if inside.empty:
        return {"method": method, "reason": "no case with a known treatment"}
    treated, high = inside["treatment"] == TREATED, inside["group"] == HIGH
    _, found = treatment_by_risk_group(inside["time"], inside["event"], treated, high, FEWEST, level)
    values = {"hr": found["ratio"], "lower": found["lower"], "upper": found["upper"], "p": found["likelihood_ratio_p"]}
    return {**values, "method": method, "reason": found["reason"]}


def _counts(members: pd.DataFrame) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in (TREATED, UNTREATED):
        part = members[members["treatment"] == name]
        counts |= {f"n_{name}": len(part), f"events_{name}": int(part["event"].sum())}
    return counts
