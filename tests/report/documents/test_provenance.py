"""What the page was made from, and what each phase has made."""

import subprocess
from pathlib import Path
from typing import Any

from sonomics.core.params import PHASES
from sonomics.report.documents.provenance import hash_of, hash_of_settings, hashes
from sonomics.report.page.phase_diagram import spine_counts, spine_svg, spine_words
from tests.report.synthetic import PARAMS

METRICS: dict[str, Any] = {
    "export": {"cases": 1200, "files": 3000},
    "clean": {"images": {"kept": 30, "exported": 40}},
    "crop": {"main": {"crops": 28}},
    "extract": {"main": {"texture": {"features": 100}, "deep": {"features": 512}}},
    "select": {"features": {"main": {"recurrence": {"texture": {"kept": 3}, "deep": {"kept": 1}}}}},
    "train": {},
    "stack": {},
    "evaluate": {},
}


def test_a_file_has_the_hash_that_sha256sum_gives(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"x" * 3_000_000)
    said = subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True).stdout
    assert hash_of(file) == said.split()[0]


def test_the_hash_of_a_folder_follows_names_and_content(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "a").write_text("1")
        (folder / "b").write_text("2")
    same = hash_of(one)
    assert hash_of(two) == same
    (two / ".snakemake_timestamp").touch()
    assert hash_of(two) == same
    (two / "b").rename(two / "c")
    assert hash_of(two) != same
    (one / "inner" / "a").write_text("0")
    assert hash_of(one) != same
    assert hashes({"a": 1}, [one])[1] == (one.as_posix(), hash_of(one))


def test_parameters_have_the_hash_of_their_content() -> None:
    assert hash_of_settings({"a": 1, "b": {"c": 2}}) == hash_of_settings({"b": {"c": 2}, "a": 1})
    assert hash_of_settings({"a": 1}) != hash_of_settings({"a": 2})


def test_the_phases_are_drawn_with_what_they_made() -> None:
    told = spine_counts(METRICS, PARAMS)
    assert tuple(told) == PHASES
    assert list(told.values()) == [
        "1,200 cases, 3,000 files",
        "30 of 40 images kept",
        "28 crops",
        "612 features",
        "4 features kept",
        "2 models",
        "2 final models",
        "2 runs, 1 task",
        "this page",
    ]
    drawn = str(spine_svg({**told, "crop": "<b>"}))
    assert drawn.count("<rect") == 9
    assert drawn.count('class="way"') == 8
    assert "&lt;b&gt;" in drawn
    assert spine_words({"export": "2 files", "clean": ""}) == "Phases of the run: export (2 files); clean"


def test_a_phase_whose_metrics_do_not_tell_is_drawn_without_words() -> None:
    told = spine_counts({"select": {"kept": 2}, "crop": None}, PARAMS)
    assert told["select"] == told["crop"] == told["export"] == ""
