import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.schemas import FEATURES, FOLDS, QC_LABELS, SCREENING
from sonomics.core.tables import empty_table, read_cells, read_table, read_tables, write_table


def folds() -> pd.DataFrame:
    return pd.DataFrame({"patient": ["P2", "P1"], "group": ["P2", "P1"], "fold": [1, 0]})


def features() -> pd.DataFrame:
    about = {
        "patient": "P1",
        "case": "P1",
        "image": ["b", "a"],
        "reader": "r",
        "session": "1",
        "view": "grey",
        "hash": "",
    }
    return pd.DataFrame({**about, "texture__mean": [1.0, np.nan]})


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_rows_come_back_sorted_and_typed(tmp_path, suffix):
    path = tmp_path / f"folds.{suffix}"
    write_table(folds(), path, FOLDS)
    back = read_table(path, FOLDS)
    assert back["patient"].tolist() == ["P1", "P2"]
    assert back["fold"].dtype == np.int64


def test_the_same_rows_give_the_same_bytes(tmp_path):
    write_table(folds(), tmp_path / "a.parquet", FOLDS)
    write_table(folds().iloc[::-1], tmp_path / "b.parquet", FOLDS)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_the_index_of_a_frame_does_not_matter(tmp_path):
    write_table(features().set_axis([0, 0]), tmp_path / "f.parquet", FEATURES)
    assert len(read_table(tmp_path / "f.parquet", FEATURES)) == 2


def test_undefined_features_stay_undefined(tmp_path):
    write_table(features(), tmp_path / "f.parquet", FEATURES)
    assert read_table(tmp_path / "f.parquet", FEATURES)["texture__mean"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("frame", "table", "rule"),
    [
        (folds().drop(columns="group"), FOLDS, "group"),
        (folds().assign(Extra=1), FOLDS, "column 4 has a name"),
        (folds().assign(patient="P1"), FOLDS, "rows 1 and 2 agree in patient"),
        (folds().assign(patient=1), FOLDS, "patient is not text"),
        (folds().assign(fold=[0, np.nan]), FOLDS, "fold is not whole numbers"),
        (folds().assign(fold=0.5), FOLDS, "fold is not whole numbers"),
        (folds().assign(group=[None, "P1"]), FOLDS, "group has missing values"),
        (features().assign(odd_name=1.0), FEATURES, r"column \d has a name"),
        (features().assign(texture__mean="x"), FEATURES, "texture__mean"),
    ],
)
def test_a_table_that_breaks_its_schema_is_refused(tmp_path, frame, table, rule):
    with pytest.raises(StudyError, match=rule):
        write_table(frame, tmp_path / "t.parquet", table)
    assert not list(tmp_path.iterdir())


def test_a_missing_table_names_itself(tmp_path):
    with pytest.raises(StudyError, match="folds is missing"):
        read_table(tmp_path / "folds.parquet", FOLDS)


def test_no_tables_make_an_empty_one():
    assert list(read_tables([], SCREENING)) == list(empty_table(SCREENING))


def test_labels_keep_their_text(tmp_path):
    (tmp_path / "qc.csv").write_text("image,reader,target\nP1-e1-i1,r1,yes\nP2-e1-i1,r1,\n")
    assert read_table(tmp_path / "qc.csv", QC_LABELS)["target"].tolist() == ["yes", ""]


@pytest.mark.parametrize(
    "content",
    [
        b"case,age\nP1,007\nP2,\n",
        b"\xef\xbb\xbfcase,age\r\nP1,007\r\nP2,\r\n",
        b"case,age,,\nP1,007,,\n,,,\nP2,,,\n",
        b"case , age\n P1,007 \n\nP2\n",
        b'"case","age"\n"P1","007"\n"P2",""',
        b"case,age\nP1,007,\nP2,,\n",
        b",case,age\n0,P1,007\n1,P2,\n",
    ],
)
def test_a_table_of_a_spreadsheet_program_reads_as_one_typed_by_hand(content):
    cells = read_cells(content, "table.csv")
    assert cells.to_dict("list") == {"case": ["P1", "P2"], "age": ["007", ""]}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("case,name\nP1,Müller\n".encode("latin-1"), "cannot be read as text in UTF-8"),
        (b"case;age\nP1;7\n", "separated by ';', not by ','"),
        (b"case\tage\nP1\t7\n", "separated by '\\\\t', not by ','"),
        (b"case,age\nP1,7\nP2,1,5\n", "row 2 below the header has a cell under no name"),
        (b"case,age,\nP1,7,Meier\n", "row 1 below the header has a cell under no name"),
        (b"case,age,age\nP1,7,8\n", "columns 2 and 3 have the same name"),
        (b'case,age\nP1,"7\nP2,8\n', "this is not a CSV"),
    ],
)
def test_a_table_whose_cells_would_be_misread_is_refused(content, rule):
    with pytest.raises(StudyError, match=rule) as stopped:
        read_cells(content, "table.csv")
    assert "M" not in stopped.value.rule


def test_a_table_without_anything_has_no_columns():
    assert read_cells(b"\n \n", "table.csv").shape == (0, 0)


def test_a_reader_with_white_space_is_the_same_reader(tmp_path):
    (tmp_path / "qc.csv").write_text("image,reader,target\n P1-e1-i1 ,r1 ,yes\nP1-e1-i1,r1,no\n")
    with pytest.raises(StudyError, match="rows 1 and 2 agree in image, reader"):
        read_table(tmp_path / "qc.csv", QC_LABELS)


@pytest.mark.parametrize("content", [b"", b"case,image\n\xe9,1\n", b'case,image\n"a,1\n'])
def test_a_file_that_is_no_csv_is_refused(tmp_path, content):
    (tmp_path / "folds.csv").write_bytes(content)
    with pytest.raises(StudyError, match=r"folds\.csv"):
        read_table(tmp_path / "folds.csv", FOLDS)
