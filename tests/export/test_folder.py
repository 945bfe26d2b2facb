import json
import os
import zipfile
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from PIL import Image, PngImagePlugin
from pydicom import dcmread

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.images import read_mask
from sonomics.core.settings.export import Limits
from sonomics.core.tables import read_table, read_tables
from sonomics.export import folder, summarise
from sonomics.export.cohort.draft_from_table import draft_cohort
from sonomics.export.files import header_index as headers
from sonomics.export.files.listing import name_images, open_root
from sonomics.kinds.sources.folder import Folder
from tests.export.conftest import EXAMS, IMAGES, KEY, exam

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
TYPED = Folder.partial(SETTINGS)
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
LIMITS = Limits.partial({})
SECRET = "Dupont^Marie"
COHORT = {"centre": "north", "split": {"train": "2018-01-01"}}


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
        draft_cohort(name_images(TABLE, TYPED), TYPED.cohort).to_csv(root / "cohort.csv", index=False)

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


def test_what_is_transparent_in_a_picture_stays_unseen(source):
    file = source.set / "Images" / "bus_01-r.png"
    with Image.open(file) as image:
        shown = np.asarray(image.convert("L"))
    hidden = np.zeros(shown.shape, bool)
    hidden[:8] = True
    layers = np.dstack([np.where(hidden, 255, shown)] * 3 + [np.where(hidden, 0, 255)])
    Image.fromarray(layers.astype(np.uint8), "RGBA").save(file)
    for pixels in ("keep", "deidentify"):
        with Image.open(source.export(pixels=pixels)[0].loc["B0001-e1-i2"]["file"]) as image:
            found = np.asarray(image.convert("L"))
        assert not found[hidden].any()
        assert pixels == "deidentify" or (found[~hidden] == shown[~hidden]).all()


def test_an_outline_shown_inverted_is_read_as_drawn(source):
    mask = source.set / "Masks" / "mask_01-r.png"
    drawn = np.zeros((30, 40), bool)
    drawn[5:15, 8:20] = True
    Image.fromarray(np.where(drawn, 0, 255).astype(np.uint8)).save(mask, format="TIFF", tiffinfo={262: 0})
    _, out = source.export()
    np.testing.assert_array_equal(read_mask(out / "outlines" / "reader_1" / "1" / "B0001-e1-i2.png"), drawn)


def test_outlines_are_named_after_the_instance(source):
    _, out = source.export()
    assert read_mask(out / "outlines" / "reader_1" / "1" / "B0030-e1-i1.png").sum() == 10 * 13


def test_only_the_cohort_is_exported_and_each_patient_in_one_chunk(source):
    parts = [source.export(chunks=3, chunk=chunk)[0] for chunk in range(3)]
    stems = [stem for part in parts for stem in part.index]
    assert sorted(stems) == ["B0001-e1-i1", "B0001-e1-i2", "B0002-e1-i1", "B0030-e1-i1"]
    assert sum(part["patient"].nunique() for part in parts) == 3


@pytest.mark.parametrize("empty", [b"no picture", b""])
def test_bad_files_are_set_aside_and_counted(source, empty):
    images = source.set / "Images"
    (images / "bus_01-l.png").write_bytes(empty)
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


def test_listed_dicom_leaves_without_identities(source, monkeypatch):
    monkeypatch.setenv("SONOMICS_KEY", KEY)
    exam("HOSP7", "20180301", "1")[0].save_as(source.set / "Images" / "bus_01-l.dcm", enforce_file_format=True)
    (source.set / "Images" / "bus_01-r.dcm").write_bytes(b"")
    (source.set / "Images" / "bus_02-l.dcm").write_bytes(b"no dicom")
    manifest, out = source.export(images="Images/{ID}.dcm")
    assert manifest["reason"].to_dict() == {
        "B0001-e1-i1": "",
        "B0001-e1-i2": "unreadable",
        "B0002-e1-i1": "unreadable",
        "B0030-e1-i1": "unreadable",
    }
    row = manifest.loc["B0001-e1-i1"]
    assert (row["frames"], row["rows"], row["columns"], row["spacing_mm"]) == (1, 96, 128, 0.1)
    assert dcmread(row["file"]).PatientID == "B0001"
    assert not any(b"HOSP7" in path.read_bytes() for path in out.rglob("*") if path.is_file())


def test_listed_dicom_needs_the_key_and_pictures_do_not(source, monkeypatch):
    monkeypatch.delenv("SONOMICS_KEY", raising=False)
    monkeypatch.delenv("SONOMICS_KEY_FILE", raising=False)
    source.export()
    with pytest.raises(StudyError, match="openssl rand"):
        source.export(images="Images/{ID}.dcm")
    assert (source.root / "export" / "0" / "manifest.parquet").exists()


def test_a_zip_file_is_a_folder(source):
    plain, out = source.export()
    before = {path.relative_to(out): path.read_bytes() for path in out.rglob("*.png")}
    with zipfile.ZipFile(source.root / "set.zip", "w") as archive:
        for path in source.set.rglob("*.*"):
            archive.write(path, path.relative_to(source.set))
    packed, out = source.export(root="$US_FOLDER/set.zip")
    assert {path.relative_to(out): path.read_bytes() for path in out.rglob("*.png")} == before
    assert packed.equals(plain)


@pytest.mark.usefixtures("site")
class TestAnyLayout:
    """DICOM files wherever they lie, as a burner or an archive leaves them."""

    @pytest.fixture
    def media(self, site, hospital):
        root = site.path.parent / "media"
        (root / "deep" / "er").mkdir(parents=True)
        (root / "README").write_text("not an image")
        (root / "broken.dcm").write_bytes(b"DICM" * 50)
        for number, dataset in enumerate(hospital[:6]):
            dataset.save_as(root / "deep" / "er" / f"IM{number:04}", enforce_file_format=True)
        hospital[0].save_as(root / "twice.dcm", enforce_file_format=True)
        with zipfile.ZipFile(root / "rest.ZIP", "w") as archive:
            for number, dataset in enumerate(hospital[6:]):
                content = BytesIO()
                dataset.save_as(content, enforce_file_format=True)
                archive.writestr(f"disk/{number}", content.getvalue())
        return root

    def test_from_query_to_manifest(self, site, media):
        cohort = {"centre": "north", "split": {"train": "2018-01-01", "internal": "2020-01-01"}}
        query = {"dates": ["2018-01-01", "2020-12-31"]}
        params = site.state("folder", {"root": str(media), "dicom": {"query": query, "cohort": cohort}})
        drafted = site.command("query")
        assert drafted.exit_code == 0, drafted.output
        assert "left out 1 file: DICOM without patient, study or instance" in drafted.output
        assert "left out 1 file: not DICOM" in drafted.output
        folder.main(site.arguments(params))
        manifest = read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)
        assert (len(manifest), manifest["patient"].nunique()) == (9, 3)
        assert (manifest["reason"] == "").all()
        written = b"".join(path.read_bytes() for path in (site.path / "data").rglob("*") if path.is_file())
        assert not any(name in written for name in (b"HOSP", b"Dupont", b"ACCHOSP"))

    def test_headers_are_read_once_for_all_chunks(self, site, media, monkeypatch):
        params = site.state("folder", {"root": str(media), "dicom": {"cohort": COHORT}})
        params["study"]["chunks"] = 3
        site.command("query")
        opened = []
        read = headers.read_header
        monkeypatch.setattr(headers, "read_header", lambda *args, **more: opened.append(args) or read(*args, **more))
        for chunk in range(3):
            folder.main(site.arguments(params, chunk))
        files = len(EXAMS) * IMAGES + 3  # one twice, and two that are no DICOM
        assert len(opened) == files
        paths = [site.path / f"data/export/{chunk}/manifest.parquet" for chunk in range(3)]
        assert read_tables(paths, schemas.MANIFEST)["reason"].to_list() == [""] * len(EXAMS) * IMAGES
        changed = exam(*EXAMS[0])[0]
        changed.InstanceNumber = 99
        changed.save_as(media / "deep" / "er" / "IM0000", enforce_file_format=True)
        folder.main(site.arguments(params, 0))
        assert len(opened) == files + 1

    def test_a_cut_reading_of_headers_is_taken_up(self, media, tmp_path, monkeypatch):
        def told(pairs):
            return [(indexed.name, indexed.header) for indexed in pairs]

        monkeypatch.setattr(headers, "SAVED_EVERY", 2)
        kept, whole = tmp_path / "kept.parquet", told(headers.read_headers(media, LIMITS))
        begun = headers.read_headers(media, LIMITS, kept)
        assert told([next(begun), next(begun), next(begun)]) == whole[:3]
        begun.close()
        opened = []
        read = headers.read_header
        monkeypatch.setattr(headers, "read_header", lambda *args, **more: opened.append(args) or read(*args, **more))
        assert told(headers.read_headers(media, LIMITS, kept)) == whole
        assert len(opened) == len(whole) - 2

    def test_what_stays_behind_is_counted(self, site, media, caplog):
        params = site.state("folder", {"root": str(media), "dicom": {"cohort": COHORT}})
        site.command("query")
        folder.main(site.arguments(params))
        assert "1 file: not DICOM" in caplog.text
        assert "1 file: it repeats an instance" in caplog.text
        listed = pd.read_csv(site.path / "work" / "left_out.csv").set_index("reason")["file"]
        assert listed["not DICOM"] == str(media / "README")
        assert (site.path / "work" / "left_out.csv").stat().st_mode & 0o777 == 0o600

    def test_an_image_of_another_patient_never_joins_an_exam(self, site, media):
        stranger = exam("HOSP5", "20210101", "1")[0]
        stranger.StudyInstanceUID = exam(*EXAMS[0])[0].StudyInstanceUID
        stranger.save_as(media / "a_stranger.dcm", enforce_file_format=True)
        params = site.state("folder", {"root": str(media), "dicom": {"cohort": COHORT}})
        drafted = site.command("query")
        assert drafted.exit_code == 0, drafted.output
        folder.main(site.arguments(params))
        manifest = read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)
        assert sorted(manifest.groupby("case").size()) == [1, IMAGES, IMAGES, 2 * IMAGES]

    def test_a_damaged_archive_and_a_name_of_an_old_disc_stop_nothing(self, site, media):
        archive = bytearray((media / "rest.ZIP").read_bytes())
        archive[archive.index(b"PK\x01\x02")] = 0
        (media / "damaged.zip").write_bytes(archive)
        (media / "broken.dcm").rename(media / os.fsdecode(b"M\xfcller.dcm"))
        params = site.state("folder", {"root": str(media), "dicom": {"cohort": COHORT}})
        drafted = site.command("query")
        assert "left out 1 file: not DICOM" in drafted.output
        assert "left out 1 file: a damaged ZIP file" in drafted.output
        assert "left out 1 file: DICOM without patient, study or instance" in drafted.output
        folder.main(site.arguments(params))
        manifest = read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)
        assert (manifest["reason"] == "").all()
        with pytest.raises(StudyError, match="no whole ZIP file"):
            open_root(Folder.partial({"root": str(media / "damaged.zip")}))

    def test_an_exam_that_is_gone_is_listed_as_such(self, site, media):
        cohort = {"centre": "north", "split": {"train": "2018-01-01"}}
        params = site.state("folder", {"root": str(media), "dicom": {"cohort": cohort}})
        site.command("query")
        (media / "rest.ZIP").unlink()
        folder.main(site.arguments(params))
        manifest = read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)
        assert manifest["reason"].value_counts().to_dict() == {"": 6, "not_found": 2}


@pytest.mark.parametrize(
    ("root", "rule"), [("$NO_SUCH_PLACE/set", "NO_SUCH_PLACE is not set"), ("/no/such/folder", "no folder")]
)
def test_absent_folder_stops_the_study(root, rule):
    with pytest.raises(StudyError, match=rule):
        open_root(Folder.partial({"root": root}))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"columns": {"patient": "Patient"}}, "column Patient is missing"),
        ({"images": "Images/{Id}.png"}, "column Id is missing"),
        ({"captures": {"ID": "bus_.+"}}, "no named group"),
        ({"captures": {"Id": "(?P<number>.)"}}, "column Id is missing"),
        ({"table": "other.csv"}, "no table"),
    ],
)
def test_wrong_listing_stops_the_study(source, changes, rule):
    with pytest.raises(StudyError, match=rule):
        source.export(**changes)


def test_values_that_make_one_pseudonym_stop_the_study():
    table = TABLE.assign(Case=["1", "0001", "2", "3", "4"])
    with pytest.raises(StudyError, match="would get the same name"):
        name_images(table, TYPED)


@pytest.mark.parametrize("spacing", ["0,12", "0.1 mm", "0", "-0.1", "inf"])
def test_a_spacing_that_is_no_length_stops_the_study(spacing):
    with pytest.raises(StudyError, match=r"line 3: the spacing is not a length in mm"):
        name_images(TABLE.assign(Spacing=["0.1", spacing, "", "", ""]), TYPED)


def test_white_space_makes_no_other_patient(source):
    plain, _ = source.export()
    table = source.set / "table.csv"
    spread = table.read_bytes().replace(b"bus_01-l,1,GE", b"bus_01-l, 1 ,GE ").replace(b"\n", b",\r\n")
    table.write_bytes(b"\xef\xbb\xbf" + spread)
    spaced, _ = source.export()
    pd.testing.assert_frame_equal(spaced, plain)


@pytest.mark.parametrize(("content", "rule"), [("ID;Case\n", "separated by ';'"), ("ID,Case\nbus_01,Ü\n", "UTF-8")])
def test_a_listing_in_another_form_stops_the_study(source, content, rule):
    (source.set / "table.csv").write_bytes(content.encode("latin-1"))
    with pytest.raises(StudyError, match=rule):
        source.export()


def test_row_without_a_patient_stops_the_study():
    with pytest.raises(StudyError, match=r"line 3.*no patient"):
        name_images(TABLE.assign(Case=["1", "", "2", "3", "4"]), TYPED)


def test_cases_and_exams_from_columns():
    table = TABLE.assign(Case="ann-7", Lesion=["a", "a", "a", "b", "b"], Date=["x", "x", "y", "x", "y"])
    columns = {"patient": "Case", "case": "Lesion", "exam": "Date"}
    stems = name_images(table, Folder.partial({**SETTINGS, "columns": columns, "prefix": ""}))["stem"]
    assert list(stems) == [
        "ann_7_a-e1-i1",
        "ann_7_a-e1-i2",
        "ann_7_a-e2-i1",
        "ann_7_b-e1-i1",
        "ann_7_b-e2-i1",
    ]


def test_draft_has_a_row_a_case_and_leaves_out_what_no_split_names():
    draft = draft_cohort(name_images(TABLE, TYPED), TYPED.cohort)
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
    with pytest.raises(StudyError, match=r"pathology differs from that of the case's first image in 1 row"):
        draft_cohort(name_images(table, TYPED), TYPED.cohort)


def draft_of(split=None, fold=None, **columns):
    cohort = SETTINGS["cohort"]
    cohort = cohort | {"split": cohort["split"] | (split or {}), "fold": cohort["fold"] | (fold or {})}
    typed = Folder.partial(SETTINGS | {"cohort": cohort})
    return draft_cohort(name_images(TABLE.assign(**columns), typed), typed.cohort)


@pytest.mark.parametrize("cells", [["1.0", "1.0", "2.0", "4.0", "7.0"], ["01", "1.0", "+2", " 4", "7"]])
def test_a_split_or_fold_is_a_number_however_it_is_written(cells):
    plain = draft_cohort(name_images(TABLE, TYPED), TYPED.cohort)
    pd.testing.assert_frame_equal(draft_of(kFold=cells), plain)
    pd.testing.assert_frame_equal(
        draft_of(split={"values": {"train": ["1.0", "02"], "internal": ["4.0"]}}, fold={"values": {0: ["01"], 1: [2]}}),
        plain,
    )


def test_a_fold_of_training_rows_that_is_not_listed_stops_and_an_empty_one_does_not():
    with pytest.raises(StudyError, match=r"column kFold: kFold holds a value that is not listed in 1 row \(3 below"):
        draft_of(fold={"values": {0: [1]}})
    folds = draft_of(split={"column": "Part"}, Part=["1", "1", "1", "4", ""], kFold=["1", "1", "", "4", "9"])["fold"]
    assert folds.tolist() == ["0", "", ""]


def test_a_value_under_two_names_or_no_listed_split_stops():
    with pytest.raises(StudyError, match="stands for two things"):
        draft_of(split={"values": {"train": [1, 2], "internal": ["1.0"]}})
    with pytest.raises(StudyError, match="no row of the column kFold holds a value that is listed"):
        draft_of(split={"values": {"train": [11], "internal": [12]}})
