"""Reporting standards, filled from what a study shows and what its authors state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from sonomics.core.docx import DocumentTable
from sonomics.core.errors import StudyError
from sonomics.report.elements.numbers import decimal
from sonomics.report.evidence.rules import CONDITIONS, RULES
from sonomics.report.study.record import (
    NOT_APPLICABLE,
    PARTLY,
    REPORTED,
    STATUSES,
    Finding,
    Record,
    missing,
    not_applicable,
    partly,
    reported,
)

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
        Words for scores, from which one on, the best first; empty for a standard without score.
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
        stated = [finding.status for finding in self.findings]
        return {status: stated.count(status) for status in STATUSES}

    @property
    def score(self) -> float:
        """Weights of the items reported, in per cent of the weights that apply; NaN when there are none.

        Kocak et al. 2024 (METRICS): an item is met or not, so one that is partly there is not.
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
        """A row an item, under COLUMNS."""
        pairs = zip(self.standard.items, self.findings, strict=True)
        return [[item.id, item.section, item.subject, found.status, found.place, found.value] for item, found in pairs]

    @property
    def summary(self) -> str:
        """Count the items by status, and give the score where the standard has one."""
        counted = ", ".join(f"{count} {status}" for status, count in self.counts.items() if count)
        return f"{counted}; {self.graded}" if self.graded else counted

    @property
    def graded(self) -> str:
        """Give the score with its word; "" when there is none."""
        score = self.score
        grade = next((name for name, least in self.standard.grades.items() if score >= least), "")
        return f"score {decimal(score, 1)} % ({grade})" if grade else ""


def read_standard(path: Path) -> Standard:
    """Read one YAML file."""
    stated = yaml.safe_load(path.read_text(encoding="utf-8"))
    items = [Item(**item) for item in stated.pop("items")]
    return Standard(path.stem, items=items, **stated)


def fill(standard: Standard, record: Record) -> Checklist:
    """Answer every item: by the authors' own answer in `report.items` where there is one, else from evidence.

    Raises
    ------
    StudyError
        When `report.items` answers an item that the standard does not have.
    """
    answers: Mapping[str, Any] = record.params["report"].get("items", {}).get(standard.key, {})
    known = [item.id for item in standard.items]
    if strange := [number for number in answers if number not in known]:
        rule = f"{standard.name} has no item {strange[0]}"
        raise StudyError(f"params.yaml, report.items.{standard.key}", rule, f"name one of {', '.join(known)}")
    findings = []
    for item in standard.items:
        if answer := answers.get(item.id):
            place = f"params.yaml: report.items.{standard.key}"
            findings.append(Finding(answer["status"], place, answer["text"]))
        elif item.when and not CONDITIONS[item.when](record):
            findings.append(not_applicable(f"only with {item.when.replace('_', ' ')}"))
        else:
            findings.append(joined([_found(name, item, record) for name in item.evidence]))
    return Checklist(standard, findings)


def joined(findings: Sequence[Finding]) -> Finding:
    """Join the parts of an answer: reported when all that apply are, missing when none is there in part."""
    applying = [finding for finding in findings if finding.status != NOT_APPLICABLE] or list(findings)
    statuses = {finding.status for finding in applying}
    status = statuses.pop() if len(statuses) == 1 else PARTLY
    places = dict.fromkeys(place for finding in applying for place in finding.place.split("; ") if place)
    values = [finding.value for finding in applying if finding.value]
    wanted = [value.removeprefix(TO_BE_STATED) for value in values if value.startswith(TO_BE_STATED)]
    said = [value for value in values if not value.startswith(TO_BE_STATED)]
    said += [TO_BE_STATED + ", ".join(wanted)] if wanted else []
    return Finding(status, "; ".join(places), "; ".join(said))


def as_frame(checklist: Checklist) -> pd.DataFrame:
    """Set a checklist out as a table: `item, section, subject, kind, weight, status, where, evidence`."""
    frame = pd.DataFrame(checklist.rows, columns=[name.lower() for name in COLUMNS])
    frame.insert(3, "kind", [item.kind for item in checklist.standard.items])
    frame.insert(4, "weight", [item.weight for item in checklist.standard.items])
    return frame.dropna(axis="columns", how="all")


def as_document(checklist: Checklist) -> DocumentTable:
    """Set a checklist out for a Word document."""
    return DocumentTable(checklist.standard.name, COLUMNS, checklist.rows, f"{checklist.summary}.")


def _found(name: str, item: Item, record: Record) -> Finding:
    if not name.startswith(AUTHOR):
        return RULES[name](record)
    key = name.removeprefix(AUTHOR)
    text = record.author.get(key, "")
    if not text:
        return missing(f"{TO_BE_STATED}report.author.{key}")
    if item.judged:
        return partly("page: Statements", f"{text} (whether it is met: answer in report.items)")
    return reported("page: Statements", text)
