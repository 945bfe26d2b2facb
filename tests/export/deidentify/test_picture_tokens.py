"""Nothing that identifies comes through with a picture: tokens in its metadata, its file name and its pixels."""

import json
import shutil
from io import BytesIO
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image, ImageCms, PngImagePlugin
from typer.testing import CliRunner

from sonomics.cli import app
from sonomics.export import folder, summarise
from sonomics.export.deidentify import audit
from sonomics.export.files import pictures
from sonomics.imaging.burned_in_text.finders import find_by_network
from tests.export.deidentify.test_tokens import LIKE_A_TOKEN, contents, run
from tests.export.planted import BOX, INSIDE, OUTSIDE, speckle

FORMATS = ("png", "jpg", "tiff")
TOP, LEFT, BOTTOM, RIGHT = BOX


class Tokens:
    """Makes tokens, and remembers them."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self) -> str:
        self.texts.append(f"QX{20000 + len(self.texts)}ZK")
        return self.texts[-1]


def exif(token: Tokens) -> Image.Exif:
    made = Image.Exif()
    for tag in (0x010E, 0x013B, 0x8298, 0x0131):  # description, artist, copyright, software
        made[tag] = token()
    made.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + token().encode()  # user comment
    return made


def profile(token: Tokens) -> bytes:
    """An ICC profile with a token behind its last tag."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + token().encode()


def png_text(token: Tokens) -> PngImagePlugin.PngInfo:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("PatientName", token())
    chunks.add_text(token(), "a keyword that is a name")
    chunks.add_text("Comment", token() * 40, zip=True)
    chunks.add_itxt("Author", token(), "fr", token())
    return chunks


def xmp(token: Tokens) -> bytes:
    return f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><name>{token()}</name></x:xmpmeta>".encode()


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A study of three pictures, one unreadable file and their masks, exported."""
    root, source, token = tmp_path_factory.mktemp("study"), tmp_path_factory.mktemp("source"), Tokens()
    rows = []
    for number, kind in enumerate((*FORMATS, "bmp"), start=1):
        name = f"{token()}.{kind}"
        rows.append({"case": f"P{number}", "file": name, "label": str(number % 2)})
        picture = Image.fromarray(speckle()[0])
        if kind == "png":
            more = {"pnginfo": png_text(token), "exif": exif(token), "icc_profile": profile(token)}
        elif kind == "jpg":
            more = {"comment": token(), "exif": exif(token), "icc_profile": profile(token), "xmp": xmp(token)}
            more["quality"] = 95
        elif kind == "tiff":
            more = {"description": token(), "artist": token(), "copyright": token(), "icc_profile": profile(token)}
        if kind == "bmp":
            (source / name).write_bytes(token().encode())
        else:
            picture.save(source / name, **more)
        Image.fromarray(np.eye(384, 512) > 0).save(source / f"{name}.mask.png", pnginfo=png_text(token))
    pd.DataFrame(rows).to_csv(source / "table.csv", index=False)
    listed = {
        "root": str(source), "table": "table.csv", "view": "grey", "columns": {"patient": "case"},
        "images": "{file}", "outlines": {"reader_1": "{file}.mask.png"},
        "cohort": {"centre": "here", "split": {"column": "label", "values": {"train": ["0", "1"]}}, "columns": {}},
    }  # fmt: skip
    (root / "data").mkdir()
    (root / "logs").mkdir()
    cohort = pd.DataFrame(
        [{"patient": f"P{n}", "case": f"P{n}", "centre": "here", "split": "train"} for n in range(1, 5)]
    )
    cohort.to_csv(root / "data/cohort.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        settings = {"study": {"seed": 1, "chunks": 1}, "export": {"source": "folder", "folder": listed}}
        run("folder", settings, root / "logs/export.log")
        summarise.main(["--exams", "data/export/0", "--metrics", "results/metrics/export.json"])
        yield root, source, token.texts, settings


def found(root: Path, tokens: list[str]) -> dict[str, list[str]]:
    """Search data/, results/ and logs/ for tokens, in bytes, decoded contents and names."""
    hits = {}
    for path in sorted(path for top in ("data", "results", "logs") for path in (root / top).rglob("*")):
        text = "\n".join([str(path.relative_to(root)), *(contents(path) if path.is_file() else [])])
        if held := sorted(set(LIKE_A_TOKEN.findall(text)) & {*tokens}):
            hits[str(path.relative_to(root))] = held
    return hits


def test_the_tokens_are_in_the_originals(planted):
    _, source, tokens, _ = planted
    held = set()
    for path in source.iterdir():
        held |= {*LIKE_A_TOKEN.findall(path.name)}
        held |= {token for text in contents(path) for token in LIKE_A_TOKEN.findall(text)}
    assert len(tokens) > 40
    assert {*tokens} - held == set()


def test_no_token_leaves(planted):
    root, _, tokens, _ = planted
    assert len(list((root / "data/export/0/images").glob("*.png"))) == len(FORMATS)
    assert len(list((root / "data/export/0/outlines").rglob("*.png"))) == len(FORMATS) + 1
    assert "P4-e1-i1" in (root / "logs/export.log").read_text()
    assert found(root, tokens) == {}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_writing_is_gone_and_speckle_is_not(planted, number):
    before, after = speckle()[0], np.asarray(Image.open(planted[0] / f"data/export/0/images/P{number}-e1-i1.png"))
    assert not after[: TOP - 12].any()
    assert (before[200:235, 200:360] == 250).sum() > 300
    assert (after[200:235, 200:360] >= 200).sum() == 0
    same = np.zeros(after.shape, bool)
    same[TOP + 12 : BOTTOM - 12, LEFT + 12 : RIGHT - 12] = True
    same[195:240, 190:370] = False
    close = np.abs(after[same].astype(int) - before[same]) <= (24 if number == 2 else 0)  # JPEG is not lossless
    assert close.mean() > 0.999


def test_what_was_changed_is_recorded(planted):
    root = planted[0]
    changes = pd.read_parquet(root / "data/export/0/changes.parquet").set_index("stem")
    assert changes["removed"].to_dict() == {
        "P1-e1-i1": "EXIF ICC Text",
        "P2-e1-i1": "Comment EXIF ICC XMP",
        "P3-e1-i1": "EXIF ICC",
    }
    assert (changes["text_lines"] == 1).all()
    assert (changes["scan"] == "detected").all()
    assert (changes["blanked_pixels"] > 300).all()
    metrics = json.loads((root / "results/metrics/export.json").read_text())
    assert metrics["deidentified"][""]["text_inside"] == len(FORMATS)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Debian's tesseract-ocr")
def test_tesseract_reads_the_tokens_before_and_not_after(planted):
    assert {OUTSIDE, INSIDE} <= set(audit.read_words_of_frame(speckle()[0]))
    assert audit.read_words(planted[0] / "data/export/0/images/P1-e1-i1.png") == []


def test_the_audit_shows_pictures_before_and_after_without_a_key(planted, params, monkeypatch):
    root, _, tokens, settings = planted
    monkeypatch.delenv("SONOMICS_KEY", raising=False)
    monkeypatch.setattr(audit, "can_read", lambda: False)
    (root / "params.yaml").write_text(yaml.safe_dump({**params, "export": settings["export"]}))
    done = CliRunner().invoke(app, ["audit", "--study", str(root)])
    assert done.exit_code == 0, done.output
    assert (root / "work/audit/index.html").read_text().count("data:image/png;base64,") == 2 * len(FORMATS)
    assert found(root, tokens) == {}


def test_a_study_may_keep_the_pixels_and_never_the_metadata(planted, tmp_path):
    root, _, tokens, settings = planted
    kept = {**settings["export"]["folder"], "pixels": "keep"}
    stated = json.dumps({**settings, "export": {"source": "folder", "folder": kept}})
    out = tmp_path / "kept"
    folder.main(["--settings", stated, "--cohort", str(root / "data/cohort.csv"), "--chunk", "0", "--out", str(out)])
    np.testing.assert_array_equal(np.asarray(Image.open(out / "images/P1-e1-i1.png")), speckle()[0])
    assert pd.read_parquet(out / "changes.parquet").empty
    assert not any(token.encode() in path.read_bytes() for path in out.rglob("*.png") for token in tokens)


def test_colour_stays_colour(tmp_path):
    pixels = np.repeat(speckle()[0][..., None], 3, axis=2)
    pixels[100:140, 300:360] = (200, 30, 20)
    Image.fromarray(pixels).save(tmp_path / "flow.png")
    shape, changes = pictures.export_picture(
        tmp_path / "flow.png", "P1", tmp_path / "out.png", "deidentify", find_by_network
    )
    after = np.asarray(Image.open(tmp_path / "out.png"))
    assert shape == after.shape == pixels.shape
    assert changes is not None
    np.testing.assert_array_equal(after[100:140, 300:360], pixels[100:140, 300:360])


def mutated(content: bytes, generator: np.random.Generator) -> bytes:
    """Cut a file short, take a piece out, or change some bytes, most of them of its head."""
    made, way = bytearray(content), generator.integers(3)
    at = int(generator.integers(len(made)))
    if way == 0:
        return bytes(made[:at])
    if way == 1:
        return bytes(made[:at] + made[at + int(generator.integers(1, 60)) :])
    for place in generator.integers(0, min(300, len(made)), 6):
        made[place] = generator.integers(256)
    return bytes(made)


def test_mutated_pictures_are_read_or_set_aside(tmp_path):
    generator, token, read, told = np.random.default_rng(5), Tokens(), 0, []
    kinds = {"png": {"pnginfo": png_text(token)}, "jpeg": {"exif": exif(token)}, "gif": {}, "tiff": {}}
    for kind, more in kinds.items():
        content = BytesIO()
        Image.fromarray(generator.integers(0, 256, (40, 50), dtype=np.uint8)).save(content, kind, **more)
        for _ in range(150):
            (tmp_path / "x").write_bytes(mutated(content.getvalue(), generator))
            try:
                pictures.read_picture(tmp_path / "x", "P1-e1-i1")
                read += 1
            except pictures.UnusableError as error:
                told.append(str(error))
    assert min(read, len(told)) > 100
    assert not LIKE_A_TOKEN.search(" ".join(told))


def test_a_mask_that_claims_to_be_huge_does_not_stop_the_export(planted, tmp_path):
    root, source, _, settings = planted
    pattern = settings["export"]["folder"]["outlines"]["reader_1"]
    first = source / pattern.format(file=pd.read_csv(source / "table.csv")["file"][0])
    whole = first.read_bytes()
    head = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + whole[24:29]
    first.write_bytes(whole[:12] + head + crc32(head).to_bytes(4, "big") + whole[33:])
    with pytest.raises(Image.DecompressionBombError):
        pictures.read_outline(first)
    out = tmp_path / "out"
    job = ["--settings", json.dumps(settings), "--cohort", str(root / "data/cohort.csv"), "--chunk", "0"]
    try:
        folder.main([*job, "--out", str(out)])
    finally:
        first.write_bytes(whole)
    assert len(list(out.rglob("outlines/**/*.png"))) == len(FORMATS)
