import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.files import (
    read_yaml,
    remove_leftovers,
    replacing,
    write_json,
    write_metrics,
)


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


@pytest.mark.parametrize(
    ("content", "where", "rule"),
    [
        (b"study:\n\tname: x\n", "params.yaml, line 2", "cannot start any token"),
        (b"study:\n  seed: 1\n  name: x\n  seed: 2\n", "params.yaml, line 4", "two keys seed"),
        (b"a: 1\nb: 2\na: 3\n", "params.yaml, line 3", "two keys a"),
        (b"study:\n  name: x\n  seed 1\n", "params.yaml, line 4", "could not find expected ':'"),
        (b"main: {<<: *no}\n", "params.yaml, line 1", "undefined alias"),
        (b"seed: !!python/object/apply:os.getcwd []\n", "params.yaml, line 1", "could not determine a constructor"),
        ("title: Zw\u00f6lf\n".encode("latin-1"), "params.yaml", "not in UTF-8"),
        (b"a: \x07\n", "params.yaml", "special characters are not allowed"),
        (b"", "params.yaml", "no keys at top level"),
        (b"- a\n- b\n", "params.yaml", "no keys at top level"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(tmp_path, content, where, rule):
    (tmp_path / "params.yaml").write_bytes(content)
    with pytest.raises(StudyError) as stopped:
        read_yaml(tmp_path / "params.yaml")
    assert stopped.value.where.endswith(where)
    assert rule in stopped.value.rule


def test_merged_maps_may_state_a_key_anew(tmp_path):
    text = 'a: &a {x: 1, y: 1}\nb: &b {<<: *a, x: 2}\nc: {<<: *b, x: 3}\n0: {1: 2, "1": 3}\n'
    (tmp_path / "params.yaml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    read = read_yaml(tmp_path / "params.yaml")
    assert read == {"a": {"x": 1, "y": 1}, "b": {"x": 2, "y": 1}, "c": {"x": 3, "y": 1}, 0: {1: 2, "1": 3}}


def test_only_leftovers_of_killed_writers_are_removed(tmp_path):
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    gone, runs = killed.pid, os.getpid()
    kept = [f".a.csv.{runs}.part", "a.part", ".part", f"b.{gone}.part", ".c.x.part", f".d.{gone}.part2", "deep/e.csv"]
    left = [f".a.csv.{gone}.part", f"deep/.b.parquet.{gone}.part"]
    for name in (*kept, *left):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    folder = tmp_path / "deep" / f".frames.{gone}.part"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "image.png").write_text("x")
    (tmp_path / "deep" / f".link.{gone}.part").symlink_to(tmp_path / "deep")
    removed = remove_leftovers([tmp_path, tmp_path / "none"])
    assert removed == sorted([*(tmp_path / name for name in left), folder, tmp_path / "deep" / f".link.{gone}.part"])
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)


def test_what_replacing_leaves_when_killed_is_found_again(tmp_path):
    lines = f"""
import os, signal
from pathlib import Path
from sonomics.core.files import replacing
with replacing(Path({str(tmp_path / "table.csv")!r})) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", lines], check=False).returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 1
    assert len(remove_leftovers([tmp_path])) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
            f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
        ), "anchors stand for too much"),
        ("a: &a [*a]\n", "anchors stand for too much"),
        ("a: " + "[" * 100_000, "nested too deep"),
        ("a: " + "{b: " * 5000 + "1" + "}" * 5000, "nested too deep"),
        ("a: 2020-13-45\n", "no YAML"),
    ],
)  # fmt: skip
def test_yaml_that_would_fill_the_memory_is_told(tmp_path, text, rule):
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(StudyError, match=rule):
        read_yaml(tmp_path / "params.yaml")


def test_an_anchor_that_is_used_twice_is_fine(tmp_path):
    (tmp_path / "params.yaml").write_text("a: &a {x: 1}\nb: *a\nc: *a\n")
    assert read_yaml(tmp_path / "params.yaml") == {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1}}
