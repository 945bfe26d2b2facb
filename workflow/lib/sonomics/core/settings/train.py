"""`train`: classifiers and networks."""

from typing import Annotated, Literal

from pydantic import Field

from sonomics.core.settings.base import Name, Names, Section, kind_of


class Model(Section):
    """One base model; each kind of model adds its own keys."""

    kind: str = Field(description="kind of model")
    tasks: Names | None = Field(
        None, description="tasks that it is trained for; without them, all that its kind of model serves"
    )
    predictor: Literal["refit", "folds"] = Field(
        "refit",
        description="what scores the cases outside training: refit (the model fitted on all training cases) or folds "
        "(the mean of the values that the models of the folds give)",
    )


class Maps(Section):
    """What counts in the maps of where networks looked."""

    hottest: float = Field(
        0.2, gt=0, le=1, description="share of the pixels of a crop that count as hot, those of the highest values"
    )


class Train(Section):
    """Classifiers and networks."""

    models: dict[Name, Annotated[Model, kind_of("models", tag="kind")]] = Field(
        min_length=1, description="base models by name"
    )
    maps: Maps = Field(Maps.partial({}), description="what counts in the maps of where networks looked")
