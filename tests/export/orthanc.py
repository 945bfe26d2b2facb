"""A PACS to test with: Debian's Orthanc on loopback ports, its store in a temporary folder."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import requests
from pydicom.dataset import Dataset

from sonomics.simulate.exams.liver import Instance
from sonomics.simulate.scanner.dicom import uid_for, us_dataset

PROGRAM, PLUGIN = shutil.which("Orthanc"), Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
USER, PASSWORD = "reader", "only-for-tests"
AE_TITLE, OUR_AE_TITLE = "ORTHANC", "SONOMICS"
STARTS_WITHIN_S = 60


def installed() -> bool:
    return PROGRAM is not None and PLUGIN.exists()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Orthanc:
    """A running Orthanc."""

    def __init__(self, http: int, dicom: int, store_port: int) -> None:
        self.http, self.dicom, self.store_port = http, dicom, store_port
        self.rest = f"http://127.0.0.1:{http}"
        self.url = f"{self.rest}/dicom-web"
        self.session = requests.Session()
        self.session.auth = (USER, PASSWORD)

    def load(self, datasets: Iterable[Dataset]) -> None:
        for dataset in datasets:
            content = BytesIO()
            dataset.save_as(content, enforce_file_format=True)
            self.session.post(f"{self.rest}/instances", data=content.getvalue(), timeout=60).raise_for_status()

    def answers(self) -> bool:
        try:
            return self.session.get(f"{self.rest}/system", timeout=5).ok
        except requests.ConnectionError:
            return False


@contextmanager
def orthanc(folder: Path) -> Iterator[Orthanc]:
    """Run Orthanc until the block ends."""
    server = Orthanc(free_port(), free_port(), free_port())
    settings = {
        "Name": "test",
        "StorageDirectory": str(folder / "store"),
        "IndexDirectory": str(folder / "store"),
        "Plugins": [str(PLUGIN)],
        "HttpPort": server.http,
        "DicomPort": server.dicom,
        "DicomAet": AE_TITLE,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": {USER: PASSWORD},
        "DicomModalities": {"sonomics": [OUR_AE_TITLE, "127.0.0.1", server.store_port]},
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }
    (folder / "orthanc.json").write_text(json.dumps(settings))
    with (folder / "orthanc.log").open("w") as log:
        process = subprocess.Popen([str(PROGRAM), str(folder / "orthanc.json")], stdout=log, stderr=log)
    try:
        limit = time.monotonic() + STARTS_WITHIN_S
        while not server.answers():
            alive = process.poll() is None and time.monotonic() < limit
            assert alive, (folder / "orthanc.log").read_text()[-2000:]
            time.sleep(0.1)
        yield server
    finally:
        server.session.close()
        process.terminate()
        process.wait(30)


def with_identity(instance: Instance, patient_id: str, date: str, exam: str = "1") -> Dataset:
    """Make a simulated instance look as a hospital's PACS would hold it, names and all."""
    dataset = us_dataset(
        instance.stem,
        instance.frames,
        description=instance.description,
        model=instance.device,
        bounds=instance.bounds,
        mm_per_pixel=instance.mm_per_pixel,
        times_s=instance.times_s,
    )
    dataset.PatientID, dataset.PatientName = patient_id, f"Dupont^{patient_id}"
    dataset.PatientBirthDate, dataset.PatientSex = "19500101", "F"
    dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = date
    dataset.StudyTime = "101500"
    dataset.AccessionNumber = f"ACC{patient_id}{exam}"
    dataset.StudyDescription = "Liver with contrast"
    dataset.StudyInstanceUID = uid_for(patient_id, exam)
    dataset.SeriesInstanceUID = uid_for(patient_id, exam, instance.description)
    dataset.SOPInstanceUID = uid_for(patient_id, exam, instance.stem)
    dataset.PatientIdentityRemoved = "NO"
    del dataset.DeidentificationMethod
    return dataset
