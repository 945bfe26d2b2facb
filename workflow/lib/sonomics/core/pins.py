"""Portable arithmetic: settings under which every x86-64 processor with AVX2 computes the same bytes.

Libraries choose their code by processor. Other instructions round in another order, and training makes large
differences of the last digits. Each pin holds one library to the code for AVX2 and FMA. The libraries read the pins
while they are loaded, so that `sonomics` sets them before any other import. Standard library alone.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sonomics.core.errors import StudyError

MODE = "SONOMICS_PORTABLE"
PINS = {
    # PyTorch: its own kernels, convolutions of oneDNN, and matrices of MKL, which looks at the maker too
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_CBWR": "COMPATIBLE",
    # matrices of numpy and scipy, and of scikit-learn, which takes scipy's
    "OPENBLAS_CORETYPE": "Haswell",
    # numpy's own loops; these are all of its groups beyond AVX2
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    # what numba compiles, and the key of its cache, which machines may share
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "",
    # Intel's library in OpenCV gives other bytes even from run to run; at a lower level OpenCV warns that it is off
    "OPENCV_IPP": "disabled",
    "OPENCV_LOG_LEVEL": "ERROR",
    # sums and means of pyarrow
    "ARROW_USER_SIMD_LEVEL": "AVX2",
}
# What must not be loaded before the pins are set.
PINNED = ("cv2", "numba", "numpy", "pyarrow", "scipy", "sklearn", "torch")
NEEDED = {"avx2", "fma"}
CPUINFO = Path("/proc/cpuinfo")
ENOUGH = 8192  # bytes of /proc/cpuinfo, which hold the flags of the first processor


def is_portable() -> bool:
    """Tell whether this process computes portably: on x86-64, unless $SONOMICS_PORTABLE is `false`.

    Raises
    ------
    StudyError
        When the variable is neither `true` nor `false`.
    """
    mode = os.environ.get(MODE, "true")
    if mode not in ("true", "false"):
        raise StudyError(f"${MODE}", f"{mode!r} is not true or false", "set one of them, or unset it for true")
    return mode == "true" and is_x86_64()


def is_x86_64() -> bool:
    """Tell whether the processor is one that the pins are for."""
    return os.uname().machine == "x86_64" if hasattr(os, "uname") else False


def set_pins() -> None:
    """Set the pins in the environment of this process, if it computes portably.

    Raises
    ------
    StudyError
        When a library has chosen its code already, without the pins; as `check_processor`.
    """
    if not is_portable():
        return
    loaded = [name for name in PINNED if name in sys.modules]
    if loaded and any(os.environ.get(name) != value for name, value in PINS.items()):
        rule = f"{', '.join(loaded)} was loaded before sonomics, and has chosen code for this processor"
        raise StudyError("portable arithmetic", rule, f"import sonomics first, or set {MODE}=false")
    check_processor()
    os.environ.update(PINS)


def check_processor() -> None:
    """Check that the processor can compute portably.

    Raises
    ------
    StudyError
        When it is not an x86-64 processor, or has no AVX2 and FMA.
    """
    fix = f"state study.portable: false and set {MODE}=false; last digits are then those of this machine"
    if not is_x86_64():
        machine = os.uname().machine if hasattr(os, "uname") else sys.platform
        rule = f"this processor is of the kind {machine}, and portable arithmetic is that of x86-64"
        raise StudyError("portable arithmetic", rule, fix)
    if lacking := NEEDED - processor_flags():
        rule = f"this processor has no {' and no '.join(sorted(lacking)).upper()}, which portable arithmetic needs"
        raise StudyError("portable arithmetic", rule, fix)


def processor_flags() -> set[str]:
    """Return what the first processor can do; what is needed, where the system does not say."""
    try:
        with CPUINFO.open(encoding="ascii", errors="replace") as file:
            lines = file.read(ENOUGH).splitlines()
    except OSError:
        return NEEDED
    return next((set(line.partition(":")[2].split()) for line in lines if line.startswith("flags")), NEEDED)


def check_heeded() -> None:
    """Check that the libraries which this process has loaded heed the pins.

    Raises
    ------
    StudyError
        Where one does not: it was loaded without them, or another version names its settings otherwise.
    """
    if not is_portable():
        return
    unheeding = [name for name, heeds in HEEDS.items() if name in sys.modules and not heeds(sys.modules[name])]
    if unheeding:
        rule = f"{', '.join(unheeding)} computes with code that is not portable"
        raise StudyError("portable arithmetic", rule, "install the versions of uv.lock (`uv sync --locked`)")


def _numpy_heeds(_: Any) -> bool:
    loops = sys.modules["numpy._core._multiarray_umath"]
    return not any(loops.__cpu_features__[group] for group in loops.__cpu_dispatch__ if group != "X86_V3")


HEEDS: dict[str, Callable[[Any], bool]] = {
    "numpy": _numpy_heeds,
    "torch": lambda torch: bool(torch.backends.cpu.get_cpu_capability() == "AVX2"),
    "pyarrow": lambda pyarrow: bool(pyarrow.runtime_info().simd_level == "avx2"),
}


def export_pins(*, portable: bool) -> str:
    """Return shell commands that hand the pins to a job, or take them away."""
    if portable:
        return " ".join(["export", f"{MODE}=true", *(f"{name}='{value}'" for name, value in PINS.items())])
    return f"unset {' '.join(PINS)}; export {MODE}=false"
