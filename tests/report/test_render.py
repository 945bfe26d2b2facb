"""The page as a browser and a screen reader meet it."""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from sonomics.core.files import read_json
from sonomics.report import render
from tests.report.conftest import TEMPLATES
from tests.report.hostile import HOSTILE
from tests.report.synthetic import PARAMS, report_arguments

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """Collects elements and complains about tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "script"):
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="session")
def parsed(page: str) -> Page:
    return Page(page)


def test_nothing_is_loaded_from_elsewhere(page: str, parsed: Page) -> None:
    for tag, attributes in parsed.elements:
        assert tag not in ("link", "iframe")
        assert tag != "script" or "src" not in attributes
        for name in ("src", "href", "xlink:href", "poster", "data"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/webp;base64,"))
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    assert "@import" not in style[1]
    assert re.findall(r"url\((?!#)", page) == []


def test_ids_are_unique_and_links_lead_somewhere(parsed: Page) -> None:
    ids = Counter(attributes["id"] for _, attributes in parsed.elements if "id" in attributes)
    assert [name for name, count in ids.items() if count > 1] == []
    targets = [str(a["href"])[1:] for a in parsed.all("a")] + [
        str(attributes["aria-labelledby"]) for _, attributes in parsed.elements if "aria-labelledby" in attributes
    ]
    assert set(targets) <= set(ids)
    clips = re.findall(r"url\(#([^)]+)\)", str(parsed.elements))
    assert clips
    assert set(clips) <= set(ids)


def test_pictures_and_tables_have_words(parsed: Page, study: Path) -> None:
    assert len(parsed.all("img")) == 12
    assert all(image["alt"] for image in parsed.all("img"))
    panels = [attributes for attributes in parsed.all("div") if attributes.get("role") == "img"]
    drawn = list((study / "results" / "evaluate" / "main" / "recurrence").glob("*.svg"))
    assert len(panels) == len(parsed.all("svg")) == len(drawn) + 2  # and the flow chart and the picture of the phases
    assert all(panel["aria-label"] for panel in panels)
    assert len(parsed.all("caption")) == len(parsed.all("table"))
    assert all("scope" in heading for heading in parsed.all("th"))


def test_headings_go_down_one_step_at_a_time(parsed: Page) -> None:
    assert parsed.headings[0] == 1
    assert parsed.headings.count(1) == 1
    assert all(below - above <= 1 for above, below in zip(parsed.headings, parsed.headings[1:], strict=False))
    assert parsed.all("html") == [{"lang": "en"}]
    assert parsed.all("a")[0]["href"] == "#content"


def test_hostile_text_is_shown_as_text(page: str, parsed: Page) -> None:
    assert "<script>alert" not in page
    assert page.count("<script") == 2
    assert "A tiny study of <script>alert('x')</script> & recurrence" in "".join(parsed.text)


def test_the_page_gives_the_results_and_says_that_they_are_simulated(study: Path, parsed: Page) -> None:
    text = re.sub(r"\s+", " ", " ".join(parsed.text))
    table = pd.read_csv(study / "results" / "evaluate" / "main" / "recurrence" / "performance.csv")
    area = table[(table["model"] == "stacked") & (table["split"] == "internal") & (table["statistic"] == "auc")].iloc[0]
    found = f"In the internal test set the primary model, stacked, reached an AUC of {area['estimate']:.2f}"
    assert f"{found} (95 % CI {area['lower']:.2f} to {area['upper']:.2f})" in text
    assert "Simulated data." in text
    assert "random initial weights (weights: none, a declared choice of this study" in text
    assert "score = −0.1250 − 0.5000 × z(grey__texture__b) + 0.2500 × z(grey__texture__a)" in text
    assert "grey__texture__b −3.25 0.0625 −0.5000" in text
    assert "1 could not be cropped (no outline)" in text


def test_the_same_inputs_give_the_same_page(study: Path, page: str) -> None:
    metrics = read_json(study / "results" / "metrics" / "report.json")
    assert metrics["bytes"] == len(page.encode())
    assert metrics["bytes"] < 3_000_000
    assert metrics["shown_cases"] == 3
    render.main([f"--settings={json.dumps(PARAMS)}", *report_arguments(study, TEMPLATES)])
    assert (study / "results" / "report.html").read_text(encoding="utf-8") == page


def test_hostile_text_of_a_cohort_makes_no_element(hostile: Path) -> None:
    text = (hostile / "results" / "report.html").read_text(encoding="utf-8")
    parsed = Page(text)
    assert text.count("<script") == 2
    assert not [attributes for _, attributes in parsed.elements if "onerror" in attributes]
    shown = "".join(parsed.text)
    for harm in HOSTILE:
        assert harm in shown


def test_the_page_orders_tasks_as_params_do(study: Path) -> None:
    arguments = report_arguments(study, TEMPLATES)
    folder = str(study / "results" / "evaluate" / "main" / "recurrence")
    tasks = dict.fromkeys(("zeta", "alpha", "recurrence"), PARAMS["study"]["tasks"]["recurrence"])
    params = {**PARAMS, "study": {**PARAMS["study"], "tasks": tasks}}
    further = [part for name in ("alpha", "zeta") for part in ("--evaluation", "main", name, folder)]
    inputs = render.read_inputs(render.parse([f"--settings={json.dumps(params)}", *arguments, *further]))
    assert list(inputs.evaluations) == ["zeta", "alpha", "recurrence"]
    assert [run.variant for run in inputs.evaluations["recurrence"]] == ["main", "shuffled"]
