"""Reporting standards, filled from what a study shows and what its authors state."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import yaml

from sonomics.core.docx import DocumentTable
from sonomics.core.errors import StudyError
from sonomics.core.settings.report import Answer
from sonomics.report.elements.numbers import format_decimal
from sonomics.report.evidence.findings import MISSING, NOT_APPLICABLE, PARTLY, REPORTED, STATUSES, Finding
from sonomics.report.evidence.rules import CONDITIONS, RULES
from sonomics.report.study.record import Record

AUTHOR = "author."
TO_BE_STATED = "to be stated by the authors: "
COLUMNS = ("Item", "Section", "Subject", "Status", "Where", "Evidence")


@dataclass(frozen=True)
class Item:
    """What a standard asks, in our words.

    Attributes
    ----------
    id, section, subject : str
    kind : str
        Where the answer comes from: automatic (results), params, or author.
    evidence : list of str
        Names of rules, and `author.<key>` for texts of `report.author`; all of them are needed.
    weight : float or None
        Share of the score, for a standard that has one.
    when : str
        Name of the condition under which the item applies; "" for always.
    judged : bool
        Whether it asks for a quality that a text alone does not prove.
    """

    id: str
    section: str
    subject: str
    kind: str
    evidence: list[str]
    weight: float | None = None
    when: str = ""
    judged: bool = False


@dataclass(frozen=True)
class Standard:
    """A reporting standard.

    Attributes
    ----------
    key : str
        The name of its file, and of its answers in `report.items`.
    name, title, source : str
    items : list of Item
    grades : dict of str to float
        Words for scores, and from which score on, the best first; empty for a standard without score.
    """

    key: str
    name: str
    title: str
    source: str
    items: list[Item]
    grades: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Checklist:
    """A standard and the finding of every item, in its order."""

    standard: Standard
    findings: list[Finding]

    @property
    def counts(self) -> dict[str, int]:
        """Items by status."""
        statuses = [finding.status for finding in self.findings]
        return {status: statuses.count(status) for status in STATUSES}

    @property
    def score(self) -> float:
        """Weights of the items reported, in per cent of the weights that apply; NaN when there are none.

        Kocak et al. 2024 (METRICS): an item is met or not, so one that is met in part is not.
        """
        applying = [
            (item.weight or 0.0, finding.status)
            for item, finding in zip(self.standard.items, self.findings, strict=True)
            if finding.status != NOT_APPLICABLE
        ]
        whole = sum(weight for weight, _ in applying)
        return 100 * sum(weight for weight, status in applying if status == REPORTED) / whole if whole else float("nan")

    @property
    def rows(self) -> list[list[str]]:
        """One row per item, under COLUMNS."""
        pairs = zip(self.standard.items, self.findings, strict=True)
        return [
            [item.id, item.section, item.subject, finding.status, finding.where, finding.evidence]
            for item, finding in pairs
        ]

    @property
    def summary(self) -> str:
        """The number of items by status, and the score where the standard has one."""
        counted = ", ".join(f"{count} {status}" for status, count in self.counts.items() if count)
        return f"{counted}; {self.graded}" if self.graded else counted

    @property
    def graded(self) -> str:
        """The score with its word; "" when there is none."""
        score = self.score
        grade = next((name for name, least in self.standard.grades.items() if score >= least), "")
        return f"score {format_decimal(score, 1)} % ({grade})" if grade else ""


def read_standard(path: Path) -> Standard:
    """Read one YAML file."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    items = [Item(**item) for item in content.pop("items")]
    return Standard(path.stem, items=items, **content)


def fill_standard(standard: Standard, record: Record) -> Checklist:
    """Answer every item: by the authors' own answer in `report.items` where there is one, else from evidence.

    Raises
    ------
    StudyError
        When `report.items` answers an item that the standard does not have.
    """
    answers: dict[str, Answer] = getattr(record.params.report.items, standard.key, {})
    ids = [item.id for item in standard.items]
    if unknown := [number for number in answers if number not in ids]:
        rule = f"{standard.name} has no item {unknown[0]}"
        raise StudyError(f"params.yaml, report.items.{standard.key}", rule, f"name one of {', '.join(ids)}")
    findings = []
    for item in standard.items:
        if answer := answers.get(item.id):
            findings.append(Finding(answer.status, f"params.yaml: report.items.{standard.key}", answer.text))
        elif item.when and not CONDITIONS[item.when].holds(record):
            findings.append(Finding(NOT_APPLICABLE, evidence=f"only with {CONDITIONS[item.when].words}"))
        else:
            findings.append(join_findings([_find(name, item, record) for name in item.evidence]))
    return Checklist(standard, findings)


def join_findings(findings: Sequence[Finding]) -> Finding:
    """Join the parts of an answer: reported when all that apply are, missing when no part is there."""
    applying = [finding for finding in findings if finding.status != NOT_APPLICABLE] or list(findings)
    statuses = {finding.status for finding in applying}
    status = statuses.pop() if len(statuses) == 1 else PARTLY
    places = dict.fromkeys(place for finding in applying for place in finding.where.split("; ") if place)
    texts = [finding.evidence for finding in applying if finding.evidence]
    unstated = [text.removeprefix(TO_BE_STATED) for text in texts if text.startswith(TO_BE_STATED)]
    evidence = [text for text in texts if not text.startswith(TO_BE_STATED)]
    evidence += [TO_BE_STATED + ", ".join(unstated)] if unstated else []
    return Finding(status, "; ".join(places), "; ".join(evidence))


def tabulate_checklist(checklist: Checklist) -> pd.DataFrame:
    """Tabulate a checklist: `item, section, subject, kind, weight, status, where, evidence`, one row per item."""
    table = pd.DataFrame(checklist.rows, columns=[name.lower() for name in COLUMNS])
    table.insert(3, "kind", [item.kind for item in checklist.standard.items])
    table.insert(4, "weight", [item.weight for item in checklist.standard.items])
    return table.dropna(axis="columns", how="all")


def format_for_word(checklist: Checklist) -> DocumentTable:
    """Format a checklist as a table of a Word document."""
    return DocumentTable(checklist.standard.name, COLUMNS, checklist.rows, f"{checklist.summary}.")


def _find(name: str, item: Item, record: Record) -> Finding:
    if not name.startswith(AUTHOR):
        return RULES[name](record)
    key = name.removeprefix(AUTHOR)
    text = record.author.get(key, "")
    if not text:
        return Finding(MISSING, evidence=f"{TO_BE_STATED}report.author.{key}")
    if item.judged:
        return Finding(PARTLY, "page: Statements", f"{text} (whether it is met: answer in report.items)")
    return Finding(REPORTED, "page: Statements", text)
