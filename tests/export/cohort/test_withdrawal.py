"""A patient who withdrew leaves no trace."""

import zipfile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.settings.export import Limits
from sonomics.export.cohort.withdrawal import Traces, remove_traces
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from sonomics.export.files.header_index import HEADERS, read_headers
from sonomics.export.pacs.original_store import OriginalStore
from tests.export.conftest import KEY

PSEUDONYMS = Pseudonyms(bytes.fromhex(KEY))
COHORT = {"centre": "north", "split": {"train": "2018-01-01", "internal": "2020-01-01"}}
GONE, STAYS = PSEUDONYMS.case("HOSP7"), PSEUDONYMS.case("HOSP8")


@pytest.fixture
def study(site, hospital):
    """A study on a folder, exported, with traces of two patients in every kind of file."""
    media = site.path.parent / "media"
    media.mkdir()
    for number, dataset in enumerate(hospital):
        dataset.save_as(media / str(number), enforce_file_format=True)
    site.state("folder", {"root": str(media), "dicom": {"cohort": COHORT}})
    assert site.command("query").exit_code == 0
    for case in (GONE, STAYS):
        for file in (f"data/export/0/dicom/{case}-e1-i1.dcm", f"data/outlines/reader_1/1/{case}-e1-i1.png",
                     f"data/clean/0/frames/{case}-e1-i1-f0.png"):  # fmt: skip
            (site.path / file).parent.mkdir(parents=True, exist_ok=True)
            (site.path / file).write_bytes(b"pixels")
        (site.path / "logs").mkdir(exist_ok=True)
        (site.path / "logs" / f"{'gone' if case == GONE else 'stays'}.log").write_text(f"read {case}-e1-i1")
    tables = pd.DataFrame({"image": [f"{GONE}-e1-i1-f0", f"{STAYS}-e1-i1-f0"], "value": [1.5, 2.5]})
    tables.to_parquet(site.path / "data/clean/images.parquet", index=False)
    tables.to_csv(site.path / "data/qc_labels.csv", index=False)
    for patient in ("HOSP7", "HOSP8"):
        for uid in pd.read_csv(site.linkage, dtype=str).query("patient_id == @patient")["study_uid"]:
            shelf = OriginalStore(site.path / "work/received", uid, PSEUDONYMS)
            shelf.folder.mkdir(parents=True)
            (shelf.folder / "original.dcm").write_bytes(patient.encode())
    list(read_headers(media, Limits.partial({}), site.path / HEADERS))
    return site


def everything(site):
    files = [path for path in site.path.rglob("*") if path.is_file() and path.name != "forgotten.csv"]
    return "".join(str(path.relative_to(site.path)) for path in files), b"".join(path.read_bytes() for path in files)


def test_nothing_of_the_case_is_left_and_nothing_else_is_touched(study):
    done = study.command("forget", GONE)
    assert done.exit_code == 0, done.output
    names, contents = everything(study)
    assert not (study.path / HEADERS).exists()
    assert GONE not in names
    assert GONE.encode() not in contents
    assert b"HOSP7" not in contents
    assert b"HOSP8" in contents
    assert names.count(STAYS) == 3
    images = pd.read_parquet(study.path / "data/clean/images.parquet")
    assert images.to_dict("records") == [{"image": f"{STAYS}-e1-i1-f0", "value": 2.5}]
    assert (study.path / "logs/stays.log").exists()
    assert "HOSP7" not in study.linkage.read_text()
    assert "HOSP8" in study.linkage.read_text()
    assert GONE not in pd.read_csv(study.path / "data/cohort.csv")["case"].tolist()
    assert "snakemake" in done.output
    assert "dvc gc" in done.output


def test_sheets_of_pictures_notes_of_jobs_and_archives_go_too(tmp_path):
    for chunk, case in (("0", GONE), ("1", STAYS)):
        folder = tmp_path / "data/crop/main" / chunk
        folder.mkdir(parents=True)
        pd.DataFrame({"image": [f"{case}-e1-i1-f0"], "value": [1.5]}).to_parquet(folder / "crops.parquet", index=False)
        (folder / "sheet.png").write_bytes(b"pixels")
        notes = tmp_path / ".snakemake/metadata"
        notes.mkdir(parents=True, exist_ok=True)
        (notes / f"note{chunk}").write_text(f'{{"input": ["data/outlines/reader_1/1/{case}-e1-i1.png"]}}')
        with zipfile.ZipFile(tmp_path / f"data/archive{chunk}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("table", f"{case},1\n" * 100)
    remove_traces(tmp_path, Traces([GONE]))
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {
        *("data/crop/main/0/crops.parquet", "data/crop/main/1/crops.parquet", "data/crop/main/1/sheet.png"),
        *(".snakemake/metadata/note1", "data/archive1.zip"),
    }


@pytest.mark.parametrize(
    ("rows", "encoding"),
    [
        (["case,note", "{case},ok"], "utf-8"),
        (["case,note", "{case},ok,"], "utf-8"),
        (["case;note", "{case};größer"], "latin-1"),
        (["\ufeffcase\tnote\r", "{case}\tgrößer\r"], "utf-8"),
        (["note,case", '"two, and\nlines",{case}'], "utf-8"),
        (["note;case", '5" wide;{case}'], "utf-8"),
    ],
)
def test_only_the_rows_of_the_case_leave_a_table_of_any_form(tmp_path, rows, encoding):
    header, row = rows
    table = tmp_path / "data" / "notes.csv"
    table.parent.mkdir()
    table.write_bytes("\n".join([header, row.format(case=STAYS), row.format(case=GONE)]).encode(encoding))
    assert remove_traces(tmp_path, Traces([GONE])) == [table.relative_to(tmp_path)]
    assert table.read_bytes() == "\n".join([header, row.format(case=STAYS), ""]).encode(encoding)
    assert remove_traces(tmp_path, Traces([GONE])) == []


def test_no_query_lists_the_patient_again(study):
    study.command("forget", GONE)
    record = pd.read_csv(study.path / "data/forgotten.csv", dtype=str)
    assert record.columns.tolist() == ["patient", "forgotten_on"]
    assert record["patient"].tolist() == [GONE]
    again = study.command("query", "--force")
    assert "left out 2 exams of patients who withdrew" in again.output
    assert sorted(pd.read_csv(study.path / "data/cohort.csv")["case"]) == sorted([STAYS, PSEUDONYMS.case("HOSP9")])


def test_a_withdrawal_that_broke_off_is_finished_by_the_next(study):
    study.command("forget", GONE)
    (study.path / "logs" / "late.log").write_text(f"{GONE}")
    assert study.command("forget", GONE).exit_code == 0
    assert not (study.path / "logs" / "late.log").exists()
    assert len(pd.read_csv(study.path / "data/forgotten.csv")) == 1


def test_an_unknown_case_stops_in_one_line(study):
    before = everything(study)
    refused = study.command("forget", "P0")
    assert refused.exit_code == 2
    assert "there is no such case" in refused.stderr
    assert everything(study) == before


def test_without_key_originals_are_not_left_behind_silently(study, monkeypatch):
    monkeypatch.delenv("SONOMICS_KEY")
    refused = study.command("forget", GONE)
    assert refused.exit_code == 2
    assert "openssl rand" in refused.stderr


@given(st.from_regex(r"[A-Za-z0-9_]{1,12}", fullmatch=True), st.from_regex(r"[A-Za-z0-9_]{1,3}", fullmatch=True))
def test_a_longer_name_is_another_case(case, more):
    traces = Traces([case])
    assert traces.in_text(f"data/{case}-e1-i1.png")
    assert traces.in_text(case)
    assert not traces.in_text(case + more)
    assert not traces.in_text(more + case)
