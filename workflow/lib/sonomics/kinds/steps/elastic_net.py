"""Elastic net: logistic regression with an L1 and an L2 penalty."""

from pydantic import Field

from sonomics.kinds.steps import PENALTIES, Penalty, StepKind


class ElasticNet(Penalty):
    """A penalised regression with a mixture of penalties."""

    mixing: float = Field(gt=0, le=1, description="share of the L1 penalty; the rest is L2")


KIND = StepKind(
    name="elastic_net",
    settings=ElasticNet,
    builder="sonomics.select.steps.penalised:keep_by_elastic_net",
    purpose="relevance",
    gives_coefficients=True,
    words="elastic-net logistic regression ({mixing:g} L1) with {folds} inner folds, penalty by {rule}",
    value_words={"rule": PENALTIES},
)
