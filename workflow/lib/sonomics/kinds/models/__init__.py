"""Kinds of base models, `train.models`: each is trained fold by fold and scores the cases it has not seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, Self, TypeVar, get_args

from pydantic import Field, ValidationError, model_validator

from sonomics.core.registry import Group
from sonomics.core.settings.base import Name, Names, Section, broken
from sonomics.core.settings.tasks import Task
from sonomics.core.settings.train import Model
from sonomics.core.settings.types import moved
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


class Range(Section):
    """A range that a search draws values from."""

    low: int | float = Field(description="smallest value")
    high: int | float = Field(description="largest value")
    log: bool = Field(False, description="whether values are drawn on the scale of their logarithm")
    step: int | float | None = Field(None, gt=0, description="distance of two values; without it, any number")

    @model_validator(mode="after")
    def _a_range_that_can_be_drawn_from(self) -> Self:
        if self.low >= self.high:
            raise broken(f"low ({self.low:g}) is not below high ({self.high:g})", "widen the range", "low")
        if self.log and self.low <= 0:
            raise broken("the logarithm of low is not a number", "state a low above 0, or take log out", "low")
        if self.log and self.step is not None:
            raise broken("a range on the logarithmic scale has no step", "take step or log out", "step")
        return self


Choices = Annotated[list[int | float | str], Field(min_length=1, description="values to choose from")]
Measure = Literal["auc", "log_loss", "c_index"]


class Search(Section, Generic[C]):
    """A search for the best values in inner folds of the training rows."""

    method: Literal["grid", "random", "tpe"] = Field(
        "grid",
        description="grid: all combinations of values; random or tpe (tree-structured Parzen estimator): a budget of "
        "trials in a space",
    )
    folds: int = Field(ge=2, description="inner folds, stratified by class, each patient in one of them")
    values: C | None = Field(None, description="of a grid: key of the model -> values to try")
    trials: int | None = Field(None, ge=1, description="of random and tpe: number of trials, the budget")
    space: dict[Name, Range | Choices] | None = Field(
        None, description="of random and tpe: key of the model -> a range, or values to choose from"
    )
    measure: Measure | None = Field(
        None,
        description="of random and tpe: what is best: auc (of several classes the mean, each against the rest), "
        "log_loss, or c_index (Harrell); without it auc, and c_index for survival",
    )

    @property
    def tried(self) -> dict[str, Any]:
        """Key of the model -> the values of a grid, or the range or choices of a space."""
        return values_of(self.values) if self.values else dict(self.space or {})

    def ends_of(self, key: str) -> list[Any]:
        """Return both ends of a range of the space, or its choices, as the model takes them."""
        drawn = (self.space or {})[key]
        stated = [drawn.low, drawn.high] if isinstance(drawn, Range) else drawn
        ends: list[Any] = getattr(candidates_of(type(self)).model_validate({key: stated}), key)
        return ends

    @model_validator(mode="after")
    def _what_the_method_needs(self) -> Self:
        of_grid, of_trials = ["values"], ["trials", "space"]
        needed = of_grid if self.method == "grid" else of_trials
        foreign = [*of_trials, "measure"] if self.method == "grid" else of_grid
        for key in foreign:
            if getattr(self, key) is not None:
                raise broken(
                    f"a search by {self.method} has no {key}", f"take it out, or change method to {_other(key)}", key
                )
        for key in needed:
            if getattr(self, key) is None:
                raise broken(f"a search by {self.method} needs {' and '.join(needed)}", f"state {key}")
        return self

    @model_validator(mode="after")
    def _space_within_the_limits_of_the_keys(self) -> Self:
        if self.space is None:
            return self
        candidates = candidates_of(type(self))
        if not self.space:
            raise broken(
                "the space is empty", f"state a range or choices of {' or '.join(candidates.model_fields)}", "space"
            )
        for key, drawn in self.space.items():
            try:
                ends = self.ends_of(key)
            except ValidationError as error:
                raise _of_space(error, key) from None
            if isinstance(drawn, Range) and isinstance(drawn.step, float) and isinstance(ends[0], int):
                raise broken("the step between whole numbers is not one", "state a whole number", f"space.{key}.step")
        return self


class SearchByTrials(Search[C], Generic[C]):
    """A search by a budget of trials: of models of survival, whose risks the AUC of a grid does not judge."""

    @model_validator(mode="before")
    @classmethod
    def _no_grid(cls, values: Any) -> Any:
        if isinstance(values, Mapping) and values.get("method", "grid") == "grid":
            rule = "this kind of model is searched by trials, not by a grid"
            raise broken(rule, "state method: tpe or random, trials and space", "method")
        return values


def _other(key: str) -> str:
    return "grid" if key == "values" else "tpe or random"


def _of_space(error: ValidationError, key: str) -> ValidationError:
    """Say that a key or an end of its range is none that the model takes."""
    problem = error.errors()[0]
    if problem["type"] == "broken":
        return moved(error, "space")
    limit = problem["msg"][:1].lower() + problem["msg"][1:]
    rule = f"{problem['input']} is outside what {key} of the model may be: {limit}"
    return broken(rule, "stay within the limits of the key", f"space.{key}")


def candidates_of(search: type[Search[Any]]) -> type[Candidates]:
    """Return the section of the keys of a model that a search may choose."""
    candidates: type[Candidates] = next(
        kind for kind in get_args(search.model_fields["values"].annotation) if kind is not type(None)
    )
    return candidates


@dataclass(frozen=True, kw_only=True)
class ModelKind(DescribedKind):
    """A kind of base model.

    Its builder depends on what it takes: of `features`, a function `build(settings, seed)` that makes an unfitted
    scikit-learn classifier (with `is_selected`, `build(selection, names)`, a fitted one; of survival, a `RiskModel`
    of `train.classifiers.learner`); of `columns` and `crops`, the `main` of the job that trains it.

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
        Whether its scores of classes are probabilities, which a log loss needs, and not distances of any size.
    needs_order : bool
        Whether it learns several classes only where they are ordered.
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
    needs_order: bool = False

    def serves_task(self, task: Task) -> bool:
        """Tell whether it can learn a task."""
        return task.type in self.serves and (not self.needs_order or getattr(task, "ordered", False))

    @property
    def searchable(self) -> tuple[str, ...]:
        """Name the keys that an inner search may choose."""
        search = self.settings.model_fields.get("search")
        section = next(iter(get_args(search.annotation)), None) if search else None
        return tuple(candidates_of(section).model_fields) if section else ()

    def describe(self, settings: Any) -> str:
        """Describe the model with its hyperparameters; of those that a search chooses, the values that it tries."""
        search = getattr(settings, "search", None)
        tried = search.tried if search else {}
        values = [
            f"{word} chosen {describe_tried(tried[key])}" if key in tried else f"{word} {{{key}}}"
            for key, word in self.hyperparameters.items()
        ]
        return self.fill(": ".join(filter(None, [self.words, ", ".join(values)])), settings)

    def describe_for(self, settings: Any, tasks: Mapping[str, Any]) -> str:
        """Describe the model as it is for the tasks that it is trained for (name -> task): mostly the same for all."""
        return self.describe(settings)

    def describe_training(self, settings: Section) -> str:
        """Describe how the model is trained; "" when there is nothing to say."""
        return self.fill(self.training, settings)

    def describe_schedule(self, settings: Section) -> str:
        """Describe how long and in what steps the model is trained; "" when there is nothing to say."""
        return self.fill(self.schedule, settings)

    def balances_classes(self, settings: Section) -> bool:
        """Tell whether both classes have the same weight, whatever their sizes."""
        return getattr(settings, "class_weight", "none") == "balanced"


def describe_tried(tried: Range | list[Any]) -> str:
    """Describe what a value is chosen from: a list, or a range."""
    if not isinstance(tried, Range):
        return f"among {', '.join(map(str, tried))}"
    scale = " on a logarithmic scale" if tried.log else "" if tried.step is None else f" in steps of {tried.step:g}"
    return f"from {tried.low:g} to {tried.high:g}{scale}"


MODELS: Group[ModelKind] = Group("models", "train.models")
