"""How every job of the workflow reads its command line and ends."""

import argparse
import errno
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from tqdm import tqdm

from sonomics.core.errors import StudyError
from sonomics.core.settings.parameters import Parameters

BAD_STUDY = 2
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def job_parser(doc: str | None) -> argparse.ArgumentParser:
    """Make the parser of a job.

    It knows `--settings`: the sections of params.yaml that the job reads, filled with defaults, as JSON. The job gets
    them as `Parameters`.
    """
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    help_text = "sections of params.yaml, as JSON"
    parser.add_argument("--settings", type=read_settings, default=Parameters({}), help=help_text)
    return parser


def read_settings(text: str) -> Parameters:
    """Read the sections of params.yaml that a rule hands to a job."""
    return Parameters.partial(json.loads(text))


def run_job(main: Callable[[Sequence[str] | None], None]) -> None:
    """Run a job's `main`; a bad study, and a disk without room, end in one line and exit code 2."""
    try:
        main(None)
    except StudyError as error:
        _stop(error)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        rule = f"a file cannot be written ({os.strerror(error.errno)})"
        _stop(StudyError(str(error.filename or Path.cwd()), rule, "make room on the disk, then run again"))


def _stop(error: StudyError) -> NoReturn:
    print(f"study stopped: {error}", file=sys.stderr)
    raise SystemExit(BAD_STUDY) from None


def threads() -> int:
    """Return the number of threads a job may compute on (`study.threads`, handed over by the workflow)."""
    return int(os.environ.get("OMP_NUM_THREADS", "1"))


def progress(items: Iterable[Any], desc: str, total: int | None = None) -> Iterable[Any]:
    """Show a progress bar on standard error, redrawn at most every two seconds."""
    return tqdm(items, desc=desc, total=total, mininterval=2, file=sys.stderr)
