"""An installed package that adds a toy kind to every group, for tests of all that looks kinds up."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sonomics.core.registry import Group
from sonomics.core.settings import kinds as known
from sonomics.kinds import (
    calibrations,
    combinations,
    families,
    models,
    outlines,
    pools,
    sources,
    steps,
    thresholds,
)

NAME = "toy_kinds"
# group, name of its toy kind, and what declares it.
KINDS = {
    "models": ("nearest", "MODEL"),
    "families": ("area", "FAMILY"),
    "steps": ("first", "STEP"),
    "sources": ("twin", "SOURCE"),
    "outlines": ("rectangles", "OUTLINE"),
    "combinations": ("leader", "COMBINATION"),
    "pools": ("least", "POOL"),
    "calibrations": ("half", "CALIBRATION"),
    "thresholds": ("middle", "THRESHOLD"),
}
GROUPS: dict[str, Group] = {
    group.name: group
    for group in (
        models.MODELS,
        families.FAMILIES,
        steps.STEPS,
        sources.SOURCES,
        outlines.OUTLINES,
        combinations.COMBINATIONS,
        pools.POOLS,
        calibrations.CALIBRATIONS,
        thresholds.THRESHOLDS,
    )
}


def write_package(folder: Path) -> Path:
    """Install the package into a folder: its modules, and the metadata that names its entry points."""
    shutil.copytree(Path(__file__).parent / NAME, folder / NAME, ignore=shutil.ignore_patterns("__pycache__"))
    about = folder / f"{NAME}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.0\n", encoding="utf-8")
    entries = [
        f"[sonomics.kinds.{group}]\n{name} = {NAME}.declarations:{declared}\n"
        for group, (name, declared) in KINDS.items()
    ]
    (about / "entry_points.txt").write_text("\n".join(entries), encoding="utf-8")
    return folder


@contextmanager
def installed(folder: Path) -> Iterator[Path]:
    """Install the package into an empty folder and put it on the path of this process.

    For another process, put the folder into PYTHONPATH.
    """
    sys.path.insert(0, str(write_package(folder)))
    _forget()
    try:
        yield folder
    finally:
        sys.path.remove(str(folder))
        for module in [name for name in sys.modules if name.split(".")[0] == NAME]:
            del sys.modules[module]
        _forget()


def _forget() -> None:
    """Make groups look for installed packages anew."""
    known.group.cache_clear()
    for group in GROUPS.values():
        vars(group).pop("_entries", None)
