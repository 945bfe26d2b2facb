"""Files and folders of their owner alone."""

import os
from threading import Event, Thread

from sonomics.core.files import write_json
from sonomics.core.private import keep_private, make_private_folder


def test_private_files_are_their_owners_alone_whatever_other_threads_do(tmp_path):
    before = os.umask(0o022)
    try:
        started, go_on = Event(), Event()

        def hold():
            with keep_private():
                started.set()
                go_on.wait(5)
                write_json(tmp_path / "late.json", {})

        thread = Thread(target=hold)
        thread.start()
        started.wait(5)
        with keep_private():
            write_json(tmp_path / "private.json", {})
        go_on.set()
        thread.join()
        write_json(tmp_path / "public.json", {})
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        assert modes == {"private.json": 0o600, "late.json": 0o600, "public.json": 0o644}
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def test_a_private_folder_is_made_or_taken_from_others(tmp_path):
    (tmp_path / "old").mkdir(mode=0o755)
    for name in ("old", "new/deep"):
        assert make_private_folder(tmp_path / name).stat().st_mode & 0o777 == 0o700
