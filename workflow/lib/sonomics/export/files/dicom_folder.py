"""DICOM files in any layout under a folder, ZIP files included, asked like a PACS."""

from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path

from sonomics.export.files.header_index import Header, headers_of
from sonomics.export.pacs.protocol import Criteria, Instance, Study, meets


@dataclass
class _Found:
    study: Study
    instances: dict[str, tuple[Instance, str, Traversable]] = field(default_factory=dict)


class DicomFolder:
    """DICOM files of one or many patients; of two files of one instance the first by name counts.

    A study is one of one patient: two patients whose files bear the same study UID have a study each.

    Parameters
    ----------
    root : Traversable
        A folder, or the inside of a ZIP file.
    kept : Path, optional
        Where headers that were read are kept, see `headers_of`.

    Attributes
    ----------
    others : int
        Files that are no DICOM, or tell no patient, study or instance.
    repeats : int
        Files of an instance that another file holds too.
    """

    def __init__(self, root: Traversable, kept: Path | None = None) -> None:
        self.others = self.repeats = 0
        self._studies: dict[tuple[str, str], _Found] = {}
        for place, header in headers_of(root, kept):
            if header is None:
                self.others += 1
            else:
                self._add(header, place)

    def find_studies(self, criteria: Criteria) -> list[Study]:
        """List the studies that meet the criteria."""
        studies = [_with_modalities(found) for found in self._studies.values()]
        return [study for study in studies if meets(study, criteria)]

    def list_instances(self, patient_id: str, study_uid: str, modality: str) -> list[tuple[Instance, Traversable]]:
        """List the instances of a patient's study in the series of a modality, sorted, and where they lie."""
        found = self._studies.get((patient_id.strip(), study_uid.strip()))
        held = found.instances.values() if found else ()
        kept = [(instance, place) for instance, kind, place in held if kind in ("", modality)]
        return sorted(kept, key=lambda pair: pair[0])

    def _add(self, header: Header, place: Traversable) -> None:
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
            _number(header["SeriesNumber"]),
            _number(header["InstanceNumber"]),
            header["SOPInstanceUID"],
            header["SeriesInstanceUID"],
        )
        held = self._studies.setdefault((study.patient_id, uid), _Found(study)).instances
        self.repeats += instance.uid in held
        held.setdefault(instance.uid, (instance, header["Modality"], place))


def _with_modalities(found: _Found) -> Study:
    kinds = sorted({kind for _, kind, _ in found.instances.values() if kind})
    return Study(**{**vars(found.study), "modalities": tuple(kinds)})


def _number(value: str) -> int:
    return int(value) if value.lstrip("-").isdigit() else 0
