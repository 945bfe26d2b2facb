"""What the page was made from."""

import subprocess
from pathlib import Path

from sonomics.report.documents.hashes import hash_params, hash_path, list_hashes


def test_a_file_has_the_hash_that_sha256sum_gives(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"x" * 3_000_000)
    said = subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True).stdout
    assert hash_path(file) == said.split()[0]


def test_the_hash_of_a_folder_follows_names_and_content(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "a").write_text("1")
        (folder / "b").write_text("2")
    same = hash_path(one)
    assert hash_path(two) == same
    (two / ".snakemake_timestamp").touch()
    assert hash_path(two) == same
    (two / "b").rename(two / "c")
    assert hash_path(two) != same
    (one / "inner" / "a").write_text("0")
    assert hash_path(one) != same
    assert list_hashes({"a": 1}, [one])[1] == (one.as_posix(), hash_path(one))


def test_parameters_have_the_hash_of_their_content() -> None:
    assert hash_params({"a": 1, "b": {"c": 2}}) == hash_params({"b": {"c": 2}, "a": 1})
    assert hash_params({"a": 1}) != hash_params({"a": 2})
