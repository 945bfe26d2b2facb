"""Query DICOM files in any layout under a folder, ZIP files included, like a PACS."""

from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path

from sonomics.export.files.header_index import Header, read_headers
from sonomics.export.pacs.protocol import Criteria, Instance, Study, meets_criteria


@dataclass
class _StudyFiles:
    study: Study
    instances: dict[str, tuple[Instance, str, Traversable]] = field(default_factory=dict)


class DicomFolder:
    """DICOM files of one or many patients; of two files of one instance the first by name is used.

    A study belongs to one patient: two patients whose files have the same study UID have one study each.

    Parameters
    ----------
    root : Traversable
        A folder, or the inside of a ZIP file.
    kept : Path, optional
        Table of headers read before, see `read_headers`.

    Attributes
    ----------
    others : int
        Files that are not DICOM, or have no patient, study or instance.
    repeats : int
        Files of an instance that another file holds already.
    """

    def __init__(self, root: Traversable, kept: Path | None = None) -> None:
        self.others = self.repeats = 0
        self._studies: dict[tuple[str, str], _StudyFiles] = {}
        for file, header in read_headers(root, kept):
            if header is None:
                self.others += 1
            else:
                self._add(header, file)

    def find_studies(self, criteria: Criteria) -> list[Study]:
        """List the studies that meet the criteria."""
        studies = [_add_modalities(held) for held in self._studies.values()]
        return [study for study in studies if meets_criteria(study, criteria)]

    def list_instances(self, patient_id: str, study_uid: str, modality: str) -> list[tuple[Instance, Traversable]]:
        """List the instances of a patient's study in the series of a modality, sorted, and their files."""
        held = self._studies.get((patient_id.strip(), study_uid.strip()))
        instances = held.instances.values() if held else ()
        listed = [(instance, file) for instance, of_file, file in instances if of_file in ("", modality)]
        return sorted(listed, key=lambda pair: pair[0])

    def _add(self, header: Header, file: Traversable) -> None:
        uid = header["StudyInstanceUID"]
        study = Study(
            uid,
            header["PatientID"],
            date=header["StudyDate"],
            time=header["StudyTime"],
            accession=header["AccessionNumber"],
            description=header["StudyDescription"],
        )
        instance = Instance(
            _read_number(header["SeriesNumber"]),
            _read_number(header["InstanceNumber"]),
            header["SOPInstanceUID"],
            header["SeriesInstanceUID"],
        )
        instances = self._studies.setdefault((study.patient_id, uid), _StudyFiles(study)).instances
        self.repeats += instance.uid in instances
        instances.setdefault(instance.uid, (instance, header["Modality"], file))


def _add_modalities(held: _StudyFiles) -> Study:
    modalities = sorted({modality for _, modality, _ in held.instances.values() if modality})
    return Study(**{**vars(held.study), "modalities": tuple(modalities)})


def _read_number(value: str) -> int:
    return int(value) if value.lstrip("-").isdigit() else 0
