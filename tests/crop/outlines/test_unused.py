"""Every outline that no image uses is listed, by name and reason."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.images import write_png
from sonomics.core.tables import read_table, write_table
from sonomics.crop import list_unused as job
from sonomics.crop.outlines.folders import find_outlines
from sonomics.crop.outlines.unused import WORDS, list_unmatched, list_unused
from tests.crop.chunk import Chunk

MASK = np.zeros((20, 30), bool)
MASK[5:12, 8:20] = True
CASES = {"P1", "P2"}
IMAGES = {"P1-e1-i1-f0": True, "P1-e1-i2-f0": False, "P1-e1-i3": False}


def find(root, *stems):
    for stem in stems:
        write_png(root / "reader_1" / "1" / f"{stem}.png", MASK)
    return find_outlines([root])


@pytest.mark.parametrize(
    ("stem", "reason"),
    [
        ("P1-e1-i1-f0", ""), ("P1-e1-i1", ""), ("P1", ""), ("P1-e1-i1_mask", ""), ("P1-e1-i1-label", ""),
        ("P1-e1-i2", "image_excluded"), ("P1-e1-i3-f0", "image_excluded"), ("P1-e1-i9", "no_image"),
        ("P1-e1-i1-f7", "no_image"), ("P2-e1-i1", "no_image"), ("P9-e1-i1", "no_case"), ("instances", "no_case"),
        ("P1-e1-i1_other_2", "no_image"),
    ],
)  # fmt: skip
def test_every_outline_is_used_or_listed(tmp_path, stem, reason):
    listed = [(each.outline.name, each.reason) for each in list_unused(find(tmp_path, stem), CASES, IMAGES)]
    assert listed == ([(stem, reason)] if reason else [])
    assert not reason or reason in WORDS


def test_a_longer_name_takes_the_place_of_a_shorter(tmp_path):
    (listed,) = list_unused(find(tmp_path, "P1-e1", "P1-e1-i1"), CASES, IMAGES)
    assert (listed.outline.name, listed.reason) == ("P1-e1", "finer_outline")


def test_before_the_images_are_there_cases_and_instances_are_known(tmp_path):
    found = find(tmp_path, "P1-e1-i1-f4", "P1-e1-i1_mask", "P1-e1-i9", "P9-e1-i1")
    assert [each.outline.name for each in list_unmatched(found, CASES, None)] == ["P9-e1-i1"]
    listed = list_unmatched(found, CASES, {"P1-e1-i1"})
    assert [(each.outline.name, each.reason) for each in listed] == [("P1-e1-i9", "no_image"), ("P9-e1-i1", "no_case")]


def test_the_job_lists_and_names_what_is_not_used(tmp_path, caplog):
    chunk = Chunk(tmp_path)
    chunk.image("P1-e1-i1-f0")
    chunk.image("P2-e1-i1-f0", keep=False)
    for stem in ("P1-e1-i1_mask", "P2-e1-i1", "P3-e1-i1"):
        chunk.outline(stem, root="own")
    table = chunk.crop()
    assert table.loc["P1-e1-i1-f0", "keep"].all()
    cohort = tmp_path / "cohort.csv"
    pd.DataFrame({"patient": ["P1", "P2"], "case": ["P1", "P2"], "centre": "a", "split": "train"}).to_csv(
        cohort, index=False
    )
    out = tmp_path / "unused.csv"
    images, verdicts = tmp_path / "images.parquet", tmp_path / "verdicts.parquet"
    arguments = ["--cohort", cohort, "--outlines", tmp_path / "source", tmp_path / "own", "--images", images]
    job.main([str(each) for each in [*arguments, "--verdicts", verdicts, "--out", out]])
    listed = read_table(out, schemas.UNUSED)
    assert listed[["name", "reason"]].to_numpy().tolist() == [["P2-e1-i1", "image_excluded"], ["P3-e1-i1", "no_case"]]
    assert "reader_1, session 1, file 3 (.png) is not used: it names no case of the cohort" in caplog.text


def test_text_inside_a_file_is_told_only_where_it_names_an_image(tmp_path):
    folder = tmp_path / "reader_1" / "1"
    folder.mkdir(parents=True)
    (folder / "a.boxes.csv").write_text("image,left,top,width,height\nMUELLER HANS.png,1,1,5,5\nP2-e1-i1,1,1,5,5\n")
    listed = list_unused(find_outlines([tmp_path]), CASES, IMAGES)
    told = {each.reason: each.describe() for each in listed}
    assert told == {"no_case": "outline 1 of file 1 (.boxes.csv)", "no_image": "outline 2 of file 1 (.boxes.csv)"}
    (folder / "b.boxes.csv").write_text("image,left,top,width,height\nMUELLER HANS.png,1,1,5,5\n")
    with pytest.raises(StudyError, match=r"outline 1 of file 1 .* and outline 1 of file 2 .*both") as stop:
        find_outlines([tmp_path])
    assert "MUELLER" not in str(stop.value)


def test_a_study_without_unused_outlines_has_an_empty_list(tmp_path):
    write_table(pd.DataFrame(columns=list(schemas.UNUSED.columns), dtype=str), tmp_path / "a.csv", schemas.UNUSED)
    assert read_table(tmp_path / "a.csv", schemas.UNUSED).empty
