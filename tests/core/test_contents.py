"""Content decides what is stale; a hash is read from the cache as long as its file is the same."""

import os
import shutil
import time
from hashlib import sha256

import pytest

from sonomics.core.contents import Contents, check_declared
from sonomics.core.errors import StudyError


@pytest.fixture
def settled(monkeypatch):
    """Let files settle at once: the clock of the cache is an hour ahead."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 3_600_000_000_000)


def hashed(cache, file):
    contents = Contents(cache)
    digest = contents.digest(file)
    contents.save()
    return digest


def test_an_older_file_of_the_same_size_is_another_content(tmp_path, settled):
    file, other, cache = tmp_path / "cohort.csv", tmp_path / "old.csv", tmp_path / "cache.json"
    file.write_text("a,1\n")
    other.write_text("a,2\n")
    for path in (file, other):
        os.utime(path, (1e9, 1e9))
    assert hashed(cache, file) == sha256(b"a,1\n").hexdigest()
    shutil.copy2(other, file)
    assert file.stat().st_mtime == 1e9
    assert hashed(cache, file) == sha256(b"a,2\n").hexdigest()
    other.replace(file)
    assert hashed(cache, file) == sha256(b"a,2\n").hexdigest()


def test_a_file_that_has_not_changed_is_not_read_again(tmp_path, settled, monkeypatch):
    file, cache = tmp_path / "cohort.csv", tmp_path / "cache.json"
    file.write_text("a,1\n")
    digest = hashed(cache, file)
    before = cache.read_bytes()

    def read_nothing(*arguments):
        raise AssertionError

    monkeypatch.setattr("sonomics.core.contents.file_digest", read_nothing)
    assert hashed(cache, file) == digest
    assert cache.read_bytes() == before


def test_a_file_that_has_just_changed_is_not_kept(tmp_path):
    (tmp_path / "cohort.csv").write_text("a,1\n")
    hashed(tmp_path / "cache.json", tmp_path / "cohort.csv")
    assert not (tmp_path / "cache.json").exists()


@pytest.mark.parametrize("damage", ["", "{", "[1]", '{"a": 1}', '{"a": ["x"]}', "\x00"])
def test_a_damaged_cache_costs_time_only(tmp_path, settled, damage):
    (tmp_path / "cohort.csv").write_text("a,1\n")
    (tmp_path / "cache.json").write_text(damage)
    assert hashed(tmp_path / "cache.json", tmp_path / "cohort.csv") == sha256(b"a,1\n").hexdigest()


def test_names_and_missing_files_count(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text("same")
    contents = Contents(tmp_path / "cache.json")
    found = {contents.fingerprint([tmp_path / name]) for name in ("a", "b", "none")} | {contents.fingerprint([])}
    assert len(found) == 4


def test_a_declared_file_of_another_content_stops_before_any_work(tmp_path):
    file, contents = tmp_path / "scores.csv", Contents(tmp_path / "cache.json")
    file.write_text("case,value\n")
    digest = sha256(file.read_bytes()).hexdigest()
    check_declared([("evaluate.external_models.x", str(file), digest), ("y", str(tmp_path / "none"), "0")], contents)
    with pytest.raises(StudyError, match=r"evaluate.external_models.x: .*another content"):
        check_declared([("evaluate.external_models.x", str(file), "0" * 64)], contents)
