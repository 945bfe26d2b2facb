"""The job of one task, run in-process on a small study."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sonomics.core.errors import StudyError
from sonomics.core.files import read_json, write_json
from sonomics.core.schemas import PREDICTIONS, READERS
from sonomics.core.tables import read_table, write_table
from sonomics.evaluate import task
from sonomics.evaluate.figures import sheet
from sonomics.evaluate.figures.panel import Panel
from sonomics.simulate.cohorts.readers import draft_readings
from tests.evaluate.synthetic import SETTINGS, arguments, write_study

TABLES = {
    "acquisition", "baseline", "between_splits", "calibration", "cases", "comparison", "cox", "cutpoint",
    "decision", "follow_up",
    "hazard_subgroups", "images", "kaplan_meier", "label_averages", "missing", "operating", "performance", "power",
    "proportional_hazards", "recalibration", "reclassification", "risk_groups", "roc", "splits", "subgroups",
    "survival", "survival_decision",
}  # fmt: skip
READER_TABLES = ("agreement", "aid", "auc", "levels", "mrmc", "points", "reference", "roc")
KINDS = {"calibration", "decision", "hazard_subgroups", "kaplan_meier", "roc", "subgroups", "survival_decision"}


def test_the_folder_holds_every_table_and_figure(evaluation: Path) -> None:
    assert {path.stem for path in evaluation.glob("*.csv")} == TABLES
    splits = ("train", "internal", "external_1")
    assert {path.stem for path in evaluation.glob("*.svg")} == {f"{kind}_{split}" for kind in KINDS for split in splits}
    pages = (evaluation / "figures.pdf").read_bytes().count(b"/Type /Page ")
    assert pages == len(KINDS) * len(splits)


def test_the_json_holds_every_table_and_undefined_is_null(evaluation: Path) -> None:
    held = read_json(evaluation / "evaluation.json")
    assert set(held) == TABLES
    table = pd.read_csv(evaluation / "performance.csv")
    assert held["performance"]["columns"] == list(table.columns)
    assert len(held["performance"]["rows"]) == len(table)
    estimates = [row[table.columns.get_loc("estimate")] for row in held["performance"]["rows"]]
    assert [value is None for value in estimates] == table["estimate"].isna().tolist()


def test_a_set_of_one_class_is_not_estimable_and_stays(evaluation: Path) -> None:
    table = pd.read_csv(evaluation / "performance.csv")
    area = table[(table["split"] == "external_1") & (table["statistic"] == "auc")]
    assert area["estimate"].isna().all()
    assert set(area["reason"]) == {"only one class"}
    assert "external_1" not in set(pd.read_csv(evaluation / "roc.csv")["split"])
    assert "not estimable" in (evaluation / "roc_external_1.svg").read_text()


def test_a_case_without_a_prediction_is_counted(evaluation: Path) -> None:
    splits = pd.read_csv(evaluation / "splits.csv", index_col="split")
    assert splits["unscored"].to_dict() == {"train": 1, "internal": 0, "external_1": 0}
    cases = pd.read_csv(evaluation / "cases.csv", index_col="case")
    assert len(cases) == 98
    assert cases.loc["P0001", "stacked__probability":"stacked__score"].isna().all()


def test_figures_of_simulated_data_say_so(evaluation: Path) -> None:
    assert all("simulated data" in path.read_text() for path in evaluation.glob("*.svg"))


def test_the_kaplan_meier_figure_states_the_numbers_at_risk(evaluation: Path) -> None:
    groups = pd.read_csv(evaluation / "risk_groups.csv", index_col="split")
    drawn = (evaluation / "kaplan_meier_internal.svg").read_text()
    assert "Number at risk" in drawn
    for group in ("high", "low"):
        assert f">{groups.loc['internal', f'n_{group}']}</text>" in drawn


def test_the_same_study_gives_the_same_bytes_and_real_data_have_no_planted_truth(tmp_path: Path) -> None:
    write_study(tmp_path / "study", {"train": 30})
    settings = json.dumps(SETTINGS | {"export": {"source": "folder"}})
    written = []
    for out in (tmp_path / "one", tmp_path / "two"):
        task.main([f"--settings={settings}", *arguments(tmp_path / "study"), f"--out={out}"])
        written.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert written[0] == written[1]
    assert b"simulated data" not in written[0]["roc_train.svg"]
    assert b"best_possible" not in written[0]["performance.csv"]


def test_a_simulated_cohort_without_truth_stops_the_study(study: Path, tmp_path: Path) -> None:
    cohort = pd.read_csv(study / "data" / "cohort.csv").drop(columns="sim_risk")
    path = tmp_path / "cohort.csv"
    cohort.to_csv(path, index=False)
    options = [option if not option.startswith("--cohort=") else f"--cohort={path}" for option in arguments(study)]
    with pytest.raises(StudyError, match="sim_risk"):
        task.main([f"--settings={json.dumps(SETTINGS)}", *options, f"--out={tmp_path / 'out'}"])
    assert not (tmp_path / "out").exists()


Edit = Callable[[pd.DataFrame], pd.DataFrame]


def outside_training(**values: object) -> Edit:
    def edit(table: pd.DataFrame) -> pd.DataFrame:
        return table.mask(table["split"] != "train", table.assign(**values))

    return edit


DEGENERATE: dict[str, tuple[Edit, Edit, float | None]] = {
    "tiny": (lambda cohort: cohort, lambda scores: scores, 0.5),
    "one class": (outside_training(time=3.0, event=1), lambda scores: scores, 0.5),
    "no events": (outside_training(time=30.0, event=0), lambda scores: scores, 0.5),
    "no follow-up": (outside_training(time=np.nan, event=np.nan), lambda scores: scores, 0.5),
    "no time": (outside_training(time=0.0, event=1), lambda scores: scores, 0.5),
    "clinical missing": (lambda cohort: cohort.assign(age=np.nan, sex=np.nan), lambda scores: scores, 0.5),
    "clinical constant": (lambda cohort: cohort.assign(age=60, sex="male"), lambda scores: scores, 0.5),
    "planted constant": (lambda cohort: cohort.assign(sim_risk=0.0), lambda scores: scores, 0.5),
    "constant probability": (lambda cohort: cohort, lambda scores: scores.assign(value=0.5), 0.5),
    "certain": (lambda cohort: cohort, lambda scores: scores.assign(value=1.0), 0.5),
    "no cutoff": (lambda cohort: cohort, lambda scores: scores, None),
    "scores missing": (lambda cohort: cohort, lambda scores: scores.assign(value=np.nan), None),
    "no training score": (lambda cohort: cohort, lambda scores: scores[scores["split"] != "train"], None),
    "nobody scored": (lambda cohort: cohort, lambda scores: scores.iloc[:0], None),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_data_are_evaluated_and_what_is_undefined_has_a_reason(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []

    def draw_without_saving(folder: Path, add_page: Callable[[Figure], None], panel: Panel, simulated: bool) -> None:
        panel.draw(Figure())
        drawn.append(panel.name)

    monkeypatch.setattr(sheet, "draw_panel", draw_without_saving)
    change_cohort, change_scores, cutoff = DEGENERATE[name]
    folder = tmp_path / "study"
    cohort = write_study(folder, {"train": 12, "internal": 2})
    change_cohort(cohort).to_csv(folder / "data" / "cohort.csv", index=False)
    for path in folder.glob("results/stack/*/*/*/predictions.parquet"):
        write_table(change_scores(read_table(path, PREDICTIONS)), path, PREDICTIONS)
        write_json(path.parent / "thresholds.json", {"rule": "youden", "cutoff": cutoff, "on": "probability"})
    out = tmp_path / "main" / "recurrence"
    task.main([f"--settings={json.dumps(SETTINGS)}", *arguments(folder), f"--out={out}"])
    table = pd.read_csv(out / "performance.csv")
    assert table.groupby(["model", "split"]).ngroups == 4
    assert table.loc[table["estimate"].isna(), "reason"].notna().all()
    assert set(drawn) == {f"{kind}_{split}" for kind in KINDS for split in ("train", "internal")}


def test_readings_serial_exams_and_a_borderline_class_are_evaluated_in_the_main_run_only(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    cohort = write_study(folder, {"train": 20, "internal": 12}, ("main", "shuffled"))
    grade = np.where(cohort["sim_risk"].abs() < 0.3, "borderline", "other")
    times = {"exam_month": 0.0, "diagnosed_month": cohort["time"].where(cohort["event"] == 1)}
    cohort.assign(grade=grade, **times).to_csv(folder / "data" / "cohort.csv", index=False)
    write_table(draft_readings(cohort, "recurrence", 7), folder / "data" / "readers.csv", READERS)
    asked = {
        "serial": {"exam_time": "exam_month", "diagnosis_time": "diagnosed_month"},
        "borderline": {"column": "grade", "value": "borderline"},
    }
    settings = json.dumps(SETTINGS | {"evaluate": SETTINGS["evaluate"] | asked})
    for variant in ("main", "shuffled"):
        task.main([f"--settings={settings}", *arguments(folder, variant), f"--out={tmp_path / variant}"])
    extra = {
        "acquisition",
        "serial",
        "serial_exams",
        "serial_summary",
        "borderline",
        *(f"readers_{name}" for name in READER_TABLES),
    }
    main, shuffled = ({path.stem for path in (tmp_path / name).glob("*.csv")} for name in ("main", "shuffled"))
    assert main - shuffled == extra
    assert (tmp_path / "main" / "readers_internal.svg").exists()
    assert not (tmp_path / "main" / "readers_train.svg").exists()
    assert (tmp_path / "main" / "serial_internal.svg").exists()
    assert not list((tmp_path / "shuffled").glob("readers*"))


def test_a_bad_reading_stops_before_any_table_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    cohort = write_study(folder, {"train": 12})
    readings = pd.DataFrame({"reader": ["ann"], "case": ["P9999"], "task": ["recurrence"], "score": [5.0]})
    rest = {"level": "senior", "arm": "alone", "category": "", "decision": "negative", "session": "1"}
    write_table(readings.assign(**rest), folder / "data" / "readers.csv", READERS)
    assert "P9999" not in set(cohort["case"])
    with pytest.raises(StudyError, match=r"case is not one of the study's in 1 row"):
        task.main([f"--settings={json.dumps(SETTINGS)}", *arguments(folder), f"--out={tmp_path / 'out'}"])
    assert not (tmp_path / "out").exists()
