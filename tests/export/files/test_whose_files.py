"""Files of a folder belong to the patient who is asked for: identifier, issuer, and merged patients who are stated."""

import pandas as pd
import pytest
from pydicom import dcmread

from sonomics.export import folder
from tests.export.conftest import EXAMS, exam
from tests.export.test_folder import COHORT

FIRST = 0  # exam of HOSP7


class Media:
    """A folder of DICOM files, and a study that wants them."""

    def __init__(self, site):
        self.site, self.root = site, site.path.parent / "media"
        self.root.mkdir()
        for number in (FIRST, 2):
            for image, dataset in enumerate(exam(*EXAMS[number])):
                dataset.save_as(self.root / f"{number}-{image}.dcm", enforce_file_format=True)

    def change(self, name, **elements):
        dataset = dcmread(self.root / name)
        for keyword, value in elements.items():
            setattr(dataset, keyword, value)
        dataset.save_as(self.root / name, enforce_file_format=True)

    def query(self, **stated):
        studies = {"cohort": COHORT, **stated}
        self.params = self.site.state("folder", {"root": str(self.root), "dicom": studies})
        return self.site.command("query")

    def export(self):
        folder.main(self.site.arguments(self.params))
        manifest = pd.read_parquet("data/export/0/manifest.parquet")
        linkage = pd.read_csv(self.site.linkage, dtype=str).drop_duplicates("case").set_index("case")["patient_id"]
        return manifest.assign(patient_id=manifest["case"].map(linkage))


@pytest.fixture
def media(site):
    return Media(site)


def test_a_file_of_another_patient_in_a_study_is_not_used_and_counted(media, caplog):
    media.change("0-1.dcm", PatientID="SOMEONE")
    assert media.query().exit_code == 0
    manifest = media.export()
    assert manifest["patient_id"].value_counts().to_dict() == {"HOSP7": 2, "HOSP8": 3, "SOMEONE": 1}
    assert "1 files of its study are of other patients" in caplog.text
    assert "SOMEONE" not in caplog.text


def test_a_file_replaced_by_that_of_another_patient_is_set_aside(media, caplog, monkeypatch):
    assert media.query().exit_code == 0
    kept = media.export()
    assert (kept["reason"] == "").all()
    opened = folder.open_dicom_folder

    def open_before(*arguments):
        files = opened(*arguments)
        media.change("0-1.dcm", PatientID="SOMEONE")  # behind the back of the index
        return files

    monkeypatch.setattr(folder, "open_dicom_folder", open_before)
    media.site.forget_export()
    manifest = media.export()
    assert sorted(manifest["reason"]) == [""] * 5 + ["other_patient"]
    assert "is set aside: it is of another patient" in caplog.text
    assert "SOMEONE" not in caplog.text


def test_files_of_another_issuer_are_left_out(media):
    for image in range(3):
        media.change(f"0-{image}.dcm", IssuerOfPatientID="NORTH")
        media.change(f"2-{image}.dcm", IssuerOfPatientID="SOUTH")
    done = media.query(issuer="NORTH")
    assert done.exit_code == 0, done.output
    assert "left out 3 files: its patient identifier is of another issuer" in done.output
    assert set(media.export()["patient_id"]) == {"HOSP7"}


def test_an_identifier_of_two_issuers_stops_unless_one_is_stated(media):
    for image in range(3):
        media.change(f"0-{image}.dcm", IssuerOfPatientID="NORTH")
        media.change(f"2-{image}.dcm", IssuerOfPatientID="SOUTH", PatientID="HOSP7")
    done = media.query()
    assert done.exit_code == 2
    assert "1 patient identifiers come from more than one issuer" in done.output
    assert media.query(issuer="NORTH").exit_code == 0
    assert len(media.export()) == 3


def test_a_file_of_a_study_that_states_another_issuer_is_set_aside(media):
    media.change("0-1.dcm", IssuerOfPatientID="NORTH")
    media.change("0-2.dcm", IssuerOfPatientID="SOUTH")
    assert media.query().exit_code == 0
    assert sorted(media.export()["reason"]) == [""] * 5 + ["other_patient"]


def test_merged_patients_are_one_where_that_is_stated(media, tmp_path):
    table = tmp_path / "merged.csv"
    table.write_text("HOSP8,HOSP7\n")
    assert media.query().exit_code == 0
    assert pd.read_csv("data/cohort.csv")["patient"].nunique() == 2
    assert media.site.command("query", "--force").exit_code == 0
    media.params["export"]["folder"]["dicom"]["merged"] = str(table)
    stated = {"merged": str(table)}
    media.site.state("folder", {"root": str(media.root), "dicom": {"cohort": COHORT, **stated}})
    assert media.site.command("query", "--force").exit_code == 0
    assert pd.read_csv("data/cohort.csv")["patient"].nunique() == 1
    manifest = media.export()
    assert (manifest["reason"] == "").all()
    assert set(manifest["patient_id"]) == {"HOSP8"}
    assert len(manifest) == 6


def test_a_missing_table_of_merged_patients_stops(media):
    done = media.query(merged="nowhere.csv")
    assert done.exit_code == 2
    assert "params.yaml, merged: there is no such file" in done.output
