"""The sections on comparisons, survival, subgroups, treatment, power and classes, from what evaluate writes."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sonomics.core.settings.parameters import Parameters
from sonomics.evaluate import task
from sonomics.evaluate.figures import sheet
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import show_estimate_and_counts
from sonomics.report.sections import classes, comparisons, power, subgroups, survival, treatment
from sonomics.report.study.evaluation import Evaluation, read_evaluation
from tests.evaluate.synthetic import SETTINGS, arguments, write_study

MORE = {"subgroups": {"age": "median"}, "treatment": "hipec", "horizons": [12], "fewest": 5}
PARAMS: dict[str, Any] = {**SETTINGS, "evaluate": {**SETTINGS["evaluate"], **MORE}}
PARAMETERS = Parameters.partial(PARAMS)


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    """A main run next to another one, with a treatment; figures are not drawn."""
    folder = tmp_path_factory.mktemp("sections")
    cohort = write_study(folder, {"train": 60, "internal": 40}, ("main", "uncropped"))
    cohort["hipec"] = np.arange(len(cohort)) % 2
    cohort.to_csv(folder / "data" / "cohort.csv", index=False)
    out = folder / "main" / "recurrence"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheet, "draw_panel", lambda *_: None)
        task.main([f"--settings={json.dumps(PARAMS)}", *arguments(folder, compared=("uncropped",)), f"--out={out}"])
    return read_evaluation(out, "main", "recurrence")


def cells(section: Section | None, caption: str, row: str) -> dict[str, tuple[str, str]]:
    """Return main and detail of one row's cells by column."""
    assert section
    table = next(table for table in section.tables if caption in table.caption)
    found = next(line for line in table.rows if line[0].main == row)
    return {name: (cell.main, cell.detail) for name, cell in zip(table.columns[1:], found[1:], strict=True)}


def test_every_number_of_a_section_is_the_tables(evaluation: Evaluation) -> None:
    section = comparisons.build(evaluation, PARAMETERS)
    row = evaluation.tables["sensitivity"].set_index("split").loc["internal"]
    main, detail = cells(section, "the main run minus other runs", "uncropped")["Internal test"]
    assert main == f"{row['difference']:.2f}".replace("-", "−")
    assert "Holm" in detail
    row = evaluation.tables["comparison"].set_index("split").loc["internal"]
    counts = f"{row['only_model_right']:.0f} / {row['only_against_right']:.0f}"
    assert cells(section, "Decisions of stacked", "radiomics")["Internal test"][0] == counts
    assert "df 10" in cells(section, "further measures and tests", "Hosmer-Lemeshow")["Internal test"][1]
    assert "df 8" in cells(section, "further measures and tests", "Hosmer-Lemeshow")["Training (out of fold)"][1]


def test_survival_states_events_and_cases(evaluation: Evaluation) -> None:
    section = survival.build(evaluation, PARAMETERS)
    row = evaluation.tables["survival"].query("split == 'internal' and statistic == 'harrell_c' and model == 'stacked'")
    main, detail = cells(section, "against time to the event", "Harrell's C")["Internal test"]
    assert main == f"{row['estimate'].item():.2f}"
    assert detail.endswith(f"{row['events'].item()} / {row['n'].item()}")
    assert survival.build(Evaluation("main", "t", {}, {}), PARAMETERS) is None
    assert section
    assert section.tables[0].note.endswith("infinitesimal jackknife, of Uno's C bootstrap over patients.")
    every = evaluation.tables["survival"].assign(method="bootstrap of patients")
    several = survival.build(replace(evaluation, tables={**evaluation.tables, "survival": every}), PARAMETERS)
    assert several
    assert "of Harrell's C, Uno's C" in several.tables[0].note


def test_subgroups_say_how_many_and_whether_one_differs(evaluation: Evaluation) -> None:
    section = subgroups.build(evaluation, PARAMETERS)
    assert section
    assert "none was significant" in section.paragraphs[1] or "remained significant" in section.paragraphs[1]
    whole = evaluation.find_statistic("stacked", "internal", "auc")
    main, detail = cells(section, "AUC by subgroup", "all cases")["Internal test"]
    assert main == f"{whole['estimate']:.2f}"
    assert detail.endswith(f"{whole['positives']:.0f} / {whole['n']:.0f}")


def test_treatment_is_worded_as_an_association(evaluation: Evaluation) -> None:
    section = treatment.build(evaluation, PARAMETERS)
    assert section
    assert "association and not the effect" in section.paragraphs[0]
    without = Evaluation("main", "t", {name: t for name, t in evaluation.tables.items() if name != "treatment"}, {})
    assert treatment.build(without, PARAMETERS) is None


def test_size_counts_the_tests_and_the_missing_values(evaluation: Evaluation) -> None:
    section = power.build(evaluation, PARAMETERS)
    assert section
    assert "2 comparisons of models" in section.paragraphs[1]
    assert "2 sensitivity analyses" in section.paragraphs[1]
    unscored = cells(section, "Missing values", "prediction")
    assert unscored["Training (out of fold)"][0] == "1 of 60"


def test_classes_have_a_confusion_table(evaluation: Evaluation) -> None:
    assert classes.build(evaluation, PARAMETERS) is None
    about = {"question": "kind", "model": "net", "split": "internal"}
    row = {"class": "all", "statistic": "accuracy", "estimate": 0.75, "lower": 0.4, "upper": 0.9, "n": 8}
    found = pd.DataFrame([{**about, **row, "method": "Wilson", "reason": ""}])
    counts = pd.DataFrame([{**about, "true": a, "decided": b, "count": n}
                           for a, b, n in [("0", "0", 3), ("0", "1", 1), ("1", "0", 1), ("1", "1", 3)]])  # fmt: skip
    more = Evaluation("main", "t", {**evaluation.tables, "classes": found, "confusion": counts}, {})
    section = classes.build(more, PARAMETERS)
    assert cells(section, "kind: net", "all: accuracy")["Internal test"] == ("0.75", "0.40 to 0.90; n = 8")
    assert cells(section, "true class (rows)", "1") == {"0": ("1", "25 %"), "1": ("3", "75 %")}


def test_what_is_not_estimable_says_why() -> None:
    cell = show_estimate_and_counts(
        {"estimate": math.nan, "lower": math.nan, "upper": math.nan, "reason": "too few"}, "2 / 5"
    )
    assert (cell.main, cell.detail) == ("not estimable", "too few; 2 / 5")


def test_levels_that_are_numbers_stay_text(tmp_path: Path) -> None:
    folder = tmp_path / "main" / "t"
    folder.mkdir(parents=True)
    pd.DataFrame({"split": ["internal"], "title": ["Internal test"]}).to_csv(folder / "splits.csv", index=False)
    pd.DataFrame({"variable": ["grade"], "level": ["1"]}).to_csv(folder / "subgroups.csv", index=False)
    assert read_evaluation(folder, "main", "t").tables["subgroups"]["level"].tolist() == ["1"]


def test_only_tests_with_a_p_are_counted_and_none_is_said_to_be_none(evaluation: Evaluation) -> None:
    tables = evaluation.tables
    section = power.build(evaluation, PARAMETERS)
    assert section
    decisions = int(tables["comparison"]["p_mcnemar"].notna().sum())
    assert f"{decisions} comparisons of decisions" in section.paragraphs[1]
    shown = tables["subgroups"].query("p_interaction.notna()")
    interactions = len(set(zip(shown["split"], shown["variable"], strict=True)))
    assert 0 < interactions < len(shown)
    assert f", {interactions} interactions" in section.paragraphs[1]
    names = ("comparison", "between_splits", "subgroups", "hazard_subgroups", "sensitivity")
    blank = {name: tables[name].assign(p=np.nan, p_mcnemar=np.nan, p_interaction=np.nan) for name in names}
    untested = power.build(replace(evaluation, tables={**tables, **blank}), PARAMETERS)
    assert untested
    assert untested.paragraphs[1].startswith("No test besides the primary analysis was made")


def test_a_study_without_a_test_set_has_no_empty_table(evaluation: Evaluation) -> None:
    alone = {
        name: table[table["split"] == "train"] if "split" in table else table
        for name, table in evaluation.tables.items()
    }
    section = comparisons.build(replace(evaluation, tables=alone), PARAMETERS)
    assert section
    assert all(table.rows for table in section.tables)
    assert not any("each test set" in table.caption for table in section.tables)
