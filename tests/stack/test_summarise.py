"""What is gathered of every final model."""

from sonomics.core.files import read_json, write_json
from sonomics.stack.summarise import main


def test_a_final_model_is_named_by_the_options_and_not_by_its_folder(inside):
    write_json(inside / "x/state.json", {"models": ["rf", "svm"], "weight": [0.75, 0.25]})
    write_json(inside / "x/thresholds.json", {"cutoff": 0.25})
    write_json(inside / "x/calibrator.json", {"slope": 1.5, "method": "platt"})
    write_json(inside / "y/state.json", {"models": ["rf"], "weight": [1.0]})
    write_json(inside / "y/thresholds.json", {"cutoff": None})
    write_json(inside / "y/calibrator.json", {"method": "isotonic"})
    finals = ["--final", "main", "stacked", "cancer", "x", "--final", "shuffled", "radiomics", "cancer", "y"]
    main([*finals, "--metrics", "stack.json"])
    assert read_json(inside / "stack.json") == {
        "main": {
            "cancer": {
                "stacked": {"threshold": 0.25, "calibration_slope": 1.5, "weight": {"rf": 0.75, "svm": 0.25}},
            }
        },
        "shuffled": {"cancer": {"radiomics": {"threshold": None, "calibration_slope": None, "weight": {"rf": 1.0}}}},
    }
