"""`stack`: from the scores of models to one probability per case."""

from typing import Annotated

from pydantic import Field

from sonomics.core.settings.base import Name, Names, Section, name_in


class FinalModel(Section):
    """One final model: a base model that is calibrated, or several that are combined."""

    of: Names = Field(description="base models of train.models that it is made of")
    weights: Annotated[str, name_in("combinations")] = Field(
        "fitted",
        description="how several base models are combined: fitted (logistic regression on their scores) or equal "
        "(the mean of their z-scores)",
    )


class Stack(Section):
    """From the scores of models to one probability per case."""

    pool: Annotated[str, name_in("pools")] = Field(
        description="how the scores of the images of a case become one: mean or max (the highest)"
    )
    calibration: Annotated[str, name_in("calibrations")] = Field(
        "platt",
        description="how scores become probabilities, fitted out of fold: platt (logistic), isotonic, or none",
    )
    threshold: Annotated[str, name_in("thresholds")] = Field(
        description="rule that sets the cutoff on training cases: youden (largest Youden index) or accuracy (largest "
        "accuracy)"
    )
    models: dict[Name, FinalModel] = Field(min_length=1, description="final models by name")
