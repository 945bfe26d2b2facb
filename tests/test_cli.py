import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from sonomics.cli import app
from sonomics.core.images import write_png

ROOT = Path(__file__).parents[1]
run = CliRunner().invoke


@pytest.fixture
def simulated(tmp_path):
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["export"]["simulator"]["patients"] = {"train": 12, "internal": 4}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    return tmp_path


def test_query_drafts_a_simulated_cohort_and_its_labels(simulated):
    result = run(app, ["query", "--study", str(simulated)])
    assert result.exit_code == 0, result.output
    cohort = pd.read_csv(simulated / "data" / "cohort.csv")
    assert cohort["split"].value_counts().to_dict() == {"train": 12, "internal": 4}
    labels = pd.read_csv(simulated / "data" / "qc_labels.csv")
    assert labels["image"].str.split("-").str[0].isin(cohort.loc[cohort["split"] == "train", "case"]).all()
    readings = pd.read_csv(simulated / "data" / "readers.csv")
    assert set(readings["case"]) == set(cohort.loc[cohort["split"] == "internal", "case"])
    assert (simulated / "data" / "outlines").is_dir()


def test_query_keeps_what_people_may_have_edited(simulated):
    run(app, ["query", "--study", str(simulated)])
    cohort = simulated / "data" / "cohort.csv"
    cohort.write_text("edited")
    refused = run(app, ["query", "--study", str(simulated)])
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert cohort.read_text() == "edited"
    assert run(app, ["query", "--force", "--study", str(simulated)]).exit_code == 0
    assert cohort.read_text() != "edited"


def test_query_of_a_folder_that_is_not_there_stops_in_one_line(monkeypatch):
    monkeypatch.delenv("SONOMICS_REALDATA", raising=False)
    result = run(app, ["query", "--study", str(ROOT / "studies" / "breast-bus-bra"), "--force"])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "SONOMICS_REALDATA is not set" in result.stderr


def test_check_counts_cases_and_training_labels(simulated):
    run(app, ["query", "--study", str(simulated)])
    result = run(app, ["check", "--study", str(simulated)])
    assert result.exit_code == 0, result.output
    assert "16 patients, 16 cases (4 internal, 12 train)" in result.stdout
    assert "readings: 72 of 6 readers" in result.stdout
    cohort = pd.read_csv(simulated / "data" / "cohort.csv")
    training = cohort[cohort["split"] == "train"]
    positive = ((training["time"] < 12) & (training["event"] == 1)).sum()
    unknown = ((training["time"] < 12) & (training["event"] == 0)).sum()
    assert f"{positive} of {12 - unknown} positive, {unknown} unknown" in result.stdout


def test_check_names_a_wrong_key_and_a_wrong_cohort(simulated):
    assert "no study here" in run(app, ["check", "--study", str(simulated / "elsewhere")]).stderr
    missing = run(app, ["check", "--study", str(simulated)])
    assert missing.exit_code == 2
    assert "sonomics query" in missing.stderr
    run(app, ["query", "--study", str(simulated)])
    cohort = pd.read_csv(simulated / "data" / "cohort.csv")
    pd.concat([cohort, cohort.head(1)]).to_csv(simulated / "data" / "cohort.csv", index=False)
    assert "repeats a case listed above" in run(app, ["check", "--study", str(simulated)]).stderr
    params = yaml.safe_load((simulated / "params.yaml").read_text())
    params["crop"]["margn"] = params["crop"].pop("margin")
    (simulated / "params.yaml").write_text(yaml.safe_dump(params))
    assert "margn" in run(app, ["check", "--study", str(simulated)]).stderr


def test_check_tells_what_counts_as_negative_and_what_clinical_columns_hold(simulated):
    run(app, ["query", "--study", str(simulated)])
    cohort = pd.read_csv(simulated / "data" / "cohort.csv", dtype=str).sort_values("case", ignore_index=True)
    cohort["split"] = ["train"] * 12 + ["internal"] * 4
    cohort["pathology"] = ["malignant"] * 5 + ["benign"] * 4 + ["malign", "NA", ""] + ["unseen"] * 4
    cohort["age"] = ["6o", *["50"] * 10, "", *["80"] * 4]
    cohort["afp"] = ["2", *["7.5"] * 15]
    cohort.to_csv(simulated / "data" / "cohort.csv", index=False)
    params = yaml.safe_load((simulated / "params.yaml").read_text())
    params["study"]["tasks"] = {"cancer": {"type": "binary", "column": "pathology", "positive": "malignant"}}
    (simulated / "params.yaml").write_text(yaml.safe_dump(params))
    pd.read_csv(simulated / "data" / "readers.csv", nrows=0).to_csv(simulated / "data" / "readers.csv", index=False)
    said = run(app, ["check", "--study", str(simulated)])
    assert said.exit_code == 0, said.output
    negative = "3 words (4, 1, 1 cases)"
    assert f"cancer, in training: 5 of 11 positive, 1 unknown; negative: {negative}\n" in said.stdout
    assert "age, in training: 2 words (10, 1 cases), 1 unknown\n" in said.stdout
    assert "afp, in training: numbers from 2 to 7.5\n" in said.stdout


def test_check_names_folds_and_columns_that_a_late_phase_would_miss(simulated):
    run(app, ["query", "--study", str(simulated)])
    params = yaml.safe_load((simulated / "params.yaml").read_text())
    params["evaluate"]["subgroups"] = {"machine": "levels"}
    (simulated / "params.yaml").write_text(yaml.safe_dump(params))
    assert "the column machine is missing" in run(app, ["check", "--study", str(simulated)]).stderr
    params["select"]["folds"] = 13
    (simulated / "params.yaml").write_text(yaml.safe_dump(params))
    assert "12 training patients cannot fill 13 folds" in run(app, ["check", "--study", str(simulated)]).stderr


def test_check_looks_for_the_files_of_starting_weights(simulated, monkeypatch, tmp_path):
    run(app, ["query", "--study", str(simulated)])
    params = yaml.safe_load((simulated / "params.yaml").read_text())
    params["extract"]["families"]["deep"] |= {"architecture": "resnet18", "weights": "resnet18_imagenet"}
    (simulated / "params.yaml").write_text(yaml.safe_dump(params))
    monkeypatch.delenv("SONOMICS_WEIGHTS", raising=False)
    unset = run(app, ["check", "--study", str(simulated)])
    assert unset.exit_code == 2
    assert "export SONOMICS_WEIGHTS=<the folder>" in unset.stderr
    monkeypatch.setenv("SONOMICS_WEIGHTS", str(tmp_path))
    assert "put the file with SHA-256 f37072fd there" in run(app, ["check", "--study", str(simulated)]).stderr


def test_check_counts_the_outlines_that_jobs_will_use_and_names_the_others(simulated):
    run(app, ["query", "--study", str(simulated)])
    case, second, third = pd.read_csv(simulated / "data" / "cohort.csv")["case"][:3]
    outlines = simulated / "data" / "outlines" / "reader_2"
    (outlines / "1").mkdir(parents=True)
    shape = {"label": "lesion", "shape_type": "rectangle", "points": [[1, 1], [9, 9]]}
    for stem in (f"{case}-e1-i1", "instances_default", "other-e1-i1"):
        (outlines / "1" / f"{stem}.json").write_text(json.dumps({"shapes": [shape]}))
    mask = np.zeros((40, 50), bool)
    mask[10:20, 10:20] = True
    write_png(outlines / "1" / f"{second}-e1-i1_mask.png", mask)
    write_png(outlines / "1" / f"{third}-e1-i1.png", ~mask)
    said = run(app, ["check", "--study", str(simulated)]).stdout
    assert "outlines of reader_2, session 1: 2 of 5 can be used" in said
    assert "not used: file 4 (.json), file 5 (.json): it names no case of the cohort\n" in said
    assert f"not used: {third}-e1-i1.png: the outline touches all four sides of the frame, as an inverted mask" in said
    (outlines / "1" / f"{case}-e1-i1.json").rename(outlines / f"{case}-e1-i1.json")
    stopped = run(app, ["check", "--study", str(simulated)])
    assert stopped.exit_code == 2
    assert "outlines must lie in folders <reader>/<session>/, and 1 (.json) lie elsewhere" in stopped.stderr


def test_check_says_whose_outlines_are_still_to_be_drawn(simulated):
    run(app, ["query", "--study", str(simulated)])
    params = yaml.safe_load((simulated / "params.yaml").read_text())
    params["export"]["source"] = "folder"
    params["export"]["folder"] = {
        "root": "x", "table": "x.csv", "view": "grey", "columns": {"patient": "ID"}, "images": "{ID}.png",
        "outlines": {"reader_1": "{ID}.png"},
        "cohort": {"centre": "x", "split": {"column": "set", "values": {"train": ["x"]}}, "columns": {}},
    }  # fmt: skip
    params["study"]["variants"]["other"] = {"crop": {"analysis": {"reader": "reader_9", "session": "1"}}}
    (simulated / "params.yaml").write_text(yaml.safe_dump(params))
    said = run(app, ["check", "--study", str(simulated)])
    assert said.exit_code == 0, said.output
    assert "outlines of reader_9, session 1: none yet, and crop.analysis of the variant other asks" in said.stdout
    assert "reader_1" not in said.stdout


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"architecture": "resnet19", "weights": "none"}, "extract.families.deep: 'resnet19' is neither a timm model"),
        ({"layers": ["layer9"], "pooling": "avg"}, "extract.families.deep: the network has no layer layer9"),
        (
            {"architecture": "test_vit", "weights": "none", "size": 96},
            "extract.families.deep: test_vit takes only images of 160 pixels",
        ),
    ],
)
def test_check_builds_every_network_as_stated(simulated, change, says):
    run(app, ["query", "--study", str(simulated)])
    params = yaml.safe_load((simulated / "params.yaml").read_text())
    params["extract"]["families"]["deep"] |= change
    (simulated / "params.yaml").write_text(yaml.safe_dump(params))
    stopped = run(app, ["check", "--study", str(simulated)])
    assert stopped.exit_code == 2
    assert says in stopped.stderr


def test_check_counts_what_the_criteria_meet(simulated):
    params = yaml.safe_load((simulated / "params.yaml").read_text())
    params["clean"]["criteria"] = [{"name": "older", "rule": "age >= 60", "unknown": "exclude"}]
    (simulated / "params.yaml").write_text(yaml.safe_dump(params))
    run(app, ["query", "--study", str(simulated)])
    ages = pd.read_csv(simulated / "data" / "cohort.csv")["age"]
    said = run(app, ["check", "--study", str(simulated)]).stdout
    assert f"criterion older: {(ages >= 60).sum()} met, {(ages < 60).sum()} broken" in said
    params["clean"]["criteria"][0]["rule"] = "weight >= 60"
    (simulated / "params.yaml").write_text(yaml.safe_dump(params))
    stopped = run(app, ["check", "--study", str(simulated)])
    assert stopped.exit_code == 2
    assert "the column weight is missing" in stopped.stderr
