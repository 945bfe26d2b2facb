"""The section on readers, on the page and from hand-made tables."""

import re
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.core.schemas import READERS
from sonomics.core.settings.parameters import Parameters
from sonomics.evaluate.readers.study import reader_tables
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.scored import build_samples
from sonomics.report.sections import readers
from sonomics.report.sections.readers_reference import tabulate_reference
from sonomics.report.sections.readers_tables import tabulate_aucs, tabulate_decisions
from sonomics.report.study.evaluation import Evaluation, read_evaluation
from tests.report.synthetic import PARAMS

PARAMETERS = Parameters.partial(PARAMS)


def evaluation_of(readings: pd.DataFrame) -> Evaluation:
    """Read four cases of a test set with a model that is right on all of them."""
    cases = pd.DataFrame({"case": list("abcd"), "patient": list("abcd"), "split": "internal"})
    cases = cases.assign(label=[1.0, 1.0, 0.0, 0.0], net__score=[4.0, 3.0, 2.0, 1.0])
    samples = build_samples(cases, [Model("net", 2.5, "score", "youden")])
    tables = reader_tables(readings, "recurrence", samples.primary_samples, 0.95)
    performance = pd.DataFrame({"model": ["net"], "split": "internal", "statistic": "auc"})
    splits = pd.DataFrame({"split": ["internal"], "title": ["Internal test"]})
    return Evaluation("main", "recurrence", {"performance": performance, "splits": splits, **tables}, {})


def one_reader(scores: list[float], name: str = "ann") -> pd.DataFrame:
    rows = pd.DataFrame({"case": list("abcd"), "score": scores, "reader": name, "level": "", "arm": "alone"})
    decision = np.where(np.array(scores) >= 50, "positive", "negative")
    more = {"task": "recurrence", "category": "", "session": "1"}
    return rows.assign(decision=decision, **more)[list(READERS.columns)]


def test_the_page_has_a_section_with_figure_tables_and_words(page: str, study: Path) -> None:
    section = re.search(r'<section id="readers-recurrence".*?</section>', page, re.DOTALL)
    assert section
    text = unescape(section[0])
    assert '<a href="#readers-recurrence">Readers</a>' in page
    assert "The readers are simulated, with a given skill. 6 readers (2 intermediate, 2 junior and 2 senior)" in text
    evaluation = read_evaluation(study / "results" / "evaluate" / "main" / "recurrence", "main", "recurrence")
    mean = (
        evaluation.tables["readers_mrmc"].query("split == 'internal' and arm == 'alone' and measure == 'auc'").iloc[0]
    )
    assert f"Internal test. The mean AUC of unaided readers was {mean['mean']:.2f}" in text
    assert text.count("<table>") == 6
    assert 'aria-label="Internal test: sensitivity and specificity of the readers; sim_intermediate_1 unaided' in text
    assert "Training" not in text


def test_a_variant_has_no_readers(study: Path) -> None:
    shuffled = read_evaluation(study / "results" / "evaluate" / "shuffled" / "recurrence", "shuffled", "recurrence")
    assert not [name for name in shuffled.tables if name.startswith("readers")]
    assert readers.build(shuffled, PARAMETERS) is None


def test_one_reader_alone_is_said_to_be_one() -> None:
    section = readers.build(
        evaluation_of(one_reader([90, 40, 30, 60])), Parameters.partial({"export": {"source": "folder"}})
    )
    assert section
    assert section.paragraphs[0].startswith("1 reader scored cases from 0 to 100")
    assert "positive or negative, unaided only." in section.paragraphs[0]
    assert (
        section.paragraphs[1]
        == "Internal test. The mean AUC of unaided readers was 0.75, that of the model 1.00 (P not estimable)."
    )


def test_what_is_not_estimable_has_its_reason_in_the_table() -> None:
    readings = pd.concat([one_reader([90, 80, 20, 10]), one_reader([float("nan")] * 4, "bob").assign(decision="")])
    evaluation = evaluation_of(readings)
    first, second = tabulate_aucs(evaluation, "internal").rows
    assert first[0] == ("1 · ann", "")
    assert first[1].main == "1.00"
    assert first[2] == ("0.00", "the difference has no variance")
    assert second[1] == ("not estimable", "no case with a reading, a known label and a score of the model")
    assert tabulate_decisions(evaluation, "internal").rows[0][1] == ("1.00", "2 of 2; 0.34 to 1.00")


def test_readers_against_the_reference_standard_have_one_row_an_arm_and_the_model_once() -> None:
    aided = one_reader([90, 80, 20, 10]).assign(arm="aided")
    evaluation = evaluation_of(pd.concat([one_reader([90, 40, 30, 60]), aided, one_reader([90, 80, 20, 60], "bob")]))
    table = tabulate_reference(evaluation, "internal")
    assert table.columns[1:-1] == ["Accuracy", "Sensitivity", "Specificity", "PPV", "NPV", "F1", "Kappa"]
    headings = [row[0].main for row in table.rows]
    assert headings[:4] == ["1 · ann, unaided", "1 · ann, aided", "1 · ann, change", "2 · bob, unaided"]
    assert headings[-1] == "net, on the same cases"
    assert headings.count("net, on the same cases") == 1
    assert table.rows[0][1] == ("0.50", "0.15 to 0.85")
    assert table.rows[2][1].main == "0.50"
    assert table.rows[-1][1].main == "1.00"


def test_the_model_is_shown_for_each_reader_where_they_saw_other_cases() -> None:
    some = one_reader([90, 80, 20, 60], "bob").iloc[1:]
    table = tabulate_reference(evaluation_of(pd.concat([one_reader([90, 40, 30, 60]), some])), "internal")
    headings = [row[0].main for row in table.rows]
    assert headings.count("net, on the same cases") == 3
    assert [row[-1].main for row in table.rows[:4]] == ["4", "4", "3", "3"]


def test_readers_without_scores_are_said_to_have_no_roc_curve() -> None:
    readings = one_reader([90, 40, 30, 60]).assign(score=float("nan"))
    section = readers.build(evaluation_of(readings), Parameters.partial({"export": {"source": "folder"}}))
    assert section
    assert "called cases positive or negative, without scores, so that they have no ROC curve" in section.paragraphs[0]
