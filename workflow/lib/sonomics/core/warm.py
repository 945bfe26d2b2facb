"""A warm process: it has loaded the libraries, and copies itself for every job, which then starts at once.

A job of a small study takes a second or two, most of it to import; torch takes three more. While Snakemake runs jobs on
this machine, it keeps one warm process. `python -m sonomics.<phase>.<job>` hands itself over to it
(`core/handing_over.py`): the warm process forks, and the copy runs the job with the arguments, environment, folder and
files of the process that asked. Without one, as on a cluster or in a container, a job runs in its own process; its
results have the same bytes. Only libraries are loaded in advance, never the code of sonomics, which may be edited
between two jobs. Standard library alone.
"""

import atexit
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from sonomics.core.handing_over import ADDRESS

# The libraries of a job: those of all keys that its name, without `sonomics`, begins with.
LIBRARIES = {
    "": ("pandas", "pyarrow.parquet", "pydantic.types", "scipy.special", "cv2"),
    "export": ("pydicom.dataset", "scipy.ndimage"),
    "clean": ("pydicom.dataset", "scipy.spatial", "scipy.sparse.csgraph"),
    "clean.fit_qc": ("timm", "safetensors.torch"),
    "clean.judge": ("timm", "safetensors.torch"),
    "extract.deep": ("timm", "safetensors.torch"),
    "extract.texture": ("numba", "SimpleITK"),
    "select.choose": ("scipy.stats", "numba", "matplotlib.figure"),
    "train.classifier": ("sklearn.linear_model", "skops.io"),
    "train.explain": ("sklearn.cluster", "skops.io", "shap"),
    "train.network": ("timm", "safetensors.torch"),
    "train.maps": ("timm", "safetensors.torch"),
    "stack.scores": ("sklearn.linear_model",),
    "evaluate.task": ("scipy.stats", "matplotlib.figure", "matplotlib.backends.backend_pdf", "lifelines"),
    "report": ("scipy.stats", "docx", "jinja2"),
}
MOST_BYTES = 2**26  # of a request; a list of arguments is shorter


@dataclass(frozen=True)
class Job:
    """A job that was handed over, and the open files of the process that waits for it."""

    module: str
    arguments: list[str]
    path: list[str]
    folder: str
    environment: dict[str, str]
    files: list[int]

    def libraries(self) -> list[str]:
        """List the libraries that the job loads."""
        name = self.module.partition(".")[2]
        return [library for key, libraries in LIBRARIES.items() if name.startswith(key) for library in libraries]

    def run(self) -> None:
        """Run the job in this process, as `python -m` does."""
        for number, file in enumerate(self.files):
            os.dup2(file, number)
            os.close(file)
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(self.folder)
        for name in [name for name in sys.modules if name.partition(".")[0] == "sonomics"]:
            del sys.modules[name]
        sys.argv[1:], sys.path[:] = self.arguments, self.path
        runpy.run_module(self.module, run_name="__main__", alter_sys=True)


def receive(link: socket.socket) -> Job | None:
    """Read a request; None when the process that asked has gone meanwhile."""
    head, files, _, _ = socket.recv_fds(link, 8, 3)
    parts, missing = [], int.from_bytes(head, "big") if len(head) == 8 else MOST_BYTES + 1
    while 0 < missing <= MOST_BYTES and (part := link.recv(missing)):
        parts.append(part)
        missing -= len(part)
    if missing:
        for file in files:
            os.close(file)
        return None
    module, arguments, path, folder, environment = json.loads(b"".join(parts))
    return Job(module, arguments, path, folder, environment, files)


def serve(listener: socket.socket) -> Job | None:
    """Copy this process for every job that is handed over.

    Returns
    -------
    Job or None
        In a copy, the job to run. In the warm process itself None, once the process that started it has closed its
        standard input, as its end does; jobs that still run are ended then.
    """
    links: dict[int, socket.socket] = {}  # to the process that waits, by the number of the copy that runs its job
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin, selectors.EVENT_READ)
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    _end_all(links)
                    return None
                if key.fileobj is listener:
                    link, _ = listener.accept()
                    if (job := receive(link)) is None:
                        link.close()
                    elif (copy := _copy_for(job)) == 0:
                        for waiting in (listener, link, *links.values()):
                            waiting.close()
                        return job
                    else:
                        links[copy] = link
                        selector.register(link, selectors.EVENT_READ, copy)
                        selector.register(os.pidfd_open(copy), selectors.EVENT_READ, copy)
                elif key.data not in links:
                    continue  # it ended while its end was asked for
                elif key.fileobj is links[key.data]:  # the process that waited was ended, and so is its job
                    selector.unregister(key.fileobj)
                    os.killpg(key.data, signal.SIGTERM)
                else:
                    selector.unregister(key.fileobj)
                    os.close(key.fd)
                    link = links.pop(key.data)
                    if link in selector.get_map():
                        selector.unregister(link)
                    _answer(link, key.data)


def _copy_for(job: Job) -> int:
    """Load the libraries of a job and fork; return the number of the copy, and 0 in it."""
    for library in job.libraries():
        with suppress(ImportError):  # the job says what it lacks
            import_module(library)
    copy = os.fork()
    os.setpgid(copy, copy)
    if copy:
        for file in job.files:
            os.close(file)
    return copy


def _answer(link: socket.socket, copy: int) -> None:
    """Tell the process that waits how its job ended: its exit code, below 0 that of a signal."""
    _, status = os.waitpid(copy, 0)
    with link:
        try:
            link.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        except OSError:
            return  # it has gone


def _end_all(links: dict[int, socket.socket]) -> None:
    for copy in links:
        os.killpg(copy, signal.SIGKILL)
        os.waitpid(copy, 0)


def start(prefix: str) -> None:
    """Start the warm process of a run on this machine, and name it to all jobs.

    Parameters
    ----------
    prefix : str
        The shell commands that stand before every job: libraries read their environment while they are loaded.
    """
    if os.environ.get(ADDRESS) == "false" or not hasattr(os, "pidfd_open"):
        return
    folder = tempfile.TemporaryDirectory(prefix="sonomics-")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address := str(Path(folder.name) / "warm"))
        listener.listen(1024)
        number = listener.fileno()
        command = ["bash", "-c", f"{prefix} exec python -m sonomics.core.warm {number}"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=[number])
    os.environ[ADDRESS] = address
    atexit.register(_stop, process, folder)


def _stop(process: "subprocess.Popen[bytes]", folder: "tempfile.TemporaryDirectory[str]") -> None:
    process.communicate()
    folder.cleanup()


def main() -> None:
    """Serve; in a copy, run its job."""
    with socket.socket(fileno=int(sys.argv[1])) as listener:
        job = serve(listener)
    if job is not None:
        job.run()


if __name__ == "__main__":
    main()
