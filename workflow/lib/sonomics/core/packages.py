"""Locate files that come in installed Python packages, whose code is never run, and name the packages."""

from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from sonomics.core.errors import StudyError


def locate_in_package(package: str, file: str, where: str, fix: str) -> Path:
    """Locate a file of an installed Python package.

    Parameters
    ----------
    package : str
        Name on the package index.
    file : str
        Path of the file as the package installs it.
    where, fix : str
        Of the message when it is not there.

    Raises
    ------
    StudyError
        When the package is not installed, or lacks the file.
    """
    try:
        installed = distribution(package)
    except PackageNotFoundError:
        raise StudyError(where, f"the Python package {package} is not installed", fix) from None
    path = Path(str(installed.locate_file(file)))
    if not path.is_file():
        raise StudyError(where, f"{file} is missing from the Python package {package} {installed.version}", fix)
    return path


def describe_package(package: str) -> str:
    """Name a Python package with its installed version; a page may be made where it is not installed."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} (not installed where this was written)"
