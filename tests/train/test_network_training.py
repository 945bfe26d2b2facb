"""How the training job chooses its epoch, and how it scores."""

import json

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.images import write_png
from sonomics.core.schemas import FOLDS, PREDICTIONS
from sonomics.core.tables import read_table, write_table
from tests.train.crops import train

STOP = {"share": 0.5, "patience": 5}


def values(folder):
    return read_table(folder / "predictions.parquet", PREDICTIONS)["value"].to_numpy()


def test_the_inner_part_is_of_the_training_fold_and_of_whole_groups(crops_study, monkeypatch):
    folds = read_table(crops_study / "folds.parquet", FOLDS)
    # P2 and P6 are near-duplicates of each other, as are P1 and P5.
    grouped = folds.assign(group=folds["patient"].replace({"P6": "P2", "P5": "P1"}))
    write_table(grouped, crops_study / "folds.parquet", FOLDS)
    seen = []

    def remember(model, inputs, targets, training, seed, watched):
        seen.append((inputs.images.flatten(1).double().mean(1).tolist(), watched.inputs.images.flatten(1)))
        return [{"epoch": 1, "loss": 0.0, "learning_rate": 0.0}]

    monkeypatch.setattr("sonomics.train.network.fit", remember)
    train("all", stop=STOP)
    ((learned, inner),) = seen
    state = json.loads((crops_study / "all/state.json").read_text())
    assert (state["images"], state["inner_images"]) == (len(learned), len(inner))
    assert len(learned) + len(inner) == 7
    assert not set(learned) & set(inner.double().mean(1).tolist())


def test_what_is_held_out_cannot_change_the_choice_of_the_epoch(crops_study):
    train("all", stop=STOP)
    before = (crops_study / "all/weights.safetensors").read_bytes()
    for name in ("P8", "P9"):
        write_png(crops_study / f"{name}.png", np.zeros((20, 24), np.uint8))
    train("all", stop=STOP)
    assert (crops_study / "all/weights.safetensors").read_bytes() == before
    curves = pd.read_csv(crops_study / "all/curves.csv")
    assert curves["chosen"].sum() == 1


def test_a_class_of_one_patient_leaves_no_inner_part(crops_study):
    cohort = pd.read_csv("cohort.csv", index_col=0)
    cohort.loc[cohort["case"].isin(["P3", "P5", "P7"]), "cancer"] = np.nan
    cohort.to_csv("cohort.csv")
    with pytest.raises(StudyError, match=r"a class has a single training patient.*take stop out"):
        train("all", stop=STOP)


def test_a_mirrored_image_gets_the_same_score_with_flips_and_the_mean_of_both(crops_study):
    train("all", folder="plain")
    train("all", folder="flipped", test_time="flip")
    assert (crops_study / "plain/all/weights.safetensors").read_bytes() == (
        crops_study / "flipped/all/weights.safetensors"
    ).read_bytes()
    assert not np.allclose(values(crops_study / "plain/all"), values(crops_study / "flipped/all"), rtol=0, atol=1e-9)
