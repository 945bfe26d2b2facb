"""`sonomics reading`: cases go out to readers, blinded, and their answers come back as data/readers.csv."""

import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sonomics.commands.study import Study, read_params, stopping
from sonomics.core import schemas
from sonomics.core.cohort import read_roster
from sonomics.core.errors import StudyError
from sonomics.core.files import read_json, replacing, write_json, write_text
from sonomics.core.images import read_grey, write_png
from sonomics.core.params import MAIN
from sonomics.core.private import keep_private
from sonomics.core.readings import AIDED, check_readings, read_readings
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import read_table, write_table
from sonomics.evaluate.reading import package
from sonomics.evaluate.reading.answers import merge_readings, read_answers

reading = typer.Typer(help="A reader study: `write` a blinded package for the readers, `read` their answers back.")

TEMPLATES = Path(__file__).parents[3] / "report"
READINGS = Path("data") / "readers.csv"
PACKAGE = "package.json"


class Arm(StrEnum):
    """How readers read."""

    alone = "alone"
    aided = "aided"


class Sheet(StrEnum):
    """What a sheet is written as."""

    csv = "csv"
    xlsx = "xlsx"


Folder = Annotated[Path, typer.Argument(help="Folder of the package; readers get it whole.")]
Key = Annotated[Path | None, typer.Option(help="The key, reading to case; by default work/reading/<folder>.csv.")]
Readers = Annotated[str, typer.Option(help="Pseudonym and level of every reader: ann:senior,bob:junior.")]
ArmOption = Annotated[Arm, typer.Option(help="Alone, or aided by what the primary model says.")]
Task = Annotated[str, typer.Option(help="The task; the study's first by default.")]
Splits = Annotated[str, typer.Option(help="Splits to read, joined by commas; all test sets by default.")]
Cases = Annotated[int | None, typer.Option(help="Read a random sample of so many cases.", min=1)]
Categories = Annotated[str, typer.Option(help="The categories of the scale in use, joined by commas, in order.")]
Session = Annotated[str, typer.Option(help="1; 2 for the same cases again, for agreement within readers.")]
SheetOption = Annotated[Sheet, typer.Option(help="Sheets as CSV, or as XLSX with lists to choose from.")]


@dataclass(frozen=True)
class Help:
    """What aided readers see: probabilities by case, the frozen threshold, maps by case as (crop, heat)."""

    probabilities: dict[str, float]
    cutoff: float | None
    maps: dict[str, list[tuple[Path, Path]]]


@reading.command()
def write(
    folder: Folder,
    readers: Readers,
    arm: ArmOption = Arm.alone,
    task: Task = "",
    splits: Splits = "",
    cases: Cases = None,
    categories: Categories = "1,2,3,4,5",
    session: Session = "1",
    sheet: SheetOption = Sheet.csv,
    key: Key = None,
    study: Study = Path(),
) -> None:
    """Write images under neutral names in random order, a page and a sheet for each reader, and the key elsewhere."""
    with stopping():
        params = read_params(study)
        levels = package.parse_readers(readers)
        task = _task(task, params)
        kept_at = _key_path(folder, key, study)
        for path in (folder, kept_at):
            if path.exists():
                raise StudyError(str(path), "it is there already", "name a new one: answers hang on the old one")
        images = read_table(study / "data" / "clean" / "images.parquet", schemas.SCREENED)
        roster = read_roster(study / "data" / "cohort.csv")
        seed = params.study.seed
        wanted = [part.strip() for part in splits.split(",") if part.strip()]
        chosen = package.choose_cases(roster, images, wanted, cases, seed)
        help_ = _help(study, params, task, chosen) if arm == AIDED else None
        shown = [case for case in chosen if help_ is None or case in help_.probabilities]
        if not shown:
            rule = "the primary model gives none of the cases a probability"
            raise StudyError(str(study / "results" / "stack"), rule, "run the study as far as stack, or read alone")
        occasion = {"task": task, "arm": arm.value, "session": session}
        names = package.name_neutrally(shown, seed, *occasion.values())
        mark = package.package_mark(names, seed, *occasion.values())
        scale = [part.strip() for part in categories.split(",")]
        with replacing(folder) as out:
            (out / "images").mkdir(parents=True)
            write_json(out / PACKAGE, package.describe_package(occasion, levels, list(names), scale, mark))
            readings = _copy_images(out / "images", images, names, help_, study)
            for reader in levels:
                order = package.shuffle_readings(list(names), reader, seed, *occasion.values())
                probabilities = None if help_ is None else {name: help_.probabilities[names[name]] for name in order}
                package.write_sheet(package.empty_sheet(order, probabilities), out / f"{reader}.{sheet}", scale)
                about: dict[str, Any] = {
                    "reader": reader,
                    "sheet": f"{reader}.{sheet}",
                    "categories": scale,
                    "helped": help_ is not None,
                    "cutoff": help_.cutoff if help_ else None,
                    "question": f"{params.study.question} (task: {task})",
                }
                write_text(out / f"{reader}.html", _page(about, [readings[name] for name in order]))
            with keep_private(), replacing(kept_at) as temporary:
                package.key_table(names, mark).to_csv(temporary, index=False, lineterminator="\n")
        typer.echo(f"wrote {len(names)} cases for {len(levels)} readers ({arm}); left out {len(chosen) - len(shown)}")
        typer.echo(f"the key is {kept_at}: readers must not see it")


@reading.command()
def read(folder: Folder, key: Key = None, study: Study = Path()) -> None:
    """Check the filled sheets and put their answers into data/readers.csv."""
    with stopping():
        params = read_params(study)
        kept_at = _key_path(folder, key, study)
        if not (folder / PACKAGE).exists():
            raise StudyError(
                str(folder), f"there is no {PACKAGE}", "name the folder that `sonomics reading write` made"
            )
        stated = read_json(folder / PACKAGE)
        cases = package.read_key(kept_at, stated.get(package.PACKAGE, ""))
        tables = []
        for reader in stated["readers"]:
            sheets = [path for suffix in Sheet if (path := folder / f"{reader}.{suffix}").exists()]
            if len(sheets) > 1:
                raise StudyError(str(folder), f"{reader} has a CSV and an XLSX", "keep the one that is filled")
            if not sheets:
                typer.echo(f"{reader}: no sheet")
                continue
            table, unread = read_answers(sheets[0], reader, stated, cases)
            typer.echo(f"{reader}: {len(table)} read, {unread} left empty")
            tables.append(table)
        if not tables:
            raise StudyError(str(folder), "there is no sheet of answers", "put the readers' sheets there")
        roster = read_roster(study / "data" / "cohort.csv")
        known, tasks = set(roster["case"]), set(params.study.tasks)
        before = read_readings(study / READINGS, known, tasks)
        readings = merge_readings(before, pd.concat(tables, ignore_index=True))
        check_readings(readings, known, tasks, str(folder))
        write_table(readings, study / READINGS, schemas.READERS)
        typer.echo(f"{study / READINGS}: {len(readings)} readings")


def _task(task: str, params: Parameters) -> str:
    tasks = list(params.study.tasks)
    if task and task not in tasks:
        raise StudyError("--task", f"the study has no task {task}", f"name one of {', '.join(tasks)}")
    return task or tasks[0]


def _key_path(folder: Path, key: Path | None, study: Path) -> Path:
    kept_at = key or study / "work" / "reading" / f"{folder.resolve().name}.csv"
    if kept_at.resolve().is_relative_to(folder.resolve()):
        raise StudyError(str(kept_at), "the key lies in the package that readers get", "keep it elsewhere")
    return kept_at


def _help(study: Path, params: Parameters, task: str, cases: list[str]) -> Help:
    home = study / "results" / "stack" / MAIN / params.evaluate.primary_of(task, params.study.tasks[task]) / task
    predictions = read_table(home / "predictions.parquet", schemas.PREDICTIONS)
    threshold = read_json(home / "thresholds.json")
    cutoff = threshold["cutoff"] if threshold["on"] == "probability" else None
    return Help(package.probabilities_of(predictions, cases), cutoff, _maps(study, task))


def _maps(study: Path, task: str) -> dict[str, list[tuple[Path, Path]]]:
    """Find the maps of the first network that has some."""
    tables = sorted((study / "results" / "train" / MAIN).glob(f"*/{task}/all/maps.parquet"))
    found: dict[str, list[tuple[Path, Path]]] = {}
    for row in pd.read_parquet(tables[0]).sort_values("image").to_dict("records") if tables else []:
        if row["file"]:
            found.setdefault(row["case"], []).append((study / row["crop"], study / row["file"]))
    return found


def _copy_images(
    out: Path, images: pd.DataFrame, names: dict[str, str], help_: Help | None, study: Path
) -> dict[str, dict[str, Any]]:
    """Copy the kept images of every case under its neutral name, with the maps that help."""
    kept = images[images["keep"]].sort_values(["view", "image"])
    readings = {}
    for name, case in names.items():
        shown = []
        for number, row in enumerate(kept[kept["case"] == case].to_dict("records"), start=1):
            file = f"{name}_{number}.png"
            shutil.copyfile(study / row["file"], out / file)
            shown.append({"file": file, "view": row["view"]})
        maps = []
        for number, (crop, heat) in enumerate(help_.maps.get(case, []) if help_ else [], start=1):
            maps.append(f"{name}_map_{number}.png")
            write_png(out / maps[-1], package.overlay_map(read_grey(crop), read_grey(heat)))
        probability = help_.probabilities[case] if help_ else None
        readings[name] = {"name": name, "images": shown, "maps": maps, "probability": probability}
    return readings


def _page(about: dict[str, Any], readings: list[dict[str, Any]]) -> str:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    return environment.get_template("reading.html.j2").render(**about, readings=readings)
