"""What conda users install is what uv installs."""

import re
import tomllib

import yaml

from tests.conftest import ROOT


def test_environment_yml_agrees_with_the_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    versions = {package["name"]: package.get("version") for package in lock["package"]}
    names = [re.split(r"[<>=!~\[ ]", dependency)[0].lower() for dependency in project["dependencies"]]
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = dependencies[-1]["pip"]
    assert pip == [f"{name}=={versions[name]}" for name in sorted(names)]
    assert f"numpy={versions['numpy']}" in dependencies
    assert f"python={project['requires-python'].removeprefix('==').removesuffix('.*')}" in dependencies
