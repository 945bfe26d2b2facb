"""Keyed pseudonyms: the same key gives the same names, and without the key they cannot be traced back."""

import hmac
import os
from base64 import b32encode
from pathlib import Path

from sonomics.core.errors import StudyError

KEY, KEY_FILE = "SONOMICS_KEY", "SONOMICS_KEY_FILE"
SHORTEST = 16  # bytes of a key, 128 bits: NIST SP 800-131A asks for 112 of an HMAC key
LETTERS = 10  # of base 32, 50 bits: two of 100,000 patients get one name with a chance of 5 in a million
TEN_YEARS = 3650  # days; a convention
UID_BITS = 122  # random bits of a UUID (PS3.5 B.2)


class Pseudonyms:
    """Pseudonyms of patients, studies and instances: HMAC-SHA256 (RFC 2104) of the originals.

    Parameters
    ----------
    key : bytes
        The secret of the study; it never leaves the process.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def case(self, patient_id: str) -> str:
        """Name a patient: "P" and 10 letters or digits (50 bits)."""
        return "P" + b32encode(self._digest("case", patient_id)).decode("ascii")[:LETTERS]

    def uid(self, original: str) -> str:
        """Name a DICOM object: a UID under 2.25 (PS3.5 B.2) of at most 42 characters."""
        return f"2.25.{int.from_bytes(self._digest('uid', original), 'big') >> (256 - UID_BITS)}"

    def shift_days(self, patient_id: str) -> int:
        """Return by how many days all dates of a patient move: -1 to -3650."""
        return -1 - int.from_bytes(self._digest("days", patient_id), "big") % TEN_YEARS

    def secret(self, text: str) -> str:
        """Name anything else, such as a folder, by 64 hexadecimal digits."""
        return self._digest("secret", text).hex()

    def _digest(self, kind: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{kind}\x1f{text}".encode("utf-8", "surrogatepass"), "sha256")


def read_key() -> bytes:
    """Read the key from `$SONOMICS_KEY` or from the file that `$SONOMICS_KEY_FILE` names.

    Raises
    ------
    StudyError
        When there is no key, or it is not at least 32 hexadecimal digits.
    """
    where, text = f"${KEY}", os.environ.get(KEY, "")
    if not text:
        where, file = f"${KEY_FILE}", os.environ.get(KEY_FILE, "")
        if not file:
            rule = f"neither ${KEY} nor ${KEY_FILE} is set, so patients cannot be given pseudonyms"
            raise StudyError("the key of the study", rule, _HOW)
        try:
            text = Path(file).read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise StudyError(where, f"the key cannot be read ({type(error).__name__})", _HOW) from None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < SHORTEST:
        raise StudyError(where, "the key is not 32 or more hexadecimal digits", _HOW)
    return key


_HOW = (
    f"make one outside the repository, once and for good: `openssl rand -hex 32 > file`; then `export {KEY_FILE}=file`"
)
