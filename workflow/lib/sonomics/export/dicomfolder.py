"""DICOM files in any layout under a folder, ZIP files included, asked like a PACS."""

from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path

from sonomics.export.headers import Header, headers_of
from sonomics.export.pacs import Criteria, Instance, Study, meets


@dataclass
class _Found:
    study: Study
    instances: dict[str, tuple[Instance, str, Traversable]] = field(default_factory=dict)


class DicomFolder:
    """DICOM files of one or many patients; of two files of one instance the first by name counts.

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
    """

    def __init__(self, root: Traversable, kept: Path | None = None) -> None:
        self.others = 0
        self._studies: dict[str, _Found] = {}
        for place, header in headers_of(root, kept):
            if header is None:
                self.others += 1
            else:
                self._add(header, place)

    def find_studies(self, criteria: Criteria) -> list[Study]:
        """List the studies that meet the criteria."""
        studies = [_with_modalities(found) for found in self._studies.values()]
        return [study for study in studies if meets(study, criteria)]

    def list_instances(self, study_uid: str, modality: str) -> list[tuple[Instance, Traversable]]:
        """List the instances of a study in the series of a modality, sorted, and where they lie."""
        found = self._studies.get(study_uid)
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
        held = self._studies.setdefault(uid, _Found(study)).instances
        held.setdefault(instance.uid, (instance, header["Modality"], place))


def _with_modalities(found: _Found) -> Study:
    kinds = sorted({kind for _, kind, _ in found.instances.values() if kind})
    return Study(**{**vars(found.study), "modalities": tuple(kinds)})


def _number(value: str) -> int:
    return int(value) if value.lstrip("-").isdigit() else 0
