"""Saving scikit-learn models without pickle, and so that the same model gives the same bytes."""

import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

from sonomics.core.errors import StudyError
from sonomics.core.files import replacing

# Types beyond skops' own list: the arrays of a decision tree, and our own model of ordered classes.
_TRUSTED = ["sklearn.tree._tree.Tree", "sonomics.train.classifiers.ordinal.ProportionalOdds"]
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)
_OBJECT_ID = re.compile(r"(?<=\"__id__\": )\d+")


def write_model(path: Path, model: Any) -> None:
    """Write a fitted scikit-learn object in skops' format with fixed dates and ids.

    skops names objects by their address in memory; here they are numbered in order of appearance.
    """
    with replacing(path) as temporary:
        _skops().dump(model, temporary)
        _canonise(temporary)


def read_model(path: Path) -> Any:
    """Read a model; nothing but scikit-learn, numpy and scipy types and `ProportionalOdds` is built.

    Raises
    ------
    StudyError
        When the file holds a type that skops does not trust.
    """
    skops = _skops()
    if untrusted := sorted(set(skops.get_untrusted_types(file=path)) - set(_TRUSTED)):
        raise StudyError(str(path), f"the model holds untrusted types ({', '.join(untrusted)})", "train it again")
    return skops.load(path, trusted=_TRUSTED)


def _skops() -> Any:
    """Import skops without torch, for which one of the scikit-learn modules it imports would ask: two seconds a job."""
    import scipy.stats  # noqa: F401  # asks for torch itself, and takes what is hidden for torch

    hide = "torch" not in sys.modules
    if hide:
        sys.modules["torch"] = None  # type: ignore[assignment]
    try:
        import skops.io
    finally:
        if hide:
            del sys.modules["torch"]
    return skops.io


def _canonise(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    schema = contents.pop("schema.json").decode()
    numbers = {old: str(new) for new, old in enumerate(dict.fromkeys(_OBJECT_ID.findall(schema)))}
    names = {name: f"{numbers[Path(name).stem]}{Path(name).suffix}" for name in contents}
    schema = _OBJECT_ID.sub(lambda match: numbers[match[0]], schema)
    for old, new in names.items():
        schema = schema.replace(json.dumps(old), json.dumps(new))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        members = {"schema.json": schema.encode(), **{names[name]: data for name, data in contents.items()}}
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, _FIXED_DATE), members[name], zipfile.ZIP_DEFLATED)
