"""Portable arithmetic is set before any library chooses its code; what comes too late, or is not heeded, stops."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sonomics.core import pins
from sonomics.core.errors import StudyError
from sonomics.core.pins import MODE, PINNED, PINS, check_heeded, export_pins, processor_flags, set_pins
from tests.conftest import ROOT

x86_64 = pytest.mark.skipif(not pins.is_x86_64(), reason="the pins are for x86-64")
CHOSEN = """
import json, sonomics, numpy, torch, pyarrow, numba, cv2
from numpy._core import _multiarray_umath as loops
from threadpoolctl import threadpool_info
import scipy.linalg
print(json.dumps([
    sorted(group for group in loops.__cpu_dispatch__ if loops.__cpu_features__[group]),
    torch.backends.cpu.get_cpu_capability(),
    pyarrow.runtime_info().simd_level,
    sorted({pool["architecture"] for pool in threadpool_info() if pool["internal_api"] == "openblas"}),
    numba.config.CPU_NAME,
    cv2.ipp.useIPP(),
]))
"""


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python without the pins of this process."""
    clean = {name: value for name, value in os.environ.items() if name not in {*PINS, MODE}}
    path = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**clean, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@x86_64
def test_every_library_takes_the_code_for_avx2():
    done = python(CHOSEN)
    assert done.stdout == '[["X86_V3"], "AVX2", "avx2", ["Haswell"], "haswell", false]\n', done.stderr


@x86_64
def test_a_library_that_is_loaded_before_is_named():
    done = python("import numpy, sonomics")
    assert done.returncode == 1
    assert "numpy was loaded before sonomics" in done.stderr
    assert f"Fix: import sonomics first, or set {MODE}=false." in done.stderr
    assert python("import numpy, sonomics", **PINS).returncode == 0
    assert python("import numpy, sonomics", **{MODE: "false"}).returncode == 0


@x86_64
def test_a_job_that_is_started_by_hand_sets_the_pins():
    code = "import os, sonomics.core.jobs; print(os.environ['MKL_CBWR'])"
    assert python(code, MKL_CBWR="AVX512").stdout == "COMPATIBLE\n"


@pytest.mark.parametrize("script", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: path.name)
def test_benchmarks_import_sonomics_first(script):
    names = []
    for node in ast.parse(script.read_text()).body:
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
    packages = [name.split(".")[0] for name in names]
    late, early = {*PINNED, "pandas", "pydicom", "skimage", "radiomics", "SimpleITK"}, {"sonomics", "benchmarks"}
    relevant = [package for package in packages if package in late | early]
    assert not early & set(relevant) or relevant[0] in early


def test_an_unknown_mode_is_refused():
    done = python("import sonomics", **{MODE: "yes"})
    assert f"StudyError: ${MODE}: 'yes' is not true or false. Fix: set one of them" in done.stderr
    job = subprocess.run(
        [sys.executable, "-m", "sonomics.core.settings.write"],
        env={**os.environ, MODE: "yes"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert job.stderr.startswith(f"study stopped: ${MODE}: 'yes'")


@x86_64
def test_a_processor_without_avx2_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pins, "CPUINFO", tmp_path / "cpuinfo")
    pins.CPUINFO.write_text("processor\t: 0\nflags\t\t: fpu sse sse2 fma\n")
    assert processor_flags() == {"fpu", "sse", "sse2", "fma"}
    with pytest.raises(StudyError, match=r"has no AVX2, which .* needs\. Fix: state study\.portable: false"):
        set_pins()
    monkeypatch.setenv(MODE, "false")
    set_pins()


@x86_64
def test_a_library_that_does_not_heed_its_pin_stops_the_job(monkeypatch: pytest.MonkeyPatch):
    check_heeded()
    loops = np._core._multiarray_umath
    monkeypatch.setattr(loops, "__cpu_features__", {**loops.__cpu_features__, "X86_V4": True})
    with pytest.raises(StudyError, match=r"numpy computes with code that is not portable\. Fix: install the versions"):
        check_heeded()
    monkeypatch.setenv(MODE, "false")
    check_heeded()


@pytest.mark.parametrize("portable", [True, False])
def test_a_job_is_handed_the_pins_or_none(portable: bool):
    shell = f"{export_pins(portable=portable)}; env"
    done = subprocess.run(
        ["bash", "-c", shell], env={"PATH": os.environ["PATH"], "MKL_CBWR": "AVX"}, capture_output=True
    )
    handed = dict(line.split("=", 1) for line in done.stdout.decode().splitlines())
    assert handed[MODE] == str(portable).lower()
    assert PINS.items() <= handed.items() if portable else not PINS.keys() & handed.keys()


def test_a_processor_of_another_kind_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pins, "is_x86_64", lambda: False)
    with pytest.raises(StudyError, match=r"portable arithmetic is that of x86-64.*study.portable: false"):
        pins.check_processor()
    assert not pins.is_portable()
    set_pins()
