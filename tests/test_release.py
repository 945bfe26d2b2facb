"""A release has one number and one date, wherever they stand."""

import re
import tomllib
from datetime import date

import yaml

from tests.conftest import ROOT

CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
RELEASES = re.findall(r"^## (\S+) - (\S+)$", CHANGELOG, re.MULTILINE)


def test_the_project_the_citation_and_the_changelog_agree_on_the_newest_release():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    number, day = RELEASES[0]
    assert project["version"] == citation["version"] == number
    assert citation["date-released"] == date.fromisoformat(day)


def test_the_changelog_has_the_form_of_keep_a_changelog():
    assert re.findall(r"^## (\S+)", CHANGELOG, re.MULTILINE) == ["Unreleased", *(number for number, _ in RELEASES)]
    assert [date.fromisoformat(day) for _, day in RELEASES] == sorted(
        (date.fromisoformat(day) for _, day in RELEASES), reverse=True
    )
    assert set(re.findall(r"^### (\S+)", CHANGELOG, re.MULTILINE)) <= {
        "Added",
        "Changed",
        "Deprecated",
        "Fixed",
        "Removed",
        "Security",
    }
