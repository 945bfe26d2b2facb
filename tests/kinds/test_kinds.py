"""The kinds that come with sonomics: light to import, and complete."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sonomics.core.params import overlaid
from sonomics.core.settings.by_task import every_value
from sonomics.kinds.outlines import format_of
from sonomics.kinds.steps import STEPS
from tests.conftest import ROOT
from tests.kinds.toy import GROUPS
from tests.test_docs import merged

KINDS = [(group, name) for group in GROUPS for name in GROUPS[group].names()]
HEAVY = ("numpy", "pandas", "scipy", "sklearn", "torch", "matplotlib", "yaml", "pydicom")
PHASES = ("export", "clean", "crop", "extract", "select", "train", "stack", "evaluate", "report")
IMPORT_ALL = """
import sys
from sonomics.core.registry import Group
for group in sys.argv[1].split(","):
    for name in Group(group, "").names():
        Group(group, "").get(name)
print(*sys.modules)
"""


def test_kinds_import_no_code_of_a_phase_and_nothing_heavy() -> None:
    command = [sys.executable, "-c", IMPORT_ALL, ",".join(GROUPS)]
    library = ROOT / "workflow/lib"
    done = subprocess.run(command, text=True, capture_output=True, check=True, env={"PYTHONPATH": str(library)})
    modules = done.stdout.split()
    assert not [name for name in modules if name.split(".")[0] in HEAVY]
    assert not [name for name in modules if name.startswith(tuple(f"sonomics.{phase}" for phase in PHASES))]


@pytest.mark.parametrize(("group", "name"), KINDS)
def test_a_kind_has_its_own_name_and_every_key_a_description(group: str, name: str) -> None:
    kind = GROUPS[group].get(name)
    assert kind.name == name
    assert kind.words
    assert all(field.description for field in kind.settings.model_fields.values())
    module, _, function = kind.builder.partition(":")
    assert module.startswith("sonomics.")
    assert function


@pytest.mark.parametrize("path", [ROOT / "params.yaml", *sorted(ROOT.glob("studies/*/params.yaml"))], ids=str)
def test_studies_state_what_kinds_take(path: Path) -> None:
    params = yaml.safe_load(path.read_text(encoding="utf-8"))
    for variant in params["study"]["variants"]:
        study = overlaid(params, variant)
        sections = [
            *(("models", model["kind"], model) for model in study["train"]["models"].values()),
            *(("families", family["kind"], family) for family in study["extract"]["families"].values()),
            *(("steps", step["step"], step) for steps in every_value(study["select"]["steps"]) for step in steps),
            ("sources", study["export"]["source"], study["export"][study["export"]["source"]]),
        ]
        for group, name, section in sections:
            settings = GROUPS[group].get(name).settings
            settings.model_validate(section)
            filled = settings.partial(section).plain()
            assert merged(filled, section) == filled
            settings.model_validate(filled)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("P1.png", "masks"),
        ("P1.TIFF", "masks"),
        ("P1.nii.gz", "volumes"),
        ("P1.seg.nrrd", "volumes"),
        ("P1.dcm", "segmentations"),
        ("P1.json", "labelme"),
        ("all.coco.json", "coco"),
        ("all.xml", "cvat"),
        ("all.boxes.csv", "boxes"),
        ("all.csv", None),
        ("notes.txt", None),
    ],
)
def test_the_longest_ending_tells_the_format_of_outlines(name: str, kind: str | None) -> None:
    found = format_of(Path("reader_1/1", name))
    assert (found.name if found else None) == kind


def test_steps_that_give_coefficients() -> None:
    assert [name for name in STEPS.names() if STEPS.get(name).gives_coefficients] == ["elastic_net", "lasso"]
