"""`sonomics label`: images go out to readers, and their answers come back as data/qc_labels.csv."""

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from sonomics.clean.qc.agreement import measure_agreement
from sonomics.clean.qc.label_studio import CONFIG, TASKS, make_label_config, make_tasks, merge_answers, read_answers
from sonomics.clean.qc.labels import UNDETERMINABLE, vote
from sonomics.clean.qc.sample import draw_sample, make_sheet
from sonomics.commands.study import Study, read_params, stopping
from sonomics.core import schemas
from sonomics.core.cohort import read_roster
from sonomics.core.errors import StudyError
from sonomics.core.files import replacing, write_text
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import read_table, read_tables, write_table

label = typer.Typer(help="Have images labelled for quality control: `draw` a sample, `read` the answers back.")

Folder = Annotated[Path, typer.Argument(help="Folder of the sheets; readers work in it.")]
Images = Annotated[int, typer.Option(help="How many images to draw.", min=1)]
Readers = Annotated[str, typer.Option(help="Pseudonyms of the readers, joined by commas.")]
LABELS = Path("data") / "qc_labels.csv"


@label.command()
def draw(folder: Folder, images: Images = 500, readers: Readers = "reader_1,reader_2", study: Study = Path()) -> None:
    """Draw a random sample of training images and write a sheet for each reader, and tasks for Label Studio."""
    with stopping():
        params = read_params(study)
        heads = _heads(params, study)
        if folder.exists() and any(folder.iterdir()):
            raise StudyError(str(folder), "the folder is not empty", "name a new one: answers lie in the old one")
        chosen = draw_sample(
            _images(study), read_roster(study / "data" / "cohort.csv"), _labels(study), images, _seed(params)
        )
        names = [name.strip() for name in readers.split(",")]
        with replacing(folder) as out:
            (out / "images").mkdir(parents=True)
            for file, image in zip(chosen["file"], chosen["image"], strict=True):
                shutil.copyfile(study / file, out / "images" / f"{image}.png")
            for name in names:
                table = make_sheet(chosen["image"].tolist(), name, heads, _seed(params))
                table.to_csv(out / f"{name}.csv", index=False, lineterminator="\n")
            write_text(out / TASKS, json.dumps(make_tasks(chosen["image"].tolist()), indent=1) + "\n")
            write_text(out / CONFIG, make_label_config(heads))
        typer.echo(f"drew {len(chosen)} images of {chosen['case'].nunique()} training cases for {len(names)} readers")


@label.command()
def read(folder: Folder, study: Study = Path()) -> None:
    """Read the readers' sheets, or what Label Studio exported, into data/qc_labels.csv; say how far they agree."""
    with stopping():
        heads = _heads(read_params(study), study)
        known = {image.stem for image in (folder / "images").glob("*.png")}
        files = sorted(file for file in folder.glob("[!.~]*") if file.is_file() and file.name not in (TASKS, CONFIG))
        for file in files:
            if file.suffix not in (".csv", ".json"):
                fix = "save it as .csv, or take it out of the folder"
                raise StudyError(str(file), "it is not a sheet of answers and would be skipped", fix)
        sheets = [read_answers(file, heads, known) for file in files]
        if not sheets:
            raise StudyError(str(folder), "there is no sheet of answers", "put the readers' CSV or JSON files there")
        labels = merge_answers(_labels(study), pd.concat(sheets, ignore_index=True))
        write_table(labels, study / LABELS, schemas.QC_LABELS)
        votes = vote(labels, heads)
        typer.echo(f"{study / LABELS}: {len(votes)} images, {labels['reader'].nunique()} readers")
        for head, of_readers in measure_agreement(labels, heads).items():
            unclear = int((votes[head] == UNDETERMINABLE).sum())
            typer.echo(f"{head}: {_kappa(of_readers)}; {unclear} unclear, set aside")


def _kappa(of_readers: dict[str, Any]) -> str:
    pairs = list(of_readers["pairs"].items())
    if len(pairs) == 1:
        pair = pairs[0][1]
        if pair["reason"]:
            return f"kappa not estimable ({pair['reason']})"
        interval = f"95 % {pair['lower']:.2f} to {pair['upper']:.2f}"
        return f"kappa {pair['kappa']:.2f} ({interval}, {pair['images']} images read by both)"
    if pd.isna(of_readers["kappa"]):
        return "kappa not estimable (no two readers answered the same images with more than one answer)"
    return f"kappa {of_readers['kappa']:.2f} (mean of {len(pairs)} pairs, {of_readers['read_by_several']} images)"


def _heads(params: Parameters, study: Path) -> list[str]:
    heads = list(params.clean.qc.heads)
    if not heads:
        rule = "clean.qc.heads names no question to ask"
        raise StudyError(str(study / "params.yaml"), rule, "name the heads first, see docs/clean.md")
    return heads


def _seed(params: Parameters) -> int:
    return params.study.seed


def _images(study: Path) -> pd.DataFrame:
    tables = sorted((study / "data" / "clean").glob("*/images.parquet"))
    if not tables:
        chunks = "snakemake --until clean_chunk -- data/clean/images.parquet"
        raise StudyError(str(study / "data" / "clean"), "there is no clean image yet", f"run `{chunks}`")
    return read_tables(tables, schemas.IMAGES)


def _labels(study: Path) -> pd.DataFrame:
    if (study / LABELS).exists():
        return read_table(study / LABELS, schemas.QC_LABELS)
    return pd.DataFrame({"image": pd.Series(dtype=str), "reader": pd.Series(dtype=str)})
