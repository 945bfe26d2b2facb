import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image, PngImagePlugin
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundImageStorage, generate_uid

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.images import read_mask
from sonomics.core.tables import read_table
from sonomics.export import folder, summarise
from sonomics.export.draft import draft_cohort
from sonomics.export.table import listing, root_of

SETTINGS = {
    "root": "$US_FOLDER/set",
    "table": "table.csv",
    "view": "grey",
    "prefix": "B",
    "captures": {"ID": r"bus_(?P<number>\d+)-(?P<side>.)"},
    "columns": {"patient": "Case", "device": "Device", "spacing_mm": "Spacing"},
    "images": "Images/{ID}.png",
    "outlines": {"reader_1": "Masks/mask_{number}-{side}.png"},
    "cohort": {
        "centre": "somewhere",
        "split": {"column": "kFold", "values": {"train": [1, 2], "internal": [4]}},
        "fold": {"column": "kFold", "values": {0: [1], 1: [2]}},
        "columns": {"pathology": "Pathology"},
    },
}
TABLE = pd.DataFrame(
    [
        ("bus_01-l", "1", "GE", "0.1", "malignant", "1"),
        ("bus_01-r", "1", "GE", "", "malignant", "1"),
        ("bus_02-l", "2", "GE", "", "benign", "2"),
        ("bus_03-s", "30", "Toshiba", "", "benign", "4"),
        ("bus_04-s", "31", "Toshiba", "", "benign", "5"),
    ],
    columns=["ID", "Case", "Device", "Spacing", "Pathology", "kFold"],
)
SECRET = "Dupont^Marie"


class Source:
    """A folder of pictures that carry a name in their metadata, and a study beside it."""

    def __init__(self, root):
        self.root, self.set = root, root / "set"
        (self.set / "Images").mkdir(parents=True)
        (self.set / "Masks").mkdir()
        TABLE.to_csv(self.set / "table.csv", index=False)
        for number, name in enumerate(TABLE["ID"]):
            self.pixels(name, number)
            mask = np.zeros((30, 40), bool)
            mask[5:15, 10 : 20 + number] = True
            Image.fromarray(mask).save(self.set / "Masks" / f"{name.replace('bus', 'mask')}.png")
        draft_cohort(listing(TABLE, SETTINGS), SETTINGS["cohort"]).to_csv(root / "cohort.csv", index=False)

    def pixels(self, name, number):
        text = PngImagePlugin.PngInfo()
        text.add_text("PatientName", SECRET)
        exif = Image.Exif()
        exif[0x010E] = SECRET
        pixels = np.random.default_rng(number).integers(0, 256, (30, 40)).astype(np.uint8)
        Image.fromarray(pixels).save(self.set / "Images" / f"{name}.png", pnginfo=text, exif=exif)
        return pixels

    def export(self, chunks=1, chunk=0, **changes):
        settings = {"study": {"seed": 1, "chunks": chunks}, "export": {"folder": {**SETTINGS, **changes}}}
        out = self.root / "export" / str(chunk)
        folder.main(
            [
                *("--settings", json.dumps(settings), "--cohort", str(self.root / "cohort.csv")),
                *("--chunk", str(chunk), "--out", str(out)),
            ]
        )
        return read_table(out / "manifest.parquet", schemas.MANIFEST).set_index("stem"), out


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.setenv("US_FOLDER", str(tmp_path))
    return Source(tmp_path)


def test_pixels_are_unchanged_and_metadata_is_gone(source):
    manifest, _ = source.export()
    row = manifest.loc["B0001-e1-i2"]
    assert SECRET.encode() in (source.set / "Images" / "bus_01-r.png").read_bytes()
    assert not any(SECRET.encode() in path.read_bytes() for path in source.root.glob("export/**/*.*"))
    with Image.open(row["file"]) as image:
        assert image.info == {}
        np.testing.assert_array_equal(np.asarray(image), source.pixels("bus_01-r", 1))
    assert (row["frames"], row["rows"], row["columns"], row["device"], row["centre"]) == (1, 30, 40, "GE", "somewhere")
    assert manifest["spacing_mm"].to_dict()["B0001-e1-i1"] == 0.1
    assert manifest["spacing_mm"].isna().sum() == 3


def test_outlines_are_named_after_the_instance(source):
    _, out = source.export()
    assert read_mask(out / "outlines" / "reader_1" / "1" / "B0030-e1-i1.png").sum() == 10 * 13


def test_only_the_cohort_is_exported_and_each_patient_in_one_chunk(source):
    parts = [source.export(chunks=3, chunk=chunk)[0] for chunk in range(3)]
    stems = [stem for part in parts for stem in part.index]
    assert sorted(stems) == ["B0001-e1-i1", "B0001-e1-i2", "B0002-e1-i1", "B0030-e1-i1"]
    assert sum(part["patient"].nunique() for part in parts) == 3


def test_bad_files_are_set_aside_and_counted(source):
    images = source.set / "Images"
    (images / "bus_01-l.png").write_bytes(b"no picture")
    (images / "bus_01-r.png").unlink()
    Image.fromarray(np.full((5, 5), 40000, np.uint16)).save(images / "bus_02-l.png")
    manifest, out = source.export()
    assert manifest["reason"].to_dict() == {
        "B0001-e1-i1": "unreadable",
        "B0001-e1-i2": "unreadable",
        "B0002-e1-i1": "unreadable",
        "B0030-e1-i1": "",
    }
    assert (manifest.loc[manifest["reason"] != "", ["frames", "bytes"]] == 0).all(axis=None)
    metrics = source.root / "export.json"
    summarise.main(["--exams", str(out), "--metrics", str(metrics)])
    counts = json.loads(metrics.read_text())
    assert (counts["files"], counts["frames"], counts["patients"], counts["exams"]) == (4, 1, 3, 3)
    assert counts["set_aside"] == {"unreadable": 3}
    assert counts["by_centre"]["somewhere"]["files"] == 4


def test_missing_outline_does_not_stop_the_export(source):
    (source.set / "Masks" / "mask_02-l.png").unlink()
    manifest, out = source.export()
    assert (manifest["reason"] == "").all()
    assert len(list(out.glob("outlines/reader_1/1/*.png"))) == 3


def test_colour_stays_and_a_turned_picture_is_set_upright(source):
    pixels = np.random.default_rng(9).integers(0, 256, (30, 40, 3)).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(source.set / "Images" / "bus_02-l.png", exif=exif)
    manifest, _ = source.export()
    with Image.open(manifest.loc["B0002-e1-i1", "file"]) as image:
        np.testing.assert_array_equal(np.asarray(image), np.rot90(pixels, -1))


@pytest.mark.parametrize("orientation", [2, 3, 6])
def test_a_mask_is_set_upright_as_its_picture_is(source, orientation):
    mask = np.zeros((30, 40), np.uint8)
    mask[3:9, 5:20] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    for file in (source.set / "Images" / "bus_02-l.png", source.set / "Masks" / "mask_02-l.png"):
        Image.fromarray(mask).save(file, exif=exif)
    manifest, out = source.export()
    outline = read_mask(out / "outlines" / "reader_1" / "1" / "B0002-e1-i1.png")
    assert not np.array_equal(outline, mask > 0)
    with Image.open(manifest.loc["B0002-e1-i1", "file"]) as image:
        np.testing.assert_array_equal(outline, np.asarray(image) > 0)


def dicom(path, *, removed):
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = UltrasoundImageStorage
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = generate_uid(entropy_srcs=[path.name])
    data.PatientIdentityRemoved = removed
    data.Rows, data.Columns, data.NumberOfFrames = 6, 7, 3
    data.save_as(path, enforce_file_format=True)


def test_dicom_passes_only_when_it_says_that_it_is_deidentified(source):
    dicom(source.set / "Images" / "bus_01-l.dcm", removed="YES")
    dicom(source.set / "Images" / "bus_01-r.dcm", removed="NO")
    (source.set / "Images" / "bus_02-l.dcm").write_bytes(b"no dicom")
    manifest, _ = source.export(images="Images/{ID}.dcm")
    assert manifest["reason"].to_dict() == {
        "B0001-e1-i1": "",
        "B0001-e1-i2": "not_deidentified",
        "B0002-e1-i1": "unreadable",
        "B0030-e1-i1": "unreadable",
    }
    row = manifest.loc["B0001-e1-i1"]
    assert (row["frames"], row["rows"], row["columns"]) == (3, 6, 7)
    assert dcmread(row["file"]).Rows == 6


@pytest.mark.parametrize(
    ("root", "rule"), [("$NO_SUCH_PLACE/set", "NO_SUCH_PLACE is not set"), ("/no/such/folder", "no folder")]
)
def test_absent_folder_stops_the_study(root, rule):
    with pytest.raises(StudyError, match=rule):
        root_of({"root": root})


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"columns": {"patient": "Patient"}}, "no column Patient"),
        ({"images": "Images/{Id}.png"}, "names 'Id'"),
        ({"captures": {"ID": "bus_.+"}}, "no named group"),
        ({"captures": {"Id": "(?P<number>.)"}}, "no column Id"),
        ({"table": "other.csv"}, "no table"),
    ],
)
def test_wrong_listing_stops_the_study(source, changes, rule):
    with pytest.raises(StudyError, match=rule):
        source.export(**changes)


def test_values_that_make_one_pseudonym_stop_the_study():
    table = TABLE.assign(Case=["1", "0001", "2", "3", "4"])
    with pytest.raises(StudyError, match="both become B0001"):
        listing(table, SETTINGS)


def test_row_without_a_patient_stops_the_study():
    with pytest.raises(StudyError, match=r"line 3.*no patient"):
        listing(TABLE.assign(Case=["1", "", "2", "3", "4"]), SETTINGS)


def test_cases_and_exams_from_columns():
    table = TABLE.assign(Case="ann-7", Lesion=["a", "a", "a", "b", "b"], Date=["x", "x", "y", "x", "y"])
    columns = {"patient": "Case", "case": "Lesion", "exam": "Date"}
    stems = listing(table, {**SETTINGS, "columns": columns, "prefix": ""})["stem"]
    assert list(stems) == [
        "ann_7_a-e1-i1",
        "ann_7_a-e1-i2",
        "ann_7_a-e2-i1",
        "ann_7_b-e1-i1",
        "ann_7_b-e2-i1",
    ]


def test_draft_has_a_row_a_case_and_leaves_out_what_no_split_names():
    draft = draft_cohort(listing(TABLE, SETTINGS), SETTINGS["cohort"])
    assert draft.to_dict("records") == [
        {"patient": p, "case": p, "centre": "somewhere", "split": split, "fold": fold, "pathology": label}
        for p, split, fold, label in [
            ("B0001", "train", "0", "malignant"),
            ("B0002", "train", "1", "benign"),
            ("B0030", "internal", "", "benign"),
        ]
    ]


def test_draft_refuses_a_case_whose_images_disagree():
    table = TABLE.assign(Pathology=["malignant", "benign", "benign", "benign", "benign"])
    with pytest.raises(StudyError, match=r"B0001.*disagree in pathology"):
        draft_cohort(listing(table, SETTINGS), SETTINGS["cohort"])
