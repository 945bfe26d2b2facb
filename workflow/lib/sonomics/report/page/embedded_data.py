"""Data inside the page, for its script."""

import base64
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from markupsafe import Markup

# Whatever could end the element that holds the data, or a line of a script, is written as an escape of JSON.
ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def embed_json(data: Mapping[str, Any]) -> Markup:
    """Write data as JSON that is safe inside a `<script type="application/json">`, whatever text it holds."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(ESCAPES))


def hash_script(script: str) -> str:
    """Return the hash by which a Content-Security-Policy allows one script, and no other, to run on the page."""
    return "sha256-" + base64.b64encode(sha256(script.encode()).digest()).decode("ascii")
