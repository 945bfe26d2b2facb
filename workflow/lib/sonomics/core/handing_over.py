"""How a job hands itself over to the warm process of its run (`core/warm.py`). Standard library alone."""

import json
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

ADDRESS = "SONOMICS_WARM"


def hand_over() -> None:
    """Let the warm process run the job that this process was started for, and end as it ends.

    Nothing happens where no warm process is named, or where it has gone.
    """
    address = os.environ.pop(ADDRESS, "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX) as link:
        try:
            link.connect(address)
        except OSError:
            return
        # While Python looks for the module of `python -m`, its name is not among the arguments of this process.
        module = sys.orig_argv[-len(sys.argv)]
        request = json.dumps([module, sys.argv[1:], sys.path, str(Path.cwd()), dict(os.environ)]).encode()
        answer = b""
        with suppress(ConnectionError):
            socket.send_fds(link, [len(request).to_bytes(8, "big")], [0, 1, 2])
            link.sendall(request)
            answer = link.recv(64)
    if not answer:
        print("the warm process ended before the job did; run again", file=sys.stderr, flush=True)
        os._exit(1)
    code = int(answer)
    os._exit(code if code >= 0 else 128 - code)
