"""How a job ends."""

import errno
import os
import re
import subprocess
import sys

import pytest

from sonomics.core import jobs
from sonomics.core.errors import StudyError
from sonomics.core.jobs import BAD_STUDY, progress, run_job
from tests.conftest import ROOT

LIBRARY = ROOT / "workflow/lib"


def failing(error):
    def main(argv):
        raise error

    return main


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StudyError("params.yaml", "it is wrong", "fix it"), "it is wrong"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "data/export/.0.part"), "make room on the disk"),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), "make room on the disk"),
    ],
)
def test_a_bad_study_and_a_full_disk_end_in_one_line(capsys, error, told):
    with pytest.raises(SystemExit) as stopped:
        run_job(failing(error))
    assert stopped.value.code == BAD_STUDY
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1


def test_any_other_error_is_not_hidden():
    with pytest.raises(FileNotFoundError):
        run_job(failing(FileNotFoundError(errno.ENOENT, "no such file")))


def test_the_log_of_a_job_ends_with_what_it_took_after_its_exit_handlers():
    code = "import atexit, sonomics; from sonomics.core.jobs import run_job; atexit.register(print, 'handled'); "
    code += "run_job(lambda argv: bytearray(200_000_000))"
    done = subprocess.run([sys.executable, "-c", code], cwd=LIBRARY, capture_output=True, text=True, check=True)
    took = re.search(r"\ntook \d+\.\d s, \d+\.\d s of a processor, (\d+) MB of memory at most\nhandled\n$", done.stdout)
    assert took is not None
    assert 200 < int(took[1]) < 400


def test_a_short_loop_shows_no_bar(capsys):
    assert list(progress([1, 2, 3], "images")) == [1, 2, 3]
    assert capsys.readouterr().err == ""


def test_a_long_loop_shows_how_far_it_is(capsys, monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE_S", -1.0)
    assert list(progress([1, 2, 3], "images")) == [1, 2, 3]
    assert "images: 100%" in capsys.readouterr().err


def test_a_job_collects_garbage_from_its_first_line_on():
    code = "import gc; from sonomics.core.jobs import run_job; run_job(lambda argv: print(gc.isenabled()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=LIBRARY, capture_output=True, text=True, check=True)
    assert "\nTrue\n" in done.stdout
