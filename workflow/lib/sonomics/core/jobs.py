"""How every job of the workflow reads its command line and ends."""

import argparse
import atexit
import gc
import json
import os
import re
import resource
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn

from sonomics.core.errors import StudyError
from sonomics.core.files import NO_ROOM
from sonomics.core.pins import check_heeded
from sonomics.core.provenance import describe_machine
from sonomics.core.settings.parameters import Parameters

BAD_STUDY = 2
PATIENCE_S = 2.0
STATUS = Path("/proc/self/status")


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
    """Run a job's `main` and end; a bad study, a disk without room, and code that is not portable: one line, code 2.

    The first line that it prints says what it computes on: jobs of one study may run on several machines. The last one
    says what the job took.
    """
    started = monotonic()
    collect_garbage()
    print(describe_machine(), flush=True)
    try:
        main(None)
        check_heeded()
    except StudyError as error:
        _stop(error)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        rule = f"a file cannot be written ({os.strerror(error.errno)})"
        _stop(StudyError(str(error.filename or Path.cwd()), rule, "make room on the disk, then run again"))
    print(describe_cost(monotonic() - started), flush=True)
    end_process()


def collect_garbage() -> None:
    """Turn the garbage collector on after the imports of a job; what they made is left alone, at the end too."""
    gc.freeze()
    atexit.register(_thaw)
    gc.enable()


def _thaw() -> None:
    """Let the end of Python take all objects apart where torch is loaded: its compiler reports others as leaks."""
    if "torch" in sys.modules:
        gc.unfreeze()


def describe_cost(seconds: float) -> str:
    """Say what this process took: seconds on the clock and of the processor, and memory where the system tells it.

    Parameters
    ----------
    seconds : float
        On the clock.
    """
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    took = f"took {seconds:.1f} s, {sum(use.ru_utime + use.ru_stime for use in uses):.1f} s of a processor"
    # What getrusage tells of memory may be that of the process which started this one.
    peak = re.search(r"^VmHWM:\s*(\d+) kB$", STATUS.read_text(), re.MULTILINE) if STATUS.exists() else None
    return f"{took}, {int(peak[1]) / 1024:.0f} MB of memory at most" if peak else took


def end_process() -> NoReturn:
    """End at once. Python would first take apart all that imports made, which takes a second where torch is loaded."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _stop(error: StudyError) -> NoReturn:
    print(f"study stopped: {error}", file=sys.stderr)
    raise SystemExit(BAD_STUDY) from None


def threads() -> int:
    """Return the number of threads a job may compute on (`study.threads`, handed over by the workflow)."""
    return int(os.environ.get("OMP_NUM_THREADS", "1"))


def progress(items: Iterable[Any], desc: str, total: int | None = None) -> Iterator[Any]:
    """Show a progress bar on standard error once a loop has taken two seconds, redrawn at most every two."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    started, bar = monotonic(), None
    for done, item in enumerate(items):
        if bar is None and monotonic() - started > PATIENCE_S:
            from tqdm import tqdm  # most loops end before it would be imported

            bar = tqdm(desc=desc, total=total, initial=done, mininterval=PATIENCE_S, file=sys.stderr)
        yield item
        if bar is not None:
            bar.update()
    if bar is not None:
        bar.close()
