"""How a job ends."""

import errno
import os

import pytest

from sonomics.core.errors import StudyError
from sonomics.core.jobs import BAD_STUDY, run_job


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
