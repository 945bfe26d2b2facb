"""Cases that have, by their label, what none of their images shows."""

import copy
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.files import write_json
from sonomics.core.params import check_params
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import write_table
from sonomics.evaluate import task
from sonomics.evaluate.robustness.label_aware import ALL, LeftOut, find_not_shown, label_aware_table
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.tables.entries import Sampling
from sonomics.report.sections import label_aware
from sonomics.report.study.evaluation import read_evaluation
from tests.evaluate.synthetic import SETTINGS, arguments, write_study

SAMPLING = Sampling(0.95, 50, 1)
MODEL = Model("m", 0.5, "probability", "youden")


def images(values: dict[str, list[float]], keep: bool = True) -> pd.DataFrame:
    rows = [(f"{case}-{n}", case, value, keep) for case, all_ in values.items() for n, value in enumerate(all_)]
    return pd.DataFrame(rows, columns=["image", "case", "qc__lesion", "keep"])


def test_a_case_goes_when_none_of_its_images_shows_it() -> None:
    table = images({"hidden": [0.1, 0.2], "partly": [0.1, 0.9], "shown": [0.9], "control": [0.1], "edge": [0.3]})
    table = pd.concat([table, images({"hidden": [0.9], "unseen": [0.1]}, keep=False)])
    limit, known = {"threshold": 0.3, "exclude": "below"}, frozenset({"hidden", "partly", "shown", "edge", "unseen"})
    assert find_not_shown(table, "lesion", limit, known) == LeftOut(frozenset({"hidden"}), frozenset({"partly"}))
    above = find_not_shown(table, "lesion", {"threshold": 0.3, "exclude": "above"}, known)
    assert above == LeftOut(frozenset({"shown", "edge"}), frozenset({"partly"}))


def test_an_image_that_was_not_judged_says_nothing() -> None:
    table = images({"A": [np.nan, 0.1], "B": [np.nan]})
    left = find_not_shown(table, "lesion", {"threshold": 0.5, "exclude": "below"}, frozenset({"A", "B"}))
    assert left == LeftOut(frozenset({"A"}), frozenset())


@pytest.fixture
def cases() -> pd.DataFrame:
    value = [0.1, 0.2, 0.8, 0.15, 0.9, 0.7]
    return pd.DataFrame(
        {
            "patient": list("abcdef"), "case": list("abcdef"), "split": ["internal"] * 5 + ["train"],
            "label": [0.0, 0.0, 1.0, 1.0, 1.0, 1.0], "m__probability": value, "m__score": value,
        }
    )  # fmt: skip


def test_the_auc_without_a_hidden_case_by_hand(cases: pd.DataFrame) -> None:
    left = {"no_focus": LeftOut(frozenset({"d", "f"}), frozenset({"e"}))}
    table = label_aware_table(build_samples(cases, [MODEL]), left, SAMPLING).set_index("analysis")
    assert set(table["split"]) == {"internal"}
    assert table.loc[ALL, ["n", "positives", "left_out", "partly"]].tolist() == [5, 3, 0, 0]
    assert table.loc[ALL, "auc"] == pytest.approx(5 / 6)  # d lies between the negatives
    assert table.loc["no_focus", ["n", "positives", "left_out", "partly"]].tolist() == [4, 2, 1, 1]
    assert table.loc["no_focus", "auc"] == 1.0


def test_nobody_left_is_not_estimable_and_says_why(cases: pd.DataFrame) -> None:
    left = {"positives": LeftOut(frozenset("cde"), frozenset()), "everyone": LeftOut(frozenset("abcde"), frozenset())}
    table = label_aware_table(build_samples(cases, [MODEL]), left, SAMPLING).set_index("analysis")
    assert table["auc"].isna().tolist() == [False, True, True]
    assert table["reason"].tolist() == ["", "only one class", "no case"]


def write_clean(folder: Path, cohort: pd.DataFrame, hidden: set[str]) -> None:
    """Write what clean says of one image a case."""
    table = pd.DataFrame({"image": cohort["case"] + "-e1-i1-f1", "case": cohort["case"], "patient": cohort["patient"]})
    for name, kind in schemas.SCREENED.columns.items():
        if name not in table:
            table[name] = {"str": "", "int": 0, "float": 0.0, "bool": True}[kind]
    table["qc__lesion"] = [0.1 if case in hidden else 0.9 for case in cohort["case"]]
    write_table(table, folder / "data/clean/images.parquet", schemas.SCREENED)
    write_json(folder / "data/clean/qc/state.json", {"heads": {"lesion": {"threshold": 0.5, "exclude": "below"}}})


def test_from_the_files_of_clean_to_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    cohort = write_study(folder, {"train": 40, "internal": 30})
    cohort["recurred"] = np.where((cohort["time"] < 12) & (cohort["event"] == 1), "yes", "no")
    cohort.to_csv(folder / "data/cohort.csv", index=False)
    hidden = set(cohort["case"])  # of the controls nothing is asked
    write_clean(folder, cohort, hidden - set(cohort.loc[cohort["recurred"] == "yes", "case"].iloc[1::2]))
    stated = {"no_focus": {"head": "lesion", "needs_case": "recurred"}}
    settings = {**SETTINGS, "evaluate": {**SETTINGS["evaluate"], "label_aware": stated}}
    out = folder / "results/evaluate/main/recurrence"
    more = [f"--images={folder / 'data/clean/images.parquet'}", f"--qc={folder / 'data/clean/qc'}", f"--out={out}"]
    task.main([f"--settings={json.dumps(settings)}", *arguments(folder), *more])
    table = pd.read_csv(out / "label_aware.csv").set_index(["model", "analysis"])
    every, fewer = table.loc[("stacked", ALL)], table.loc[("stacked", "no_focus")]
    assert 0 < fewer["positives"] < every["positives"]
    assert every["n"] - fewer["n"] == every["positives"] - fewer["positives"] == fewer["left_out"]
    performance = pd.read_csv(out / "performance.csv").set_index(["model", "split", "statistic"])
    assert every["auc"] == performance.loc[("stacked", "internal", "auc"), "estimate"]
    section = label_aware.build(
        read_evaluation(out, "main", "recurrence"), Parameters.partial({"evaluate": settings["evaluate"]})
    )
    assert section is not None
    assert "head lesion" in section.paragraphs[0]
    rows = section.tables[0].rows
    assert [row[0].main for row in rows] == [ALL, "no_focus"]
    assert f"{fewer['left_out']} left out" in rows[1][2].main


def test_a_study_without_the_analysis_has_no_section(evaluation: Path) -> None:
    assert not (evaluation / "label_aware.csv").exists()
    assert label_aware.build(read_evaluation(evaluation, "main", "recurrence"), Parameters.partial({})) is None


def test_a_missing_column_stops_with_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    write_clean(folder, write_study(folder, {"train": 20, "internal": 10}), set())
    settings = copy.deepcopy(SETTINGS)
    settings["evaluate"]["label_aware"] = {"no_focus": {"head": "lesion", "needs_case": "tumour"}}
    more = [f"--images={folder / 'data/clean/images.parquet'}", f"--qc={folder / 'data/clean/qc'}", "--out=unused"]
    with pytest.raises(StudyError, match=r"no_focus.*tumour is missing"):
        task.main([f"--settings={json.dumps(settings)}", *arguments(folder), *more])


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ({"head": "tumour", "needs_case": "event"}, r"tumour is not in clean\.qc\.heads"),
        ({"head": "target", "needs_case": "sim_risk"}, "simulated ground truth"),
        ({"head": "target"}, "needs_case"),
    ],
)
def test_a_wrong_analysis_is_refused(params: dict, rule: dict, broken: str) -> None:
    params["evaluate"]["label_aware"] = {"no_focus": rule}
    with pytest.raises(StudyError, match=broken):
        check_params(params)
