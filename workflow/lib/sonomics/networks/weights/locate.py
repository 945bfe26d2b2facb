"""Locate the file of starting weights, and check that its content is the expected one.

No torch here: a study's weights are checked before any work.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from sonomics.core.errors import StudyError
from sonomics.core.packages import locate_in_package
from sonomics.networks.weights.registry import WHERE, Entry, registry

HUB_FILE = "model.safetensors"


def locate(entry: Entry, where: str = WHERE) -> Path:
    """Locate the file of an entry, and check its SHA-256.

    Parameters
    ----------
    entry : Entry
    where : str
        Key of params, for messages.

    Raises
    ------
    StudyError
        When the file or its package is missing or altered; it says where to put the file and what its SHA-256 must be,
        or how to install the package.
    """
    if entry.package is not None:
        return _locate_packaged(entry.package, entry, where)
    path = _fetch_from_hub(entry.hub, where) if entry.hub is not None else _locate_local(entry, where)
    digest = _digest(path)
    if not digest.startswith(entry.sha256):
        rule = f"the file is not that of the weights {entry.name}: its SHA-256 is {digest}, not {entry.sha256}"
        raise StudyError(str(path), rule, "put the right file there, or set the SHA-256 of the file you mean")
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _locate_packaged(package: str, entry: Entry, where: str) -> Path:
    if any(package == known.package for known in registry().values()):
        fix = f"install the version of uv.lock (uv sync --reinstall-package {package}) or of environment.yml"
    else:
        fix = f"correct `package` and `file`, or install it (pip install {package})"
    path = locate_in_package(package, str(entry.file), where, fix)
    digest = _digest(path)
    if digest != entry.sha256:
        rule = f"{path.name} of the Python package {package} was altered: its SHA-256 is {digest}, not {entry.sha256}"
        raise StudyError(where, rule, fix)
    return path


def _locate_local(entry: Entry, where: str) -> Path:
    text = os.path.expandvars(Path(str(entry.file)).expanduser())
    expected = f"the file with SHA-256 {entry.sha256}"
    if unset := re.search(r"\$\{?(\w+)", text):
        rule = f"the weights {entry.name} are in ${unset[1]}, which is not set"
        fix = f"put {expected} into a folder as {Path(text).name}, and export {unset[1]}=<the folder>"
        raise StudyError(where, rule, fix)
    path = Path(text)
    if not path.is_file():
        raise StudyError(str(path), f"the starting weights {entry.name} are missing", f"put {expected} there")
    return path


def _fetch_from_hub(hub: str, where: str) -> Path:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    repository, _, revision = hub.partition("@")
    source: dict[str, Any] = {"repo_id": repository, "filename": HUB_FILE, "revision": revision or None}
    try:
        return Path(hf_hub_download(**source, local_files_only=True))
    except LocalEntryNotFoundError:
        pass
    try:
        return Path(hf_hub_download(**source))
    except (OSError, HfHubHTTPError) as error:
        rule = f"{HUB_FILE} of {hub} is not in the hub's cache and cannot be fetched ({type(error).__name__})"
        fix = f"fetch it where there is a network (`hf download {repository} {HUB_FILE}`), and set it as `file`"
        raise StudyError(where, rule, fix) from None
