"""Single images as the unit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sonomics.evaluate.robustness.single_images import image_table
from tests.evaluate.synthetic import make_image_predictions, write_study


def test_images_are_a_unit_of_their_own_with_an_interval_by_patient(tmp_path: Path) -> None:
    cohort = write_study(tmp_path, {"train": 20, "internal": 30})
    labels = pd.Series((cohort["sim_risk"] > 0).astype(float).to_numpy(), index=cohort["case"])
    labels.iloc[-1] = np.nan
    predictions = make_image_predictions(cohort)
    row = image_table(predictions, labels, 0.95).set_index("split").loc["internal"]
    assert row[["n", "patients", "unit"]].tolist() == [58, 29, "image"]
    doubled = pd.concat([predictions, predictions.assign(image=predictions["image"] + "x")])
    again = image_table(doubled, labels, 0.95).set_index("split").loc["internal"]
    assert again[["lower", "upper"]].tolist() == pytest.approx(row[["lower", "upper"]].tolist())
