"""Kinds of base models, `train.models`: each is trained fold by fold and scores the cases it has not seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, Self, TypeVar, get_args

from pydantic import Field, model_validator

from sonomics.core.registry import Group
from sonomics.core.settings.base import Names, Section, broken
from sonomics.core.settings.train import Model
from sonomics.kinds.wording import DescribedKind, values_of

Takes = Literal["features", "columns", "crops"]
Trees = Annotated[int, Field(ge=1, description="number of trees")]
Cost = Annotated[float, Field(gt=0, description="cost of a wrong training row (C); smaller is more regularised")]


class Classifier(Model):
    """A model that is fitted on the selected features of some families."""

    families: Names = Field(description="feature families that the model takes, next to each other")
    class_weight: Literal["balanced", "none"] = Field(
        "balanced", description="balanced: both classes have the same weight, whatever their sizes; none: all rows do"
    )


class Candidates(Section):
    """Values that an inner search may choose from, by key of the model."""

    @model_validator(mode="before")
    @classmethod
    def _only_keys_that_can_be_searched(cls, values: Any) -> Any:
        for key in values if isinstance(values, Mapping) else ():
            if key not in cls.model_fields:
                raise broken(f"this kind of model cannot search {key}", f"search {' or '.join(cls.model_fields)}")
        return values

    @model_validator(mode="after")
    def _at_least_one(self) -> Self:
        if not values_of(self):
            raise broken("no key is searched", f"state values to try of {' or '.join(type(self).model_fields)}")
        return self


C = TypeVar("C", bound=Candidates)
T = TypeVar("T")
Tried = Annotated[list[T], Field(min_length=1, description="values to try")]


class Search(Section, Generic[C]):
    """A search for the values with the best mean AUC in inner folds of the training rows."""

    folds: int = Field(ge=2, description="inner folds, stratified by class, each patient in one of them")
    values: C = Field(description="key of the model -> values to try; all combinations are tried")


@dataclass(frozen=True, kw_only=True)
class ModelKind(DescribedKind):
    """A kind of base model.

    Its builder depends on what it takes: of `features`, a function `build(settings, seed)` that makes an unfitted
    scikit-learn classifier (with `is_selected`, `build(selection, names)`, a fitted one); of `columns` and `crops`, the
    `main` of the job that trains it.

    Attributes
    ----------
    takes : {"features", "columns", "crops"}
        Selected features, clinical columns of the cohort, or crops: which rule trains it.
    hyperparameters : mapping
        Key of the settings -> its name in the methods text.
    is_selected : bool
        Whether the last selection step has fitted it already, so that the state of the selection is all it needs.
    takes_row_weights : bool
        Whether balanced classes enter as weights of the rows in `fit`, because the classifier has no `class_weight`.
    is_regression : bool
        Whether it is a plain regression, which checklists ask for.
    training : str
        A template of how it is trained, as the end of a sentence that its name begins; "" when there is nothing to say.
    schedule : str
        A template of how long and in what steps it is trained, for the checklists; "" when there is nothing to say.
    image_changes : str
        How training images are changed at random; "" for models that take no image.
    serves : tuple of str
        Kinds of tasks that it can learn.
    gives_probabilities : bool
        Whether its scores of classes are probabilities, and not distances of any size.
    """

    takes: Takes
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    is_selected: bool = False
    takes_row_weights: bool = False
    is_regression: bool = False
    training: str = ""
    schedule: str = ""
    image_changes: str = ""
    serves: tuple[str, ...] = ("binary",)
    gives_probabilities: bool = True

    @property
    def searchable(self) -> tuple[str, ...]:
        """Name the keys that an inner search may choose."""
        search = self.settings.model_fields.get("search")
        section = next(iter(get_args(search.annotation)), None) if search else None
        return tuple(section.model_fields["values"].annotation.model_fields) if section else ()

    def describe(self, settings: Any) -> str:
        """Describe the model with its hyperparameters; of those that a search chooses, the values that it tries."""
        search = getattr(settings, "search", None)
        tried = values_of(search.values) if search else {}
        values = [
            f"{word} chosen among {', '.join(map(str, tried[key]))}" if key in tried else f"{word} {{{key}}}"
            for key, word in self.hyperparameters.items()
        ]
        return self.fill(": ".join(filter(None, [self.words, ", ".join(values)])), settings)

    def describe_training(self, settings: Section) -> str:
        """Describe how the model is trained; "" when there is nothing to say."""
        return self.fill(self.training, settings)

    def describe_schedule(self, settings: Section) -> str:
        """Describe how long and in what steps the model is trained; "" when there is nothing to say."""
        return self.fill(self.schedule, settings)

    def balances_classes(self, settings: Section) -> bool:
        """Tell whether both classes have the same weight, whatever their sizes."""
        return getattr(settings, "class_weight", "none") == "balanced"


MODELS: Group[ModelKind] = Group("models", "train.models")
