"""A treatment within the risk groups: survival, hazard ratio and interaction. An association, not an effect."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.words import read_yes_no
from sonomics.evaluate.samples.scored import Scored
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.survival.risk_groups import CURVE, HIGH, LOW, cases_at_risk
from sonomics.evaluate.tables.columns import Tables, concatenate
from sonomics.statistics.comparison.subgroups import hazard_ratio_by_subgroup, treatment_by_risk_group
from sonomics.statistics.estimates import Booleans
from sonomics.statistics.survival.kaplan_meier import kaplan_meier
from sonomics.statistics.survival.log_rank import log_rank

TREATED, UNTREATED = "treated", "untreated"
NOT_CAUSAL = "association, not an effect: who was treated was not left to chance"
INTERACTION = "interaction"
COLUMNS = "split group n_treated events_treated n_untreated events_untreated hr lower upper p p_logrank method reason"


@dataclass(frozen=True, eq=False)
class Treated:
    """Followed cases of one split whose treatment is known.

    Attributes
    ----------
    sample : Scored
    treated : ndarray of bool, shape (n,)
    """

    sample: Scored
    treated: Booleans

    @property
    def n(self) -> int:
        """The number of cases."""
        return self.sample.n

    def where(self, chosen: Booleans) -> "Treated":
        """Keep some of the cases."""
        return Treated(self.sample.where(chosen), self.treated[chosen])

    def in_group(self, group: str) -> "Treated":
        """Keep the cases of a risk group."""
        return self.where(self.sample.called == (group == HIGH))


def treatment_tables(context: Context) -> Tables:
    """Make the tables of the treatment that `evaluate.treatment` names."""
    settings = context.settings
    samples = find_treated(cases_at_risk(context.samples), str(settings.treatment))
    return {
        "treatment": treatment_table(samples, settings.level, settings.fewest),
        "treatment_curves": treatment_curves(samples, settings.level),
    }


def find_treated(at_risk: Sequence[Scored], column: str) -> list[Treated]:
    """Find out which followed cases were treated.

    Parameters
    ----------
    at_risk : sequence of Scored
        From `cases_at_risk`.
    column : str
        Of the cohort: 1 or yes, 0 or no; missing is unknown, and such cases are left out.

    Raises
    ------
    StudyError
        When the column has another value.
    """
    samples = []
    for sample in at_risk:
        values = sample.rows[column]
        answers = read_yes_no(values)
        if unknown := int(np.isinf(answers).sum()):
            rule = f"the treatment of {unknown} cases is neither yes nor no"
            where = f"params.yaml, evaluate.treatment ({column})"
            raise StudyError(where, rule, "write 1 or yes, 0 or no, or leave it empty")
        known = answers.notna().to_numpy()
        samples.append(Treated(sample.where(known), (answers[known] == 1.0).to_numpy()))
    return samples


def treatment_table(samples: Sequence[Treated], level: float, fewest: int) -> pd.DataFrame:
    """Compare treated with untreated cases within each risk group.

    Parameters
    ----------
    samples : sequence of Treated
        From `find_treated`.
    level : float
        Confidence level.
    fewest : int
        Events that a risk group needs.

    Returns
    -------
    DataFrame
        `split, group, n_treated, events_treated, n_untreated, events_untreated, hr, lower, upper, p, p_logrank, method,
        reason`: groups "high" and "low" (hazard ratio of treated against untreated), and "interaction" (ratio of the
        high-risk hazard ratio to the low-risk one; p is its likelihood ratio test). "too few" below `fewest` events.
    """
    rows: list[dict[str, object]] = []
    for members in samples:
        split = {"split": members.sample.split}
        for group in (HIGH, LOW):
            rows.append({**split, "group": group, **_compare(members.in_group(group), fewest, level)})
        rows.append({**split, "group": INTERACTION, **_test_interaction(members, level), **_count(members)})
    return pd.DataFrame(rows, columns=COLUMNS.split())


def treatment_curves(samples: Sequence[Treated], level: float) -> pd.DataFrame:
    """List the steps of the Kaplan-Meier curves of treated and untreated cases in each risk group.

    Returns
    -------
    DataFrame
        `split, group, treatment, time, survival, lower, upper, at_risk, events, censored`; log-log bounds. Within a
        split the curves are in the order of their first cases.
    """
    columns = ["split", "group", "treatment", *CURVE]
    tables = []
    for members in samples:
        groups = np.where(members.sample.called, HIGH, LOW)
        treatments = np.where(members.treated, TREATED, UNTREATED)
        for group, treatment in dict.fromkeys(zip(groups, treatments, strict=True)):
            chosen = members.sample.where((groups == group) & (treatments == treatment))
            curve = kaplan_meier(chosen.time, chosen.event, level)
            steps = pd.DataFrame({name: getattr(curve, name) for name in CURVE})
            names = {"split": chosen.split, "group": str(group), "treatment": str(treatment)}
            tables.append(steps.assign(**names)[columns])
    return concatenate(tables, columns)


def _compare(members: Treated, fewest: int, level: float) -> dict[str, object]:
    shared = {"method": f"Cox, Wald; {NOT_CAUSAL}", **_count(members)}
    if len(np.unique(members.treated)) < 2:
        return {**shared, "reason": "treated and untreated cases are not both there"}
    time, event = members.sample.time, members.sample.event
    whole = np.full(members.n, "", dtype=object)
    row = hazard_ratio_by_subgroup(time, event, members.treated, whole, fewest, level).iloc[0]
    values = {name: row[name] for name in ("hr", "lower", "upper", "p", "reason")}
    p_logrank = np.nan if row["reason"] else log_rank(time, event, members.treated).test.p
    return {**shared, **values, "p_logrank": p_logrank}


def _test_interaction(members: Treated, level: float) -> dict[str, object]:
    method = f"likelihood ratio of the product of treatment and risk group; {NOT_CAUSAL}"
    if not members.n:
        return {"method": method, "reason": "no case with a known treatment"}
    sample = members.sample
    _, result = treatment_by_risk_group(sample.time, sample.event, members.treated, sample.called, level=level)
    bounds = {"hr": result["ratio"], "lower": result["lower"], "upper": result["upper"]}
    return {**bounds, "p": result["likelihood_ratio_p"], "method": method, "reason": result["reason"]}


def _count(members: Treated) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, part in ((TREATED, members.where(members.treated)), (UNTREATED, members.where(~members.treated))):
        counts |= {f"n_{name}": part.n, f"events_{name}": int(part.sample.event.sum())}
    return counts
