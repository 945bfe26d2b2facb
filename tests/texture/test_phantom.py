from pathlib import Path

import numpy as np
import pandas as pd
import SimpleITK
from typer.testing import CliRunner

from sonomics.commands.verify import verify
from sonomics.texture import phantom
from sonomics.texture.phantom import compute_phantom, read_phantom

IBSI = Path(__file__).parents[1] / "data" / "ibsi"


def test_every_value_is_that_of_the_phantom():
    table = compute_phantom()
    assert len(table) == 142
    assert table.loc[~table["agrees"], "feature"].tolist() == []


def test_only_the_engines_asked_for_are_computed():
    assert set(compute_phantom(["mazda"])["engine"]) == {"mazda"}
    assert compute_phantom([]).empty


def test_phantom_is_the_published_one():
    images = (SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(IBSI / f"{name}.nii.gz")) for name in ("phantom", "mask"))
    for ours, levels, inside in zip(read_phantom(), *images, strict=True):
        np.testing.assert_array_equal(ours[0], levels)
        np.testing.assert_array_equal(ours[1], inside > 0)


def test_references_are_the_published_ones():
    published = pd.read_csv(IBSI / "reference_2d.csv", index_col="feature")["value"]
    carried = compute_phantom().query("engine == 'texture'").set_index("feature")["reference"].add_prefix("original_")
    pd.testing.assert_series_equal(carried[published.index], published, check_names=False)


def test_command_writes_the_table_and_fails_on_a_miss(tmp_path, monkeypatch):
    run = CliRunner().invoke(verify, ["texture", "--table", str(tmp_path / "table.csv")])
    assert run.exit_code == 0
    assert "142 of 142" in run.output
    assert len(pd.read_csv(tmp_path / "table.csv")) == 142
    wrong = compute_phantom()
    wrong.loc[3, ["value", "agrees"]] = [1.0, False]
    monkeypatch.setattr(phantom, "compute_phantom", lambda: wrong)
    run = CliRunner().invoke(verify, ["texture"])
    assert run.exit_code == 1
    assert "DIFFERS" in run.output
