"""The kinds that a study names are found by their keys, in cut settings too."""

from sonomics.core.params import fill, pick
from sonomics.core.settings.named import builders, named_kinds, plugin_files
from sonomics.core.settings.parameters import Parameters


def test_every_kind_of_a_study_is_named_by_its_key(params):
    parameters = Parameters.partial(params)
    kinds = {named.key: (named.group, named.kind) for named in named_kinds(parameters)}
    assert kinds["export.source"] == kinds["export.simulator"] == ("sources", "simulator")
    assert kinds["train.models.rf"] == ("models", "forest")
    assert kinds["select.steps.0"] == ("steps", params["select"]["steps"][0]["step"])
    assert kinds["stack.calibration"] == ("calibrations", "platt")
    assert set(kinds) >= {f"extract.families.{name}" for name in params["extract"]["families"]}
    assert all(builders(parameters).values())


def test_a_job_has_the_builder_of_its_own_kind_alone(params):
    own = Parameters.partial(pick(fill(params), ["study.seed", "train.models.rf"]))
    assert list(builders(own)) == ["train.models.rf"]
    assert plugin_files(own) == []
