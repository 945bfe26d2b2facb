"""The page in a real browser: what people click, what a screen reader meets, and nothing that leaves the page."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sonomics.report.elements.numbers import format_decimal, format_interval
from sonomics.statistics.classification.confusion import count_confusion, summarise_confusion
from sonomics.statistics.clinical_utility.decision_curve import net_benefit
from tests.report.hostile import HOSTILE

playwright = pytest.importorskip("playwright.sync_api", reason="the browser's driver is a development dependency")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.browser
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDTHS = (1280, 390)
SPLITS = ("train", "internal")


class Visit:
    """A page opened from disk, with everything it complained of or asked for."""

    def __init__(self, page: "playwright.Page", html: Path) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(html.as_uri())

    def rows(self) -> list[str]:
        return self.page.locator("[data-cases] tbody th").all_inner_texts()

    def column(self, title: str) -> list[str]:
        titles = self.page.locator("[data-cases] thead th").all_inner_texts()
        return self.page.locator(f"[data-cases] tbody tr > :nth-child({titles.index(title) + 1})").all_inner_texts()

    def violations(self) -> list[str]:
        found = axe.Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visits(browser: "playwright.Browser", study: Path) -> Iterator[dict[int, Visit]]:
    """The page at both widths; each visit is shared, so a test leaves it as it found it."""
    html = study / "results" / "report.html"
    pages = {width: browser.new_page(viewport={"width": width, "height": 900}) for width in WIDTHS}
    yield {width: Visit(page, html) for width, page in pages.items()}
    for page in pages.values():
        page.close()


@pytest.fixture
def visit(visits: dict[int, Visit]) -> Visit:
    """The wide page, as it was when it was opened."""
    visits[1280].page.reload()
    return visits[1280]


@pytest.fixture(scope="module")
def cases(study: Path) -> pd.DataFrame:
    return pd.read_csv(study / "results" / "evaluate" / "main" / "recurrence" / "cases.csv")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_quiet_keeps_to_itself_and_fits(visits: dict[int, Visit], width: int, tmp_path: Path) -> None:
    visit = visits[width]
    assert visit.complaints == []
    assert {url.split(":")[0] for url in visit.requests} <= {"file", "data", "blob"}
    assert len([url for url in visit.requests if url.startswith("file")]) == 1
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    shot = tmp_path / "page.png"
    visit.page.screenshot(path=shot, full_page=True)
    assert shot.stat().st_size > 50_000


@pytest.mark.parametrize("width", WIDTHS)
def test_every_figure_and_picture_is_drawn(visits: dict[int, Visit], width: int) -> None:
    boxes = (
        visits[width]
        .page.locator("main svg, main img")
        .evaluate_all("all => all.map(one => [one.getBoundingClientRect().width, one.getBoundingClientRect().height])")
    )
    assert len(boxes) >= 15
    assert np.min(boxes) > 8
    loaded = visits[width].page.locator("main img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert min(loaded) > 0
    ink = visits[width].page.locator(".panel svg").evaluate_all("all => all.map(one => one.getBBox().width)")
    assert min(ink) > 50


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_serious_violation(visits: dict[int, Visit], width: int) -> None:
    visit = visits[width]
    assert visit.violations() == []
    visit.page.locator("[data-cases] tbody th button").first.click()
    assert visit.page.locator("dialog").is_visible()
    assert visit.violations() == []
    visit.page.keyboard.press("Escape")
    assert not visit.page.locator("dialog").is_visible()


@pytest.mark.parametrize("split", SPLITS)
def test_the_slider_computes_what_the_library_computes(visit: Visit, cases: pd.DataFrame, split: str) -> None:
    page = visit.page
    page.select_option("[data-pick=split]", split)
    for place, model in enumerate(("stacked", "radiomics")):
        page.select_option("[data-pick=model]", str(place))
        value = f"{model}__probability"
        used = cases[(cases["split"] == split) & cases["label"].notna() & cases[value].notna()]
        for threshold in (0.03, 0.2, 0.385, 0.5, 0.91, 1.0):
            page.locator("input[type=range]").evaluate(
                "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }", threshold
            )
            counts = count_confusion(used["label"], used[value], threshold)
            shown = {name: int(page.inner_text(f"[data-out={name}]")) for name in counts._fields}
            assert shown == counts._asdict()
            measures = summarise_confusion(counts, 0.95)
            expected = []
            for name in ("sensitivity", "specificity", "ppv", "npv", "accuracy"):
                measure = getattr(measures, name)
                found = format_decimal(measure.estimate) if measure.n else "not estimable"
                expected.append([found, format_interval(*measure.wilson)])
            if threshold < 1:
                benefit = net_benefit(used["label"], used[value], [threshold]).iloc[0]
                expected += [
                    [format_decimal(benefit["model"], 3), ""],
                    [format_decimal(benefit["treat_all"], 3), "treating none: 0"],
                ]
            rows = page.locator("[data-out=measures] tr").all()
            assert [row.locator("td").all_inner_texts() for row in rows] == expected


def test_the_slider_starts_at_the_frozen_threshold_and_finds_back(visit: Visit, study: Path) -> None:
    page = visit.page
    table = pd.read_csv(study / "results" / "evaluate" / "main" / "recurrence" / "performance.csv")
    rows = table[(table["model"] == "stacked") & (table["split"] == "internal")].set_index("statistic")["estimate"]
    frozen = {name: page.inner_text(f"[data-out={name}]") for name in ("tp", "fp", "tn", "fn")}
    assert frozen == {name: f"{rows[name]:.0f}" for name in frozen}
    assert "at the frozen threshold" in page.inner_text("[data-threshold] [data-out=status]")
    page.focus("input[type=range]")
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    assert "not the frozen threshold; the frozen threshold is 0.500" in page.inner_text("[data-out=status]")
    assert page.inner_text("[data-out=threshold]") == "0.700"
    page.click("[data-act=frozen]")
    assert frozen == {name: page.inner_text(f"[data-out={name}]") for name in frozen}
    assert page.get_by_text("A threshold must not be chosen on test data").is_visible()


def test_filters_narrow_the_table_and_clear(visit: Visit, cases: pd.DataFrame) -> None:
    page = visit.page
    assert page.inner_text("[data-out=count]") == f"{len(cases)} of {len(cases)} cases"
    page.select_option("[data-filter=split]", "Internal test")
    assert set(visit.column("Set")) == {"Internal test"}
    page.select_option("[data-filter=decision]", "positive")
    inside = cases[(cases["split"] == "internal") & (cases["stacked__probability"] >= 0.5)]
    assert visit.rows() == inside["case"].tolist()
    page.fill("[data-filter=text]", inside["case"].iloc[0].lower())
    assert visit.rows() == [inside["case"].iloc[0]]
    page.fill("[data-filter=text]", "nobody is called this")
    assert visit.rows() == []
    page.click("form [type=reset]")
    # A reset comes to the script after the click; waiting for a function would be eval, which the page forbids.
    playwright.expect(page.locator("[data-out=count]")).to_have_text(f"{len(cases)} of {len(cases)} cases")


def test_every_column_sorts_both_ways_and_says_so(visit: Visit, cases: pd.DataFrame) -> None:
    page = visit.page
    page.get_by_role("button", name="stacked").click()
    values = cases["stacked__probability"].sort_values()
    assert visit.column("stacked") == [format_decimal(value, 3) for value in values.head(25)]
    heading = page.get_by_role("columnheader", name="stacked")
    assert heading.get_attribute("aria-sort") == "ascending"
    page.get_by_role("button", name="stacked").click()
    assert visit.column("stacked") == [format_decimal(value, 3) for value in values[::-1].dropna().head(25)]
    assert heading.get_attribute("aria-sort") == "descending"
    page.get_by_role("button", name="age", exact=True).click()
    assert page.locator("[data-cases] [aria-sort]").all_inner_texts() == ["age"]
    assert visit.column("age") == [str(age) for age in sorted(map(int, visit.column("age")))]


def test_pages_turn(visit: Visit, cases: pd.DataFrame) -> None:
    page = visit.page
    first = visit.rows()
    assert len(first) == 25
    assert page.locator("[data-act=back]").is_disabled()
    page.click("[data-act=on]")
    assert visit.rows() == cases["case"].tolist()[25:50]
    page.click("[data-act=back]")
    assert visit.rows() == first


def test_the_keyboard_opens_a_case_and_comes_back(visit: Visit, cases: pd.DataFrame) -> None:
    page = visit.page
    page.select_option("[data-filter=split]", "Internal test")
    page.get_by_role("button", name="stacked").focus()
    page.keyboard.press("Enter")
    page.locator("[data-cases] tbody th button").first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    lowest = cases[cases["split"] == "internal"].nsmallest(1, "stacked__probability").iloc[0]
    assert dialog.get_by_role("heading").inner_text() == f"Case {lowest['case']}"
    assert dialog.locator("figcaption").all_inner_texts()[:2] == ["arterial", "grey"]
    assert "grey, heat of cnn" in dialog.locator("figcaption").all_inner_texts()
    assert dialog.locator("img").first.get_attribute("alt") == f"Case {lowest['case']}, arterial"
    words = dialog.locator(".report").inner_text()
    assert (
        f"a probability of {format_decimal(lowest['stacked__probability'], 3)}, below the threshold of 0.500" in words
    )
    assert "Clinical data: age " in words
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    dialog.get_by_role("button", name="Next").click()
    assert dialog.get_by_role("heading").inner_text() == f"Case {visit.rows()[1]}"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == lowest["case"]


def test_the_skip_link_leads_to_the_content(visit: Visit) -> None:
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    visit.page.keyboard.press("Enter")
    assert visit.page.url.endswith("#content")


def test_hostile_text_of_a_cohort_is_shown_as_text(browser: "playwright.Browser", hostile: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    visit = Visit(page, hostile / "results" / "report.html")
    page.locator("[data-cases] tbody th button").first.click()
    facts = page.locator("dialog dd").all_inner_texts()
    page.keyboard.press("Escape")
    table = page.locator("[data-cases] tbody").inner_text()
    shown = page.locator("#baseline-recurrence").inner_text()
    for text in HOSTILE:
        assert text in table + json.dumps(facts, ensure_ascii=False)
        assert text in shown
    assert page.evaluate("window.attacked") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert visit.complaints == []
    assert visit.violations() == []
    page.close()


def test_a_shared_page_has_no_picture_and_still_works(browser: "playwright.Browser", shared: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    visit = Visit(page, shared)
    assert visit.rows()[:3] == ["1", "2", "3"]
    page.locator("[data-cases] tbody th button").first.click()
    assert "A shared report holds no images." in page.get_by_role("dialog").inner_text()
    assert page.locator("img").count() == 0
    assert visit.complaints == []
    page.close()
