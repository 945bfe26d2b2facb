"""The templates of the page."""

import pytest
from jinja2 import Environment, FileSystemLoader

from tests.report.conftest import TEMPLATES


@pytest.mark.parametrize("several", [False, True])
def test_the_slider_says_where_its_intervals_are_too_narrow(several: bool) -> None:
    parts = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    task = {"name": "t", "suffix": "", "several": several}
    text = parts.from_string('{% import "parts.html.j2" as parts %}{{ parts.threshold(task) }}').render(task=task)
    assert ("too narrow here: a patient has several cases" in text) is several
