"""What `dvc plots show` draws."""

import json

import pytest
import yaml

from tests.conftest import ROOT

PLOTS = {
    name: plot for entry in yaml.safe_load((ROOT / "dvc.yaml").read_text())["plots"] for name, plot in entry.items()
}
LINES = json.loads((ROOT / ".dvc/plots/lines.json").read_text())


@pytest.mark.parametrize("name", ["training", "roc", "calibration", "decision"])
def test_curves_are_drawn_a_line_a_curve_and_a_panel_a_set(name: str) -> None:
    plot = PLOTS[name]
    assert plot["template"] == "lines"
    ((file, column),) = plot["y"].items()
    columns = (ROOT / file).read_text().splitlines()[0].split(",")
    assert {plot["x"], column} <= set(columns)
    named = [step["calculate"] for step in LINES["transform"] if "calculate" in step]
    assert any(f"datum.{key}" in text for key in ("model_split", "run") if key in columns for text in named)
    assert LINES["spec"]["encoding"]["color"]["field"] == "line"
    assert LINES["facet"]["field"] == "panel"
