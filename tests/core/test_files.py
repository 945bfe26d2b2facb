import json

import numpy as np
import pytest

from sonomics.core.files import replacing, write_json, write_metrics


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_takes_the_place_of_the_old_one(tmp_path):
    path = tmp_path / "folder"
    path.mkdir()
    (path / "old").touch()
    with replacing(path) as temporary:
        temporary.mkdir()
        (temporary / "new").touch()
    assert [file.name for file in path.iterdir()] == ["new"]


def test_json_has_null_for_what_is_not_finite_and_sorted_keys(tmp_path):
    write_json(tmp_path / "a.json", {"b": np.float64("nan"), "a": [1.23456789, np.int64(3)], "c": float("inf")})
    text = (tmp_path / "a.json").read_text()
    assert json.loads(text) == {"a": [1.23456789, 3], "b": None, "c": None}
    assert text.index('"a"') < text.index('"b"')


def test_metrics_are_rounded(tmp_path):
    write_metrics(tmp_path / "a.json", {"a": {"b": 0.123456}})
    assert json.loads((tmp_path / "a.json").read_text()) == {"a": {"b": 0.1235}}
