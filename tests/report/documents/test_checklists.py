"""Reporting standards: their items, the rules they name, and what fills them."""

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pandas as pd
import pytest
import yaml

from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.core.params import fill
from sonomics.core.settings.author import Author
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.report import Items
from sonomics.report.documents.checklists import (
    AUTHOR,
    Checklist,
    Item,
    Standard,
    fill_standard,
    join_findings,
    read_standard,
    tabulate_checklist,
)
from sonomics.report.documents.model_card import write_model_card
from sonomics.report.evidence.findings import MISSING, NOT_APPLICABLE, PARTLY, REPORTED, Finding
from sonomics.report.evidence.images import find_rater_agreement
from sonomics.report.evidence.rules import CONDITIONS, RULES
from sonomics.report.prose.paragraphs import write_methods
from sonomics.report.study.record import Record
from tests.conftest import ROOT
from tests.report.conftest import TEMPLATES
from tests.report.synthetic import PARAMS

STANDARDS = {path.stem: read_standard(path) for path in sorted((TEMPLATES / "checklists").glob("*.yaml"))}
KINDS = {"automatic", "params", "author"}
# Numbers of items as published: all rows, and numbers without letters.
PUBLISHED = {"clear": (58, 58), "metrics": (30, 30), "tripod_ai": (52, 27), "claim": (44, 44), "stard": (34, 30)}
EVERY_ITEM = [(standard, item) for standard in STANDARDS.values() for item in standard.items]
TEXTS = {"ethics": "Approved, number 12.", "consent": "Waived.", "registration": "NCT00000000."}


def number(item: Item) -> tuple[int, str]:
    match = re.fullmatch(r"(\d+)([a-z]?)", item.id)
    assert match
    return int(match[1]), match[2]


def with_params(record: Record, params: dict[str, Any]) -> Record:
    return replace(record, params=Parameters.partial(params))


def with_report(record: Record, **report: Any) -> Record:
    return with_params(record, {**PARAMS, "report": {**PARAMS["report"], **report}})


def find(record: Record, key: str, item: str) -> Finding:
    standard = STANDARDS[key]
    findings = fill_standard(standard, record).findings
    return findings[[one.id for one in standard.items].index(item)]


def test_the_standards_are_those_of_the_schema() -> None:
    assert set(STANDARDS) == set(PUBLISHED) == set(Items.model_fields)


@pytest.mark.parametrize("key", PUBLISHED)
def test_items_are_as_many_as_published_and_in_order(key: str) -> None:
    numbers = [number(item) for item in STANDARDS[key].items]
    rows, main = PUBLISHED[key]
    assert len(numbers) == len(set(numbers)) == rows
    assert numbers == sorted(numbers)
    assert sorted({one for one, _ in numbers}) == list(range(1, main + 1))
    for one in {first for first, letter in numbers if letter}:
        letters = [letter for first, letter in numbers if first == one]
        assert letters == list("abcdefg"[: len(letters)])


@pytest.mark.parametrize(("standard", "item"), EVERY_ITEM, ids=lambda one: getattr(one, "id", None) or one.key)
def test_an_item_names_what_there_is(standard: Standard, item: Item) -> None:
    assert item.kind in KINDS
    assert item.subject
    assert item.evidence
    texts = [name.removeprefix(AUTHOR) for name in item.evidence if name.startswith(AUTHOR)]
    rules = [name for name in item.evidence if not name.startswith(AUTHOR)]
    assert set(texts) <= set(Author.model_fields)
    assert set(rules) <= set(RULES)
    assert bool(texts) == (item.kind == "author")
    assert item.when in {"", *CONDITIONS}


def test_every_rule_and_condition_is_used() -> None:
    assert {name for _, item in EVERY_ITEM for name in item.evidence if name in RULES} == set(RULES)
    assert {item.when for _, item in EVERY_ITEM} - {""} == set(CONDITIONS)


def test_the_weights_of_metrics_are_those_published() -> None:
    weights = {item.id: item.weight or 0.0 for item in STANDARDS["metrics"].items}
    assert math.isclose(sum(weights.values()), 1.0, abs_tol=1e-9)
    assert [weights[one] for one in ("1", "2", "3", "9", "11", "18", "27", "30")] == [
        0.0368, 0.0735, 0.0919, 0.0225, 0.0622, 0.0599, 0.0749, 0.0075,
    ]  # fmt: skip
    assert not any(item.weight for standard, item in EVERY_ITEM if standard.key != "metrics")


def test_every_rule_answers_for_a_small_study(record: Record) -> None:
    for name, rule in RULES.items():
        found = rule(record)
        assert found.status in (REPORTED, PARTLY, MISSING, NOT_APPLICABLE), name
        assert found.evidence, name
        assert bool(found.where) == (found.status in (REPORTED, PARTLY)), name


def test_a_text_that_is_lacking_is_missing_and_one_that_is_given_is_reported(record: Record) -> None:
    assert find(record, "stard", "28") == Finding(
        MISSING, "", "to be stated by the authors: report.author.registration"
    )
    stated = with_report(record, author=TEXTS)
    assert find(stated, "stard", "28") == Finding(REPORTED, "page: Statements", TEXTS["registration"])
    assert find(with_report(record, author={"registration": "  "}), "stard", "28").status == MISSING
    for key, item in (("tripod_ai", "18d"), ("claim", "34")):
        assert find(record, key, item).status == MISSING
        assert find(stated, key, item).status == REPORTED


def test_half_of_an_answer_is_partly(record: Record) -> None:
    both, one = (
        find(record, "tripod_ai", "17"),
        find(with_report(record, author={"ethics": "Approved."}), "tripod_ai", "17"),
    )
    assert both == Finding(MISSING, "", "to be stated by the authors: report.author.ethics, report.author.consent")
    assert one.status == PARTLY
    assert one.evidence == "Approved.; to be stated by the authors: report.author.consent"


def test_a_text_does_not_prove_a_quality_but_an_answer_states_it(record: Record) -> None:
    stated = with_report(record, author={"eligibility": "Adults."})
    assert find(stated, "clear", "11").status == REPORTED
    assert find(stated, "metrics", "2").status == PARTLY
    answer = {"status": "reported", "text": "As in the guideline."}
    answered = with_report(record, items={"metrics": {"2": answer}})
    assert find(answered, "metrics", "2") == Finding(REPORTED, "params.yaml: report.items.metrics", answer["text"])


def test_a_task_without_a_table_of_recalibration_has_its_checklists(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(record.first.tables, "recalibration")
    assert RULES["updating"](record).status == MISSING
    for standard in STANDARDS.values():
        fill_standard(standard, record)


def test_an_answer_to_an_item_that_is_not_there_stops_the_study(record: Record) -> None:
    strange = with_report(record, items={"metrics": {"31": {"status": "reported", "text": "x"}}})
    with pytest.raises(StudyError, match="METRICS has no item 31"):
        fill_standard(STANDARDS["metrics"], strange)


def test_evidence_follows_the_study(record: Record) -> None:
    assert find(record, "clear", "31").status == REPORTED
    assert "2 readings" in find(record, "clear", "31").evidence
    once = replace(record, metrics={"crop": {"main": {"by_reading": {"reader_1 session 1": 126}}}})
    assert find(once, "clear", "31").status == PARTLY
    counts = {"perturbed session 1": 126, "perturbed session 2": 126, "reader_1 session 1": 126}
    copies = {**PARAMS, "crop": {**PARAMS["crop"], "perturb": {"times": 2}}}
    perturbed = replace(with_params(record, copies), metrics={"crop": {"main": {"by_reading": counts}}})
    assert "1 reading, 2 random changes of each outline" in find(perturbed, "clear", "31").evidence
    assert find_rater_agreement(perturbed) == Finding(MISSING, "", "one reader, one session")
    no_icc = {**PARAMS, "select": {**PARAMS["select"], "steps": PARAMS["select"]["steps"][1:]}}
    assert find(with_params(record, no_icc), "clear", "31").status == MISSING
    assert find(record, "claim", "32").status == REPORTED
    assert find(record, "claim", "33") == Finding(MISSING, "", "no external test set")
    assert find(record, "clear", "48").status == MISSING
    assert find(record, "claim", "11").status == NOT_APPLICABLE
    hospital = with_params(record, {**PARAMS, "export": {"source": "dicomweb", "dicomweb": {}}})
    assert find(hospital, "claim", "11").status == REPORTED
    assert "PS3.15" in find(hospital, "claim", "11").evidence


def test_a_condition_that_does_not_hold_takes_its_items_out(record: Record) -> None:
    assert find(record, "metrics", "12").status == REPORTED
    deep = {"deep": {"kind": "deep", "architecture": "resnet18", "weights": "none", "size": 64}}
    only_deep = with_params(record, {**PARAMS, "extract": {"families": deep}})
    assert find(only_deep, "metrics", "12") == Finding(NOT_APPLICABLE, "", "only with hand-crafted features")
    assert find(record, "metrics", "9").status == NOT_APPLICABLE
    drawn = with_report(record, author={"automated_segmentation": "Dice 0.9 on 100 images."})
    assert find(drawn, "metrics", "9").status == PARTLY


def test_the_score_is_the_share_of_the_weights_that_apply() -> None:
    weights = (0.2, 0.3, 0.1, 0.4)
    items = [Item(str(place), "s", "t", "params", ["x"], weight) for place, weight in enumerate(weights, start=1)]
    statuses = (REPORTED, PARTLY, MISSING, NOT_APPLICABLE)
    small = fill_by_hand(items, statuses)
    assert small.counts == {REPORTED: 1, PARTLY: 1, MISSING: 1, NOT_APPLICABLE: 1}
    assert math.isclose(small.score, 100 * 0.2 / 0.6)
    assert small.summary == "1 reported, 1 partly, 1 missing, 1 not applicable; score 33.3 % (fair)"
    without = fill_by_hand(items[3:], statuses[3:])
    assert math.isnan(without.score)
    assert without.summary == "1 not applicable"


def fill_by_hand(items: list[Item], statuses: tuple[str, ...]) -> Any:

    return Checklist(
        Standard("small", "Small", "t", "s", items, {"fair": 30, "poor": 0}), [Finding(status) for status in statuses]
    )


def test_parts_are_joined() -> None:
    there, half, lacking, outside = (Finding(one, one, one) for one in (REPORTED, PARTLY, MISSING, NOT_APPLICABLE))
    assert join_findings([there, outside]).status == REPORTED
    assert (
        join_findings([there, lacking]).status
        == join_findings([half]).status
        == join_findings([half, there]).status
        == PARTLY
    )
    assert join_findings([lacking, outside, lacking]).status == MISSING
    assert join_findings([outside]) == outside
    assert join_findings([there, half]).where == "reported; partly"


def test_the_files_hold_every_item(study: Path) -> None:
    folder = study / "results" / "checklists"
    assert {path.name for path in folder.iterdir()} == {f"{key}.{end}" for key in STANDARDS for end in ("csv", "docx")}
    for key, standard in STANDARDS.items():
        table = pd.read_csv(folder / f"{key}.csv", dtype=str, keep_default_na=False)
        assert table["item"].tolist() == [item.id for item in standard.items]
        (table_of_items,) = docx.Document(str(folder / f"{key}.docx")).tables
        assert [row.cells[0].text for row in table_of_items.rows[1:]] == table["item"].tolist()
        assert [row.cells[3].text for row in table_of_items.rows[1:]] == table["status"].tolist()
    assert "weight" not in pd.read_csv(folder / "clear.csv")
    counted = read_json(study / "results" / "metrics" / "report.json")
    assert sum(counted["checklists"]["clear"].values()) == 58
    assert 0 < counted["metrics_score"] < 100


def test_the_page_counts_items_and_lists_what_authors_must_state(page: str) -> None:
    assert "Still to be stated by the authors:" in page
    assert "Ethics approval, Consent" in page
    assert re.search(r"METRICS: \d+ reported, .*score \d+\.\d % \((very low|low|moderate|good|excellent)\)", page)
    assert page.count('<table class="checklist">') == len(STANDARDS)


def test_a_table_has_one_row_per_item_and_weights_where_there_are_some(record: Record) -> None:
    table = tabulate_checklist(fill_standard(STANDARDS["metrics"], record))
    assert list(table) == ["item", "section", "subject", "kind", "weight", "status", "where", "evidence"]
    assert len(table) == 30


def test_a_control_is_not_a_sensitivity_run_and_combat_is_evidence_on_confounders(record: Record) -> None:
    assert find(record, "claim", "30").status == PARTLY
    whole = {**PARAMS["study"]["variants"], "uncropped": {"crop": {"region": "whole"}}}
    several = {**PARAMS, "study": {**PARAMS["study"], "variants": whole}}
    found = find(with_params(record, several), "claim", "30")
    assert (found.status, found.evidence) == (REPORTED, "sensitivity runs: uncropped")
    assert find(with_params(record, several), "metrics", "17").status == REPORTED
    assert find(record, "clear", "36").status == MISSING
    combat = [{"step": "combat", "by": "device"}, *PARAMS["select"]["steps"]]
    harmonised = {**PARAMS, "select": {**PARAMS["select"], "steps": combat}}
    assert find(with_params(record, harmonised), "clear", "36").status == PARTLY


@pytest.mark.parametrize("path", [ROOT / "params.yaml", *sorted((ROOT / "studies").glob("*/params.yaml"))])
def test_every_study_of_the_repository_fills_its_checklists(path: Path, record: Record) -> None:
    params = yaml.safe_load(path.read_text(encoding="utf-8"))
    models, task = [*params["stack"]["models"]], next(iter(params["study"]["tasks"]))
    read = Parameters.partial(fill(params))
    primary = read.evaluate.primary_of(task, read.study.tasks[task])
    own = record.first.tables["performance"].assign(
        model=lambda table: table["model"].map({"stacked": primary, "radiomics": models[0]})
    )
    evaluation = replace(record.first, task=task, tables={**record.first.tables, "performance": own})
    filled = replace(with_params(record, fill(params)), evaluations=[evaluation])
    for standard in STANDARDS.values():
        assert sum(fill_standard(standard, filled).counts.values()) == len(standard.items)
    assert write_methods(filled)
    assert write_model_card(filled)


def test_ensembles_updating_and_intervals_are_described_as_they_were_made(record: Record) -> None:
    models = {name: {**model, "weights": "equal"} for name, model in PARAMS["stack"]["models"].items()}
    averaged = with_params(record, {**PARAMS, "stack": {**PARAMS["stack"], "models": models}})
    assert "stacked by logistic regression" in RULES["ensembles"](record).evidence
    assert RULES["ensembles"](averaged).evidence.startswith("mean of z-scored scores: ")
    assert "DeLong, Wilson, " in RULES["uncertainty"](record).evidence
    tables = record.first.tables
    assert RULES["updating"](record).status == REPORTED
    without = replace(record.first, tables={**tables, "recalibration": tables["recalibration"].iloc[:0]})
    assert RULES["updating"](replace(record, evaluations=[without])).status == MISSING
