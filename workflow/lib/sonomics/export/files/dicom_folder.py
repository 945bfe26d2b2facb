"""Query DICOM files in any layout under a folder, ZIP files included, like a PACS."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from sonomics.core.settings.export import Limits
from sonomics.export.files.archive import Root
from sonomics.export.files.header_index import Header, Indexed, read_headers
from sonomics.export.files.listing import open_root
from sonomics.export.pacs.merged import MergedPatients, read_merged
from sonomics.export.pacs.protocol import Criteria, Instance, Study, meets_criteria
from sonomics.imaging.dicom_file import SourceFile
from sonomics.kinds.pacs import Studies
from sonomics.kinds.sources.folder import Folder

REPEAT = "it repeats an instance"
OTHER_ISSUER = "its patient identifier is of another issuer than params.yaml states"
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,12}")  # IS of PS3.5 6.2


@dataclass
class _StudyFiles:
    study: Study
    instances: dict[str, tuple[Instance, str, SourceFile]] = field(default_factory=dict)


class DicomFolder:
    """DICOM files of one or many patients; of two files of one instance the first by name is used.

    A study belongs to one patient: two patients whose files have the same study UID have one study each.

    Parameters
    ----------
    root : Path or Archived
        A folder, or the inside of a ZIP file.
    limits : Limits
        `export.limits` of params.
    kept : Path, optional
        Table of headers read before, see `read_headers`.
    issuer : str
        Of the patient identifiers; files that state another are left out. "" takes all.
    merged : MergedPatients, optional
        Persons with several identifiers, who count under the one in use.

    Attributes
    ----------
    left_out : list of (str, str)
        Path and reason of what is not used: what cannot be opened, is not DICOM, has no patient, study or instance, or
        is an instance that another file holds already. The paths may be identities.
    """

    def __init__(
        self,
        root: Root,
        limits: Limits,
        kept: Path | None = None,
        issuer: str = "",
        merged: MergedPatients | None = None,
    ) -> None:
        self.merged, self._issuer = merged or MergedPatients([]), issuer
        self.left_out: list[tuple[str, str]] = []
        self._studies: dict[tuple[str, str], _StudyFiles] = {}
        for indexed in read_headers(root, limits, kept):
            if indexed.header is None or indexed.file is None:
                self.left_out.append((indexed.name, indexed.reason))
            else:
                self._add(indexed, indexed.header, indexed.file)

    @property
    def has_studies(self) -> bool:
        """Tell whether there is any; the place of a drive that is not mounted has none."""
        return bool(self._studies)

    def find_studies(self, criteria: Criteria) -> list[Study]:
        """List the studies that meet the criteria."""
        studies = [_add_modalities(held) for held in self._studies.values()]
        return [study for study in studies if meets_criteria(study, criteria)]

    def list_instances(self, patient_id: str, study_uid: str, modality: str) -> list[tuple[Instance, SourceFile]]:
        """List the instances of a patient's study in the series of a modality, sorted, and their files."""
        held = self._studies.get((self.merged.in_use(patient_id.strip()), study_uid.strip()))
        instances = held.instances.values() if held else ()
        listed = [(instance, file) for instance, of_file, file in instances if of_file in ("", modality)]
        return sorted(listed, key=lambda pair: pair[0])

    def count_others(self, patient_id: str, study_uid: str) -> int:
        """Count the files of a study that are of other patients."""
        asked = self.merged.in_use(patient_id.strip())
        studies = self._studies.items()
        return sum(
            len(held.instances) for (patient, uid), held in studies if uid == study_uid.strip() and patient != asked
        )

    def _add(self, indexed: Indexed, header: Header, file: SourceFile) -> None:
        uid, issuer = header["StudyInstanceUID"], header["IssuerOfPatientID"]
        if self._issuer and issuer not in ("", self._issuer):
            self.left_out.append((indexed.name, OTHER_ISSUER))
            return
        study = Study(
            uid,
            self.merged.in_use(header["PatientID"]),
            issuer=issuer,
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
        held = self._studies.setdefault((study.patient_id, uid), _StudyFiles(study))
        if not held.study.issuer:  # the first that a file states
            held.study = replace(held.study, issuer=issuer)
        instances = held.instances
        if instance.uid in instances:
            self.left_out.append((indexed.name, REPEAT))
        instances.setdefault(instance.uid, (instance, header["Modality"], file))


def open_dicom_folder(settings: Folder, limits: Limits, kept: Path | None = None) -> DicomFolder:
    """Open the DICOM files of a folder source, with the identifiers that its settings state.

    Raises
    ------
    StudyError
        When the folder, or the table of merged patients, is missing or wrong.
    """
    studies = cast(Studies, settings.dicom)
    return DicomFolder(open_root(settings), limits, kept, studies.issuer, read_merged(studies.merged))


def _add_modalities(held: _StudyFiles) -> Study:
    modalities = sorted({modality for _, modality, _ in held.instances.values() if modality})
    return Study(**{**vars(held.study), "modalities": tuple(modalities)})


def _read_number(value: str) -> int:
    return int(value) if _WHOLE_NUMBER.fullmatch(value) else 0
