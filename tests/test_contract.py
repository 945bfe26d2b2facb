"""dvc.yaml, the rules and the library say the same of every phase."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sonomics.core.contract import CODE, PARAMS, code_of, defaults_of, packages_of
from sonomics.core.params import PHASES
from sonomics.core.settings.defaults import defaults
from tests.conftest import ROOT, Study

LIBRARY = ROOT / "workflow/lib/sonomics"
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]


def paths(entries: list) -> list[str]:
    return [entry if isinstance(entry, str) else next(iter(entry)) for entry in entries]


def within(path: str, roots: list[str]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def test_there_is_one_stage_a_phase():
    assert tuple(STAGES) == PHASES


@pytest.mark.parametrize("phase", PHASES)
def test_stage_covers_the_rules_inputs_and_outputs(phase: str, smoke: Study, plan):
    rows = plan(phase)
    outs = paths(STAGES[phase]["outs"] + STAGES[phase]["metrics"] + STAGES[phase].get("plots", []))
    engine = os.path.relpath(ROOT, smoke.path)
    deps = [dep.replace("${engine}", engine) for dep in STAGES[phase]["deps"]]
    made = {row["output_file"] for row in rows}
    assert f"results/metrics/{phase}.json" in made
    for row in rows:
        assert within(row["output_file"], outs), f"{row['output_file']} is not an out of {phase}"
        for file in filter(None, row["input-file(s)"].split(",")):
            assert file in made or within(file, deps), f"{file} is not a dep of {phase}"


@pytest.mark.parametrize("phase", PHASES)
def test_stage_tracks_the_params_that_the_phase_may_read(phase: str):
    assert [key for key in STAGES[phase]["params"] if isinstance(key, str)] == list(PARAMS[phase])


@pytest.mark.parametrize("phase", PHASES)
def test_stage_tracks_the_defaults_that_the_phase_takes(phase: str):
    (tracked,) = [entry for entry in STAGES[phase]["params"] if not isinstance(entry, str)]
    assert tracked == {"${schemas}/defaults.yaml": defaults_of(phase, defaults())}


@pytest.mark.parametrize("phase", PHASES)
def test_stage_tracks_the_code_that_the_phase_imports(phase: str):
    tracked = {Path(dep).name for dep in STAGES[phase]["deps"] if "workflow/lib" in dep}
    assert tracked == set(CODE[phase])
    words = {"kinds"} if phase == "report" else set()  # the page is written in the words of the kinds
    assert packages_of(phase) == {Path(file).relative_to(LIBRARY).parts[0] for file in imported(phase)} | words
    assert packages_of(phase) == set(CODE[phase])


@pytest.mark.parametrize("phase", PHASES)
def test_a_job_depends_on_every_module_that_its_phase_imports_but_declarations(phase: str):
    known = {Path(file).resolve() for file in code_of(phase)}
    assert {file for file in imported(phase) if not is_declaration(file)} <= known
    declared = {file for file in known if is_declaration(file)}
    assert declared == (set((LIBRARY / "kinds").rglob("*.py")) if phase == "report" else set())


def is_declaration(file: Path) -> bool:
    return file.is_relative_to(LIBRARY / "core/settings") or file.is_relative_to(LIBRARY / "kinds")


def test_a_job_depends_on_no_module_of_core_that_its_phase_does_not_import():
    assert not {"cohort.py", "docx.py", "models.py", "rules.py", "svg.py"} & {
        Path(file).name for file in code_of("crop") if "core" in Path(file).parts
    }


def test_a_changed_description_makes_no_stage_stale():
    ignored = (ROOT / ".dvcignore").read_text().splitlines()
    assert "workflow/lib/sonomics/core/settings" in ignored
    deps = {(phase, dep) for phase, stage in STAGES.items() for dep in paths(stage["deps"])}
    declarations = ("lib/sonomics/kinds", "settings", "schemas")
    declared = [(phase, dep) for phase, dep in deps if any(part in dep for part in declarations)]
    assert declared == [("report", "${engine}/workflow/lib/sonomics/kinds")]


def imported(phase: str) -> set[Path]:
    """Follow the imports of a phase's package from module to module, as Python parses them."""
    ahead = list((LIBRARY / phase).rglob("*.py"))
    seen: set[Path] = set()
    while ahead:
        module = ahead.pop()
        if module in seen or not module.exists() or is_declaration(module):
            continue
        seen.add(module)
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sonomics."):
                name = LIBRARY.joinpath(*node.module.split(".")[1:])
                ahead += [name.with_suffix(".py"), *(name / f"{alias.name}.py" for alias in node.names)]
    return seen


def test_every_study_has_the_same_dvc_yaml():
    root = (ROOT / "dvc.yaml").read_text()
    studies = sorted((ROOT / "studies").glob("*/dvc.yaml"))
    assert studies
    for study in studies:
        there = root.replace("engine: .\n", "engine: ../..\n").replace("schemas: ", "schemas: ../../")
        assert study.read_text() == there, study


def test_every_study_has_a_dvc_yaml():
    for params in (ROOT / "studies").glob("*/params.yaml"):
        assert params.with_name("dvc.yaml").exists()


def test_every_rule_says_in_a_line_what_its_job_does():
    """Without a message Snakemake lists all inputs of every job, and those are the modules of a phase."""
    for rules in (ROOT / "workflow/rules").glob("*.smk"):
        text = rules.read_text()
        assert len(re.findall(r"^(?:use )?rule ", text, re.MULTILINE)) == len(
            re.findall(r"^    message:$", text, re.MULTILINE)
        )


def test_no_stage_persists():
    assert "persist" not in (ROOT / "dvc.yaml").read_text()


def test_only_evaluate_unmasks():
    callers = {
        path.relative_to(LIBRARY).parts[0]
        for path in LIBRARY.rglob("*.py")
        if "read_unmasked_cohort" in path.read_text() and path.name != "cohort.py"
    }
    assert callers - {"commands"} == {"evaluate"}


def test_arrows_between_packages_point_one_way():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_phase_has_its_name_everywhere():
    for phase in PHASES:
        assert (ROOT / f"workflow/rules/{phase}.smk").exists()
        assert (LIBRARY / phase / "__init__.py").exists()
        assert (ROOT / f"docs/{phase}.md").exists()
        assert (ROOT / f"tests/{phase}").is_dir()
        assert phase in yaml.safe_load((ROOT / "params.yaml").read_text())
