"""Models from elsewhere: a table is dropped in, and evaluated or refused with a reason."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.settings.evaluate import ExternalModel
from sonomics.evaluate import task
from sonomics.evaluate.figures import sheet
from sonomics.evaluate.optional.external_models import external_model, read_external
from tests.evaluate.synthetic import SETTINGS, arguments, write_study

COHORT = pd.DataFrame(
    {"patient": list("pqrs"), "case": list("abcd"), "split": ["train", "train", "internal", "internal"]}
)
VALUES = {"a": 0.9, "b": 0.2, "c": 0.8, "d": 0.3}


def declared(path: Path, frame: pd.DataFrame) -> dict[str, Any]:
    frame.to_csv(path, index=False)
    return {"file": str(path), "sha256": sha256(path.read_bytes()).hexdigest()}


def stated(path: Path, frame: pd.DataFrame) -> ExternalModel:
    return ExternalModel.partial(declared(path, frame))


def declaration(path: Path) -> ExternalModel:
    return ExternalModel.partial({"file": str(path), "sha256": sha256(path.read_bytes()).hexdigest()})


def plain(**changes: object) -> pd.DataFrame:
    return pd.DataFrame({"case": list(VALUES), "value": list(VALUES.values())}).assign(**changes)


def test_cases_and_values_are_enough(tmp_path: Path) -> None:
    table = read_external("theirs", stated(tmp_path / "p.csv", plain()), "t", COHORT)
    by_case = table.set_index("case")
    assert by_case["value"].to_dict() == VALUES
    assert by_case["split"].tolist() == COHORT["split"].tolist()
    assert by_case["fold"].tolist() == ["0", "0", "all", "all"]
    assert set(table["model"]) == {"theirs"}


def test_the_threshold_is_stated_or_of_training_or_none(tmp_path: Path) -> None:
    table = read_external("theirs", stated(tmp_path / "p.csv", plain()), "t", COHORT)
    labels = pd.Series({"a": 1.0, "b": 0.0, "c": 1.0, "d": 0.0})
    assert external_model("theirs", ExternalModel.partial({"cutoff": 0.4}), table, labels).cutoff == 0.4
    assert external_model("theirs", ExternalModel.partial({}), table, labels).cutoff == 0.9
    tests_alone = table[table["split"] != "train"]
    assert np.isnan(external_model("theirs", ExternalModel.partial({}), tests_alone, labels).cutoff)


BAD = {
    "no such case": (plain(case=["a", "b", "c", "z"]), "case is not in the cohort in 1 row"),
    "two values": (plain(case=["a", "b", "c", "c"]), "rows 3 and 4 agree in"),
    "unknown split": (plain(split="split differs from that of the case"), "split differs from that of the case"),
    "above one": (plain(value=[0.9, 0.2, 1.2, 0.3]), "outside 0 to 1 in 1 row .3 below"),
    "below zero": (plain(value=[0.9, -0.2, 0.2, 0.3]), "outside 0 to 1 in 1 row .2 below"),
    "infinite": (plain(value=[0.9, np.inf, 0.2, 0.3], kind="score"), "infinite in 1 row .2 below"),
    "no number": (plain(value=["0.9", "high", "0.2", "0.3"]), "value is not a number in 1 row .2 below"),
    "no values": (plain().drop(columns="value"), "no column value"),
    "no row": (plain().iloc[:0], "the table has no row"),
    "another split": (
        plain(split="train"),
        "from that of the case in the cohort in 2 rows .*column split",
    ),
    "another patient": (plain(patient=list("pqrx")), "patient differs from that of the case in the cohort in 1 row"),
    "another class": (plain(**{"class": ["1", "1", "1", "0"]}), "not the positive class in 1 row"),
    "a column too many": (plain(note="x"), "column 3 has a name that does not belong"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_table_stops_the_study_and_says_where(name: str, tmp_path: Path) -> None:
    frame, words = BAD[name]
    with pytest.raises(StudyError, match=words):
        read_external("theirs", stated(tmp_path / "p.csv", frame), "t", COHORT)


def test_another_content_than_stated_or_no_file_stops_the_study(tmp_path: Path) -> None:
    known = declared(tmp_path / "p.csv", plain())
    with pytest.raises(StudyError, match="another content"):
        read_external("theirs", ExternalModel.partial({**known, "sha256": "0" * 64}), "t", COHORT)
    with pytest.raises(StudyError, match="the file is missing"):
        read_external("theirs", ExternalModel.partial({**known, "file": str(tmp_path / "q.csv")}), "t", COHORT)


def evaluated(folder: Path, frame: pd.DataFrame, name: str = "theirs") -> pd.DataFrame:
    settings = {
        **SETTINGS,
        "evaluate": {**SETTINGS["evaluate"], "external_models": {name: declared(folder / "p.csv", frame)}},
    }
    out = folder / "out"
    task.main([f"--settings={json.dumps(settings)}", *arguments(folder), f"--out={out}"])
    table = pd.read_csv(out / "performance.csv")
    return table[table["model"] == name].set_index(["split", "statistic"])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "draw_panel", lambda *_: None)


@pytest.mark.usefixtures("quick")
def test_nan_ties_and_absent_events_are_stated_results(tmp_path: Path) -> None:
    cohort = write_study(tmp_path, {"train": 30, "internal": 20, "external_1": 8})
    cohort.loc[cohort["split"] == "external_1", ["time", "event"]] = [30.0, 0]
    cohort.to_csv(tmp_path / "data" / "cohort.csv", index=False)
    frame = pd.DataFrame({"case": cohort["case"], "value": 0.5})
    frame.loc[frame["case"].isin(cohort[cohort["split"] == "internal"]["case"][:5]), "value"] = np.nan
    found = evaluated(tmp_path, frame)
    assert found.loc[("internal", "unscored"), "estimate"] == 5
    assert found.loc[("internal", "auc"), "estimate"] == 0.5
    assert found.loc[("internal", "calibration_slope"), "reason"]
    assert found.loc[("external_1", "auc"), "reason"] == "only one class"
    assert found.loc[found["estimate"].isna(), "reason"].notna().all()


@pytest.mark.usefixtures("quick")
def test_a_name_of_the_study_is_taken(tmp_path: Path) -> None:
    cohort = write_study(tmp_path, {"train": 12})
    with pytest.raises(StudyError, match="a final model of the study has this name"):
        evaluated(tmp_path, pd.DataFrame({"case": cohort["case"], "value": 0.5}), "stacked")


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("p.csv", b"case,value\nb\xe9,0.5\n", "not a valid CSV in UTF-8"),
        ("p.csv", b'case,value\n"a,0.5\n', "not a valid CSV in UTF-8"),
        ("p.parquet", b"case,value\na,0.5\n", "not a valid Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_stops_the_study(name: str, content: bytes, rule: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(StudyError, match=rule):
        read_external(
            "theirs", ExternalModel.partial({"file": str(path), "sha256": sha256(content).hexdigest()}), "t", COHORT
        )


def test_parquet_of_text_in_place_of_numbers_stops_the_study(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    plain(value=["0.9", "0.2", "0.8", "0.3"]).to_parquet(path)
    with pytest.raises(StudyError, match="column value is not numeric"):
        read_external(
            "theirs",
            ExternalModel.partial({"file": str(path), "sha256": sha256(path.read_bytes()).hexdigest()}),
            "t",
            COHORT,
        )
