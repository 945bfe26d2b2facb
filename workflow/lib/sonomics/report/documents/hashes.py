"""What the page was made from: parameters and inputs by their SHA-256."""

import json
from collections.abc import Mapping, Sequence
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any


def hash_path(path: Path) -> str:
    """Hash a file, or the names and hashes of a folder's files except those whose name starts with a dot."""
    if path.is_file():
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
    lines = [f"{file.relative_to(path).as_posix()}\t{hash_path(file)}\n" for file in files]
    return sha256("".join(lines).encode()).hexdigest()


def hash_params(params: Mapping[str, Any]) -> str:
    """Hash parameters by their content: neither comments nor the order of keys count."""
    return sha256(json.dumps(params, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def list_hashes(params: Mapping[str, Any], paths: Sequence[Path]) -> list[tuple[str, str]]:
    """List (what, SHA-256) of the parameters and of every file and folder, in the order given."""
    of_paths = [(path.as_posix(), hash_path(path)) for path in paths]
    return [("parameters with defaults (content)", hash_params(params)), *of_paths]
