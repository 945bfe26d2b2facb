"""A network trained end to end on crops."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import Name, Section, broken
from sonomics.core.settings.fusion import Columns, Fusion, MaskUse
from sonomics.core.settings.networks import Architecture, Size, StartingWeights
from sonomics.core.settings.task_checks import tasks_of_model
from sonomics.core.settings.training import Trained
from sonomics.kinds.models import ModelKind
from sonomics.kinds.wording import join_words

OUTLINE = {"none": "", "channel": "with the outline as a channel", "pooling": "its features averaged over the outline"}
OPTIMISERS = {"adamw": "AdamW", "adam": "Adam", "sgd": "stochastic gradient descent with momentum"}
SCHEDULES = {
    "one_cycle": "one cycle of the learning rate up to",
    "cosine": "a learning rate that falls along a cosine from",
    "halving": "a learning rate of at first",
    "constant": "a learning rate of",
}
# Name of the folder of what a network of several tasks has once, beside those of the tasks.
JOINT = "joint"


class Together(Section):
    """One network for all its tasks, with a head each, trained on the weighted sum of their losses."""

    weights: dict[Name, Annotated[float, Field(gt=0)]] = Field(
        {}, description="task -> weight of its loss; 1 where none is stated"
    )


class Network(Trained):
    """The network, what it sees, what its training starts from, and how it is trained."""

    architecture: Architecture
    weights: StartingWeights
    size: Size
    mask: MaskUse = "none"
    fusion: Fusion | None = Field(
        None, description="views of an exam that the network sees together; without it, it sees images one by one"
    )
    columns: Columns
    together: Together | None = Field(
        None, description="one network for all its tasks; without it, a network for each (`together: {}`)"
    )

    @model_validator(mode="after")
    def _one_outline_a_map(self) -> Self:
        if self.mask == "pooling" and self.fusion is not None and self.fusion.join == "early":
            rule = "views that are joined early have one feature map and several outlines"
            raise broken(rule, "choose mask: channel, or another join", "mask")
        return self


class NetworkKind(ModelKind):
    """The network, whose training always balances the classes."""

    def balances_classes(self, settings: Section) -> bool:
        """Return True: the loss weights both classes equally."""
        return True

    def describe_training(self, settings: Any) -> str:
        """Describe the start, the optimiser, its schedule, and how the epoch was chosen."""
        start = "random weights" if getattr(settings, "weights", None) == "none" else "pretrained weights"
        parts = [
            f"started from {start} and {super().describe_training(settings)}".replace(
                "AdamW", OPTIMISERS[settings.optimiser]
            ).replace("one cycle of the learning rate up to", SCHEDULES[settings.schedule]),
            f"halved every {settings.halve_every} epochs" if settings.halve_every else "",
            f"with {settings.warm_up} epochs of warm-up" if settings.warm_up else "",
            f"dropout of {settings.dropout:g} before the heads" if settings.dropout else "",
            f"the trunk frozen for {settings.frozen_epochs} epochs" if settings.frozen_epochs else "",
            f"a moving average of the weights (decay {settings.average:g})" if settings.average else "",
            f"and the epoch with the least loss on an inner {settings.stop.share:.0%} of the training patients of each "
            f"fold (patience {settings.stop.patience})"
            if settings.stop
            else "",
        ]
        if settings.test_time == "flip":
            parts.append("scores are the mean of an image and its mirror image")
        return ", ".join(filter(None, parts))

    def describe(self, settings: Any) -> str:
        """Describe the network, and what it sees beside single images."""
        fusion, mask, columns = settings.fusion, settings.mask, settings.columns
        seen = [
            f"{fusion.images} images of {join_words(fusion.views)} joined by {fusion.join}" if fusion else "",
            OUTLINE[mask],
            f"with {join_words(columns)}" if columns else "",
        ]
        return ", ".join(filter(None, [super().describe(settings), *seen]))

    def describe_for(self, settings: Any, tasks: Mapping[str, Any]) -> str:
        """Say which tasks one network learns together."""
        if settings.together is None:
            return self.describe(settings)
        weights = [f"{task} ({settings.together.weights.get(task, 1):g})" for task in tasks]
        return f"{self.describe(settings)}, one for {join_words(weights)} (in brackets the weights of their losses)"

    def check(self, settings: Any, parameters: Any) -> None:
        """Check that the study has the views, names the columns as clinical, and has the tasks learned together."""
        stated = {
            "fusion.views": (settings.fusion.views if settings.fusion else [], parameters.clean.views, "clean.views"),
            "columns": (settings.columns, parameters.study.clinical, "study.clinical"),
        }
        for key, (names, known, where) in stated.items():
            if strange := [name for name in names if name not in known]:
                rule = f"{strange[0]} is not in {where} ({join_words(known) or 'empty'})"
                raise broken(rule, "name one of them, or add it there", key=key)
        if settings.together is not None:
            _check_together(settings.together, tasks_of_model(parameters.study.tasks, settings), parameters.study.tasks)


def _check_together(together: Together, tasks: list[str], of_study: Mapping[str, Any]) -> None:
    if strange := [task for task in together.weights if task not in tasks]:
        rule = f"{strange[0]} is not a task of this network ({', '.join(tasks)})"
        raise broken(rule, "name one of its tasks, or add it to them", f"together.weights.{strange[0]}")
    if len(tasks) == 1:
        rule = f"{tasks[0]} is the only task of this network, and together is for several"
        raise broken(rule, "take together out, or add a task", "together")
    if JOINT in of_study:
        rule = f"a task has the name {JOINT}, which is that of the folder of a network of several tasks"
        raise broken(rule, "give the task another name, or take together out", "together")


KIND = NetworkKind(
    name="network",
    settings=Network,
    builder="sonomics.train.network:main",
    takes="crops",
    serves=("binary", "classes", "survival"),
    words="{architecture} at {size} pixels, {epochs} epochs",
    training=(
        "was trained with AdamW (weight decay {weight_decay:g}), batches of {batch} and one cycle of the learning rate "
        "up to {learning_rate:g}"
    ),
    schedule="{epochs} epochs, batch {batch}, highest learning rate {learning_rate:g}",
    image_changes="mirrored, turned, shifted, scaled and changed in brightness and contrast",
)
