"""A job that a warm process runs: as if it ran by itself, and nothing of it stays when one of the two ends."""

import os
import signal
import subprocess
import sys
import time
from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path

import pytest

from sonomics.core import warm
from tests.conftest import ROOT

LIBRARY = ROOT / "workflow/lib"
PYTHON = "import os, sys, time; from pathlib import Path; "

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="a warm process needs Linux")


class Warm:
    """A warm process of its own, and the jobs that are handed over to it, from a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "toy").mkdir()
        (folder / "toy/__init__.py").write_text("import sonomics\n")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
            patch.delenv(warm.ADDRESS, raising=False)
            patch.setattr(warm.atexit, "register", lambda stop, *held: setattr(self, "stop", lambda: stop(*held)))
            warm.start(f"export PYTHONPATH={LIBRARY};")
            self.address = os.environ[warm.ADDRESS]

    def start(self, code: str, *arguments: str) -> subprocess.Popen[str]:
        """Write the code of a job, and start it."""
        (self.folder / "toy/job.py").write_text(PYTHON + code)
        told = {"PYTHONPATH": f"{LIBRARY}:{self.folder}", warm.ADDRESS: self.address, "TOLD": "by the rule"}
        return subprocess.Popen(
            [sys.executable, "-m", "toy.job", *arguments],
            env=os.environ | told,
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


@pytest.fixture(scope="module")
def warmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """A warm process that all tests share but those that end it."""
    shared = Warm(tmp_path_factory.mktemp("warm"))
    yield shared
    shared.stop()


def test_a_job_gets_its_arguments_folder_environment_and_streams(warmed):
    code = "print(sys.argv[1:], os.getcwd(), os.environ['TOLD'], os.getppid()); print('warned', file=sys.stderr)"
    ran = warmed.start(code, "--fold", "all")
    out, err = ran.communicate()
    assert out.startswith(f"['--fold', 'all'] {warmed.folder} by the rule ")
    assert int(out.split()[-1]) != os.getpid(), "the job is a copy of the warm process, not a child of this one"
    assert err == "warned\n"
    assert ran.returncode == 0


@pytest.mark.parametrize(
    ("code", "ended", "told"),
    [
        ("sys.exit(2)", 2, ""),
        ("sys.exit('study stopped')", 1, "study stopped\n"),
        ("raise ValueError('no such fold')", 1, "ValueError: no such fold\n"),
        ("os.kill(os.getpid(), 9)", 128 + signal.SIGKILL, ""),
    ],
)
def test_a_job_ends_as_it_would_by_itself(warmed, code, ended, told):
    ran = warmed.start(code)
    assert ran.communicate()[1].endswith(told)
    assert ran.returncode == ended


def test_an_edit_is_seen_by_the_next_job(warmed):
    assert warmed.start("print('first')").communicate()[0] == "first\n"
    assert warmed.start("print('second')").communicate()[0] == "second\n"
    loaded = "print([name for name in sys.modules if name.startswith('sonomics.networks')])"
    assert warmed.start(f"import sonomics.networks; {loaded}").communicate()[0] != "[]\n"
    assert warmed.start(loaded).communicate()[0] == "[]\n"


def test_two_jobs_run_side_by_side(warmed):
    wait = "other, own = Path(sys.argv[1]), Path(sys.argv[2]); own.touch()\nwhile not other.exists(): time.sleep(0.01)"
    one, two = warmed.start(wait, "a", "b"), warmed.start(wait, "b", "a")
    assert (one.communicate(timeout=60), two.communicate(timeout=60)) == (("", ""), ("", ""))
    assert (one.returncode, two.returncode) == (0, 0)


def wait_for(happened, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.02)
    return happened()


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


SLEEPS = "Path('pid.part').write_text(str(os.getpid())); os.rename('pid.part', 'pid'); time.sleep(60)"


def test_a_job_ends_with_the_process_that_waits_for_it(tmp_path):
    warmed = Warm(tmp_path)
    waiting = warmed.start(SLEEPS)
    assert wait_for((warmed.folder / "pid").exists)
    job = int((warmed.folder / "pid").read_text())
    assert job != waiting.pid
    waiting.kill()
    waiting.communicate()
    assert wait_for(lambda: not runs(job))
    assert warmed.start("print('next')").communicate()[0] == "next\n"
    warmed.stop()


def test_jobs_end_with_the_workflow_and_say_so(tmp_path):
    warmed = Warm(tmp_path)
    waiting = warmed.start(SLEEPS)
    assert wait_for((warmed.folder / "pid").exists)
    warmed.stop()
    assert waiting.communicate()[1] == "the warm process ended before the job did; run again\n"
    assert waiting.returncode == 1
    assert not runs(int((warmed.folder / "pid").read_text()))


def test_a_job_runs_by_itself_where_the_warm_process_has_gone(tmp_path):
    warmed = Warm(tmp_path)
    warmed.stop()
    ran = warmed.start("print(os.getpid())")
    assert ran.communicate()[0] == f"{ran.pid}\n"


def test_half_a_request_harms_no_other_job(warmed):
    with warm.socket.socket(warm.socket.AF_UNIX) as link:
        link.connect(warmed.address)
        link.sendall((10).to_bytes(8, "big") + b"half")
    assert warmed.start("print('whole')").communicate()[0] == "whole\n"


def test_false_keeps_no_warm_process(monkeypatch):
    monkeypatch.setenv(warm.ADDRESS, "false")
    warm.start("exit 1;")
    assert os.environ[warm.ADDRESS] == "false"


@pytest.mark.parametrize("key", [key for key in warm.LIBRARIES if key])
def test_libraries_are_named_for_jobs_that_there_are(key):
    path = LIBRARY / "sonomics" / key.replace(".", "/")
    assert path.is_dir() or path.with_suffix(".py").is_file()


def test_libraries_exist_and_start_no_thread_that_a_copy_would_lack():
    names = sorted({library for libraries in warm.LIBRARIES.values() for library in libraries})
    code = f"import sonomics, {', '.join(names)}\nfrom pathlib import Path\n"
    code += "print(sorted({path.read_text().strip() for path in Path('/proc/self/task').glob('*/comm')}))"
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | single, capture_output=True, text=True)
    # The allocator of pyarrow starts its own thread anew in a copy.
    assert set(literal_eval(done.stdout)) - {"jemalloc_bg_thd"} == {"python"}, done.stderr
