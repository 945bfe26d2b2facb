"""The jobs of the phase, run in-process on a cohort of small pictures."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sonomics.clean import clean_chunk, fit_qc, judge, screen
from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.core.images import read_grey, write_png
from sonomics.core.tables import empty_table, read_table, write_table
from tests.clean.dicom_files import dicom

SPLIT = {"P01": "train", "P02": "train", "P03": "train", "P04": "train", "P05": "internal", "P06": "internal"}
NETWORK = {
    "architecture": "test_resnet", "weights": "none", "size": 32, "batch": 8, "learning_rate": 0.005,
    "weight_decay": 0.01,
}  # fmt: skip
HEADS = {"target": {"exclude_below": 0.5}}


def settings(heads: dict[str, Any], epochs: int = 1) -> str:
    clean = {
        "views": {"grey": {"from": "still"}},
        "overlays": "keep",
        "duplicates": {"max_distance": 10},
        "qc": {"network": NETWORK | {"epochs": epochs}, "heads": heads},
    }
    return json.dumps({"study": {"seed": 1}, "clean": clean})


def picture(kind: str, seed: int) -> NDArray[np.uint8]:
    """A coarse random scene; the target kind has stripes on top."""
    rng = np.random.default_rng(seed)
    scene = np.kron(rng.integers(40, 80, (8, 8)), np.ones((8, 8))) + rng.integers(0, 20, (64, 64))
    if kind == "target":
        scene[::8] += 60
        scene[1::8] += 60
    return scene.astype(np.uint8)


def export(chunk: Path, pictures: dict[str, NDArray[np.uint8] | None]) -> None:
    """Write a chunk as the folder source does; None is a file that is no image."""
    rows = []
    for stem, pixels in pictures.items():
        case, exam, instance = stem.split("-")
        file = chunk / "images" / f"{stem}.png"
        if pixels is None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"broken")
        else:
            write_png(file, pixels)
        rows.append(
            {
                "patient": case, "case": case, "exam": exam, "instance": instance, "stem": stem, "file": str(file),
                "view": "grey", "device": "d", "centre": "c", "spacing_mm": 0.3, "frames": 1, "rows": 64,
                "columns": 64, "bytes": 1, "sha256": "", "reason": "",
            }
        )  # fmt: skip
    write_table(pd.DataFrame(rows), chunk / "manifest.parquet", schemas.MANIFEST)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six cases: P03's second still repeats the first, P04's second is P05's, P06 has a broken file only."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    rows = [f"{case},{case},c,{split}" for case, split in {**SPLIT, "P07": "internal"}.items()]
    Path("data/cohort.csv").write_text("\n".join(["patient,case,centre,split", *rows]) + "\n")
    pictures: dict[str, NDArray[np.uint8] | None] = {}
    for number, case in enumerate(list(SPLIT)[:5]):
        for instance in range(1, 4):
            pictures[f"{case}-e1-i{instance}"] = picture("target", 10 * number + instance)
        pictures[f"{case}-e1-i8"] = picture("other", 10 * number + 8)
        pictures[f"{case}-e1-i9"] = picture("other", 10 * number + 9)
    pictures["P03-e1-i2"] = pictures["P03-e1-i1"]
    pictures["P04-e1-i2"] = (picture("target", 42) * 1.05).astype(np.uint8)
    pictures["P06-e1-i1"] = None
    export(Path("data/export/0"), pictures)
    kinds = {stem: "no" if stem[-1] in "89" else "yes" for stem in pictures}
    labels = [f"{stem},r1,{kinds[stem]}" for stem in pictures if stem[:3] != "P06"]
    Path("data/qc_labels.csv").write_text("\n".join(["image,reader,target", *labels]) + "\n")
    return tmp_path


def run_frames() -> None:
    folder, table = "data/clean/0/frames", "data/clean/0/images.parquet"
    clean_chunk.main(
        [
            *("--settings", settings({}), "--exams", "data/export/0", "--frames", folder, "--images", table),
            *("--curves", "data/clean/0/curves.parquet"),
        ]
    )


def run_qc(heads: dict[str, Any], epochs: int = 1) -> None:
    table = "data/clean/0/images.parquet"
    cohort, labels = "data/cohort.csv", "data/qc_labels.csv"
    given = ["--settings", settings(heads, epochs)]
    fit_qc.main([*given, "--cohort", cohort, "--labels", labels, "--images", table, "--out", "data/clean/qc"])
    judge.main([*given, "--state", "data/clean/qc", "--images", table, "--out", "data/clean/0/verdicts.parquet"])


def run_screen(heads: dict[str, Any]) -> None:
    screen.main(
        [
            *("--settings", settings(heads), "--cohort", "data/cohort.csv", "--exams", "data/export/0"),
            *("--images", "data/clean/0/images.parquet", "--verdicts", "data/clean/0/verdicts.parquet"),
            *("--qc", "data/clean/qc", "--out", "data/clean/images.parquet", "--screening", "results/screening.csv"),
            *("--chart", "results/screening.svg"),
            *("--metrics", "results/metrics/clean.json", "--plots", "results/plots/clean"),
        ]
    )


def test_frames_writes_an_image_or_a_reason_for_every_instance(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_frames()
    images = read_table(Path("data/clean/0/images.parquet"), schemas.IMAGES).set_index("image")
    assert len(images) == 26
    broken = images.loc["P06-e1-i1"]
    assert (broken["keep"], broken["reason"], broken["frame"], broken["file"]) == (False, "unreadable", -1, "")
    assert "P06-e1-i1" in capsys.readouterr().err
    first = images.loc["P01-e1-i1-f0"]
    assert first["file"] == "data/clean/0/frames/P01-e1-i1-f0.png"
    assert (first["rows"], first["columns"], first["exported_rows"], first["spacing_mm"]) == (64, 64, 64, 0.3)
    np.testing.assert_array_equal(read_grey(Path(first["file"])), picture("target", 1))


def test_an_empty_chunk_gives_an_empty_table(study: Path) -> None:
    write_table(empty_table(schemas.MANIFEST), Path("data/export/0/manifest.parquet"), schemas.MANIFEST)
    run_frames()
    assert read_table(Path("data/clean/0/images.parquet"), schemas.IMAGES).empty
    assert list(Path("data/clean/0/frames").iterdir()) == []


def test_injection_times_come_from_the_cohort(study: Path) -> None:
    clip = np.repeat(np.arange(48, dtype=np.uint8)[None, :, None], 6, axis=0).repeat(64, axis=2)
    clip[3] += 70
    export(Path("data/export/0"), {"P01-e1-i1": None, "P02-e1-i1": None})
    for stem in ("P01-e1-i1", "P02-e1-i1"):
        Path(f"data/export/0/{stem}.dcm").write_bytes(dicom(clip, FrameTime=10_000))
    manifest = read_table(Path("data/export/0/manifest.parquet"), schemas.MANIFEST)
    manifest["file"] = "data/export/0/" + manifest["stem"] + ".dcm"
    manifest["view"] = ""
    write_table(manifest, Path("data/export/0/manifest.parquet"), schemas.MANIFEST)
    Path("data/cohort.csv").write_text("case,injected_s\nP01,-5\nP02,\n")
    rule = {"from": "table", "column": "injected_s"}
    views = {"arterial": {"from": "clip", "window_s": [0, 60], "pick": "peak"}}
    given = json.dumps({"clean": {"views": views, "overlays": "keep", "injection": rule}})
    paths = ("--frames", "frames", "--images", "images.parquet", "--curves", "curves.parquet")
    clean_chunk.main(["--settings", given, "--exams", "data/export/0", "--cohort", "data/cohort.csv", *paths])
    images = read_table(Path("images.parquet"), schemas.IMAGES).set_index("case")
    assert images["time_s"].to_dict() == pytest.approx({"P01": 35, "P02": np.nan}, nan_ok=True)
    assert images["reason"].to_dict() == {"P01": "", "P02": "no_injection_time"}
    assert read_table(Path("curves.parquet"), schemas.CURVES)["first_s"].tolist()[0] == 5


def test_screening_without_heads_accounts_for_every_image_and_case(study: Path) -> None:
    run_frames()
    run_qc({})
    run_screen({})
    assert read_json(Path("data/clean/qc/state.json")) == {"heads": {}}
    table = read_table(Path("results/screening.csv"), schemas.SCREENING)
    image = table[table["level"] == "image"].set_index("image")
    excluded = image[image["fate"] == "excluded"]["reason"].to_dict()
    assert excluded == {
        "P03-e1-i2-f0": "duplicate",
        "P04-e1-i2-f0": "duplicate_of_test",
        "P06-e1-i1": "unreadable",
    }
    assert image.loc["P03-e1-i2-f0", "detail"] == "The image repeats P03-e1-i1-f0 (0 of 256 bits differ)."
    case = table[table["level"] == "case"].set_index("case")
    assert case["fate"].to_dict() == {**dict.fromkeys(list(SPLIT)[:5], "kept"), "P06": "excluded", "P07": "excluded"}
    assert case.loc[["P06", "P07"], "reason"].tolist() == ["no_kept_image", "no_image"]
    metrics = read_json(Path("results/metrics/clean.json"))
    assert metrics["images"]["exported"] == 26
    assert metrics["images"]["kept"] == 23
    assert metrics["cases"] == {"listed": 7, "kept": 5, "excluded": {"no_image": 1, "no_kept_image": 1}}
    assert Path("results/plots/clean/screening.csv").read_text().splitlines() == [
        "reason,images",
        "duplicate,1",
        "duplicate_of_test,1",
        "kept,23",
        "unreadable,1",
    ]


def test_qc_learns_from_training_and_excludes_in_every_split(study: Path) -> None:
    run_frames()
    run_qc(HEADS, epochs=12)
    state = read_json(Path("data/clean/qc/state.json"))
    assert state["labels"] == {"used": 20, "not_training": 5, "without_image": 0}
    assert state["heads"]["target"]["auc"]["estimate"] >= 0.9
    verdicts = read_table(Path("data/clean/0/verdicts.parquet"), schemas.VERDICTS).set_index("image")
    others = verdicts.index.str.contains("-i[89]-")
    assert (verdicts.loc[others, "reason"] == "qc_target").sum() >= 9
    assert verdicts.loc[~others & (verdicts["reason"] != "unreadable"), "keep"].sum() >= 14
    assert verdicts["qc__target"].isna()["P06-e1-i1"]
    run_screen(HEADS)
    table = read_table(Path("results/screening.csv"), schemas.SCREENING)
    details = table[(table["reason"] == "qc_target") & (table["case"] == "P05")]["detail"]
    assert details.str.match(r"The probability of target is 0\.\d{3}, below 0\.5\.").sum() >= 1


def test_verdicts_do_not_depend_on_the_batches(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_frames()
    run_qc(HEADS)
    table, out = "data/clean/0/images.parquet", Path("data/clean/0/verdicts.parquet")
    whole = read_table(out, schemas.VERDICTS)
    monkeypatch.setattr(judge, "BATCH", 3)
    judge.main(["--settings", settings(HEADS), "--state", "data/clean/qc", "--images", table, "--out", str(out)])
    small = read_table(out, schemas.VERDICTS)
    assert whole["qc__target"].notna().sum() > 2 * judge.BATCH
    pd.testing.assert_frame_equal(small, whole, rtol=1e-5)


def test_the_same_study_gives_the_same_bytes(study: Path) -> None:
    def content() -> dict[str, bytes]:
        files = [file for folder in ("data/clean", "results") for file in Path(folder).rglob("*") if file.is_file()]
        return {str(file): file.read_bytes() for file in files}

    def run() -> dict[str, bytes]:
        run_frames()
        run_qc(HEADS)
        run_screen(HEADS)
        return content()

    assert run() == run()


def test_labels_of_test_cases_change_nothing(study: Path) -> None:
    run_frames()
    run_qc(HEADS)
    first = Path("data/clean/qc/weights.safetensors").read_bytes()
    labels = Path("data/qc_labels.csv")
    lines = [line.replace("yes", "no") if line.startswith("P05") else line for line in labels.read_text().splitlines()]
    labels.write_text("\n".join(lines) + "\n")
    run_qc(HEADS)
    assert Path("data/clean/qc/weights.safetensors").read_bytes() == first


def test_heads_without_labels_stop_the_study(study: Path) -> None:
    run_frames()
    Path("data/qc_labels.csv").write_text("image,reader,target\n")
    with pytest.raises(StudyError, match="both answers, yes and no, for the head target"):
        run_qc(HEADS)
    assert not Path("data/clean/qc").exists()


def test_a_case_outside_the_cohort_stops_the_study(study: Path) -> None:
    run_frames()
    run_qc({})
    cohort = Path("data/cohort.csv")
    lines = cohort.read_text().splitlines(keepends=True)
    cohort.write_text("".join(line for line in lines if not line.startswith("P02")))
    with pytest.raises(StudyError, match="case P02"):
        run_screen({})
