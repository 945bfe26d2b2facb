import hmac
import re
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.errors import StudyError
from sonomics.export.deidentify.pseudonyms import Pseudonyms, read_key

ONE, OTHER = Pseudonyms(b"1" * 32), Pseudonyms(b"2" * 32)


def test_a_case_is_named_by_hmac_sha256():
    digest = hmac.new(b"1" * 32, b"case\x1fHOSP7", sha256).digest()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    bits = int.from_bytes(digest, "big") >> (256 - 50)
    expected = "P" + "".join(letters[(bits >> shift) & 31] for shift in range(45, -1, -5))
    assert ONE.case("HOSP7") == expected


@given(st.text(), st.text())
def test_names_are_well_formed_and_depend_on_text_and_key(text, other):
    assert re.fullmatch(r"P[A-Z2-7]{10}", ONE.case(text))
    assert re.fullmatch(r"2\.25\.[1-9]\d*", ONE.uid(text))
    assert len(ONE.uid(text)) <= 64
    assert -3650 <= ONE.shift_days(text) <= -1
    assert re.fullmatch(r"[0-9a-f]{64}", ONE.secret(text))
    assert ONE.uid(text) != OTHER.uid(text)
    assert (ONE.uid(text) == ONE.uid(other)) == (text == other)


def test_the_key_comes_from_the_environment_or_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("ab" * 32 + "\n")
    monkeypatch.delenv("SONOMICS_KEY", raising=False)
    monkeypatch.setenv("SONOMICS_KEY_FILE", str(tmp_path / "key"))
    assert read_key() == b"\xab" * 32
    monkeypatch.setenv("SONOMICS_KEY", "cd" * 16)
    assert read_key() == b"\xcd" * 16


@pytest.mark.parametrize("key", ["", "ab" * 15, "not hexadecimal at all, but long enough"])
def test_a_bad_key_stops_the_study_and_is_not_shown(monkeypatch, key):
    monkeypatch.setenv("SONOMICS_KEY", key)
    monkeypatch.delenv("SONOMICS_KEY_FILE", raising=False)
    with pytest.raises(StudyError, match="openssl rand -hex 32") as stopped:
        read_key()
    assert not key or key not in str(stopped.value)


def test_a_missing_key_file_stops_the_study(monkeypatch, tmp_path):
    monkeypatch.delenv("SONOMICS_KEY", raising=False)
    monkeypatch.setenv("SONOMICS_KEY_FILE", str(tmp_path / "nothing"))
    with pytest.raises(StudyError, match="cannot be read"):
        read_key()
