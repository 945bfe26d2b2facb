"""Data inside the page, and the hash of its script."""

import json

import numpy as np
import pytest

from sonomics.report.page.embedded_data import embed_json, hash_script


@pytest.mark.parametrize("text", ["</script><script>", "<!--", "]]>&amp;", "\u2028\u2029", "שלום 🩺", "'\"\\"])
def test_embedded_text_cannot_leave_its_element(text: str) -> None:
    written = str(embed_json({"text": text, text: np.pi}))
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {"text": text, text: np.pi}


def test_the_policy_names_the_script_by_its_hash() -> None:
    # printf 'alert(1)' | openssl dgst -sha256 -binary | base64
    assert hash_script("alert(1)") == "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI="
