"""A picture, an outline, a row or a DICOM file of a folder source that was replaced reruns its chunk, and no other."""

import os
import shutil
import stat
import zipfile

import pandas as pd
import pytest
import yaml
from PIL import Image

from sonomics.core import contents
from sonomics.core.cohort import chunk_of, read_roster
from sonomics.core.settings.parameters import Parameters
from sonomics.export.files.header_index import HEADERS, read_headers
from sonomics.export.files.source_contents import CACHE, name_chunks
from tests.conftest import ROOT
from tests.export.conftest import EXAMS, exam
from tests.export.test_folder import COHORT, LIMITS, SETTINGS, TABLE, Source
from tests.test_no_leaks import Planted

CHUNKS = 7
PATIENTS = ("B0001", "B0002", "B0030")


def params(folder, chunks=CHUNKS):
    stated = yaml.safe_load((ROOT / "studies/smoke/params.yaml").read_text())
    stated["study"]["chunks"] = chunks
    stated["export"] = {"source": "folder", "folder": folder}
    return Parameters.partial(stated)


def replace(file, other):
    """Put another file in the place of one, with the size and date of before, as `cp -p` of an equal copy does."""
    before = file.stat()
    other.write_bytes(other.read_bytes().ljust(before.st_size, b"\0"))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    shutil.copy2(other, file)
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def shorter(file, other):
    """Make a picture of fewer bytes."""
    Image.new("L", (40, 30), 90).save(other)
    assert other.stat().st_size <= file.stat().st_size


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.setenv("US_FOLDER", str(tmp_path))
    (tmp_path / "study").mkdir()
    monkeypatch.chdir(tmp_path / "study")
    return Source(tmp_path)


def name(source, **changes):
    return name_chunks(params({**SETTINGS, **changes}), read_roster(source.root / "cohort.csv"))


def changed(before, after):
    return {chunk for chunk in before.keys() | after.keys() if before.get(chunk) != after.get(chunk)}


def test_what_was_replaced_changes_its_chunk_alone(source, monkeypatch):
    monkeypatch.setattr(contents, "SETTLED_S", 0.0)
    before = name(source)
    assert len(before) == len({chunk_of(patient, CHUNKS) for patient in PATIENTS}) == 3
    assert name(source) == before
    assert stat.S_IMODE(CACHE.stat().st_mode) == 0o600
    other = source.root / "other.png"
    picture = source.set / "Images" / "bus_02-l.png"
    shorter(picture, other)
    replace(picture, other)
    after = name(source)
    assert changed(before, after) == {str(chunk_of("B0002", CHUNKS))}
    (source.set / "Masks" / "mask_03-s.png").write_bytes(other.read_bytes())
    drawn = name(source)
    assert changed(after, drawn) == {str(chunk_of("B0030", CHUNKS))}
    TABLE.assign(Spacing=["0.2", *TABLE["Spacing"][1:]]).to_csv(source.set / "table.csv", index=False)
    spaced = name(source)
    assert changed(drawn, spaced) == {str(chunk_of("B0001", CHUNKS))}
    os.utime(picture)  # a date alone changes nothing
    assert name(source) == spaced
    picture.unlink()
    assert changed(spaced, name(source)) == {str(chunk_of("B0002", CHUNKS))}


def test_a_source_that_is_not_at_hand_leaves_what_is_exported(source, monkeypatch):
    before = name(source)
    source.set.rename(source.root / "elsewhere")
    assert name(source) == before
    monkeypatch.delenv("US_FOLDER")
    assert name(source) == before


def test_members_of_a_zip_file_are_known_by_their_checksum(source):
    def pack(change=None):
        with zipfile.ZipFile(source.root / "set.zip", "w") as archive:
            for file in sorted(source.set.rglob("*.*")):
                content = file.read_bytes()
                named = str(file.relative_to(source.set))
                archive.writestr(named, content[::-1] if file.name == change else content)
        return name(source, root="$US_FOLDER/set.zip")

    before = pack()
    assert pack() == before
    assert changed(before, pack("bus_02-l.png")) == {str(chunk_of("B0002", CHUNKS))}


def test_a_dicom_file_that_was_replaced_changes_its_chunk_alone(site):
    media = site.path.parent / "media"
    for number, which in enumerate(EXAMS):
        (media / str(number)).mkdir(parents=True)
        for image, dataset in enumerate(exam(*which)):
            dataset.save_as(media / str(number) / f"{image}.dcm", enforce_file_format=True)
    folder = {"root": str(media), "dicom": {"cohort": COHORT}}
    site.state("folder", folder)
    assert site.command("query").exit_code == 0
    roster = read_roster(site.path / "data/cohort.csv")

    def now():
        return name_chunks(params(folder), roster)

    before = now()
    assert now() == before
    case = pd.read_csv(site.linkage).query("patient_id == 'HOSP8'")["case"].iloc[0]
    mine = {str(chunk_of(str(roster.set_index("case").loc[case, "patient"]), CHUNKS))}
    file, other = media / "2" / "1.dcm", site.path / "other.dcm"
    content = bytearray(file.read_bytes())
    content[-200] ^= 255  # of its pixels
    other.write_bytes(content)
    replace(file, other)
    after = now()
    assert changed(before, after) == mine
    indexed = {each.name: (each.header, each.reason) for each in read_headers(media, LIMITS, HEADERS)}
    assert indexed[str(file)][0] is not None, indexed[str(file)]
    (media / "2" / "2.dcm").unlink()
    assert changed(after, now()) == mine
    left = now()
    media.rename(media.with_name("away"))
    assert now() == left
    media.mkdir()  # the place where a drive is mounted
    assert now() == left


@pytest.mark.ci
def test_a_replaced_picture_exports_its_chunk_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("US_FOLDER", str(tmp_path))
    study = Planted(tmp_path)
    study.params["study"]["chunks"] = 4
    study.write(study.params)
    assert study.command("query").exit_code == 0
    header = "reader,level,case,arm,task,score,category,decision,session\n"
    (study.path / "data/readers.csv").write_text(header)
    (study.path / "data/qc_labels.csv").write_text("image,reader\n")
    asked = ("--cores", "2", "--", "results/metrics/export.json")
    study.run(*asked)
    again = study.run("--dry-run", *asked)
    assert "Nothing to be done" in again.stdout + again.stderr
    picture, other = study.source / "Lindqvist" / "Dupont Marie 3.png", tmp_path / "other.png"
    Image.new("L", (160, 120), 90).save(other)
    replace(picture, other)
    after = study.run("--dry-run", *asked)
    told = after.stdout + after.stderr
    assert f"exams of chunk {chunk_of('B0004', 4)}\n" in told
    assert told.count("export: exams of chunk") == 1
