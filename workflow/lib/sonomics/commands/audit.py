"""`sonomics audit`: exported frames beside their originals, for the eyes of those who may see identities."""

import base64
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from numpy.typing import NDArray
from PIL import Image

from sonomics.commands.study import Study, read_params, stopping
from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.files import write_json, write_text
from sonomics.core.jobs import progress
from sonomics.core.private import keep_private, make_private_folder
from sonomics.core.settings.export import Limits
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import read_tables
from sonomics.imaging.dicom_file import SourceFile

TEMPLATES = Path(__file__).parents[3] / "report"
PAGE, SUMMARY = Path("work", "audit", "index.html"), Path("work", "audit", "summary.json")
THUMBNAIL = (420, 320)
SHOW_TEXT_FIRST = ["text_lines", "blanked_pixels", "stem"]

Shown = Annotated[int, typer.Option(help="Instances of each device to show before and after.")]
Read = Annotated[int, typer.Option(help="Instances of each device to read with tesseract.")]


def audit(study: Study = Path(), shown: Shown = 6, read: Read = 50) -> None:
    """Write work/audit/index.html: what de-identification changed. It shows identities: do not pass it on."""
    with stopping():
        params = read_params(study)
        chunks = sorted((study / "data" / "export").glob("*/changes.parquet"))
        if not chunks:
            fix = "export exams of a PACS or a folder first; simulated exams have nothing to audit"
            raise StudyError(str(study / "data" / "export"), "there is no changes.parquet", fix)
        changes = read_tables(chunks, schemas.CHANGES)
        manifest = read_tables([path.with_name("manifest.parquet") for path in chunks], schemas.MANIFEST)
        files = {stem: study / file for stem, file in zip(manifest["stem"], manifest["file"], strict=True) if file}
        originals = _originals(study, params)
        limits = params.export.limits
        devices = [
            _device(str(name), rows, files, originals, shown, read, limits) for name, rows in changes.groupby("device")
        ]
        _write(study, devices, manifest, params.export.deidentify.text_detector)
        typer.echo(_conclude(devices, params.export.deidentify.text_detector))
        typer.echo(f"wrote {study / PAGE}; it shows identities, keep it where the originals are kept")


def _device(
    name: str,
    rows: pd.DataFrame,
    files: dict[str, Path],
    originals: dict[str, SourceFile],
    shown: int,
    read: int,
    limits: Limits,
) -> dict[str, Any]:
    from sonomics.export.deidentify.audit import can_read, read_pair, read_words

    first = rows.sort_values(SHOW_TEXT_FIRST, ascending=[False, False, True])
    pairs = []
    for stem in first["stem"].head(shown):
        pair = read_pair(files[stem], originals, limits)
        before = None if pair.original is None else _thumbnail(pair.original)
        pairs.append({"stem": stem, "before": before, "after": _thumbnail(pair.exported)})
    looked_at = list(first["stem"].head(read)) if can_read() else []
    words = {stem: read_words(files[stem]) for stem in progress(looked_at, f"read {name or 'unnamed device'}")}
    counts = {str(column)[3:]: int(rows[column].sum()) for column in rows.filter(like="n__")}
    return {
        "name": name or "(no model name)",
        "files": len(rows),
        "counts": counts,
        "scan": {str(source): int(count) for source, count in rows["scan"].value_counts().sort_index().items()},
        "text_inside": int((rows["text_lines"] > 0).sum()),
        "pairs": pairs,
        "read": len(looked_at),
        "residual": {stem: found for stem, found in words.items() if found},
    }


def _originals(study: Path, params: Parameters) -> dict[str, SourceFile]:
    """Find what was received from a PACS, or lies in the folder of the source."""
    from sonomics.export.deidentify.audit import index_originals
    from sonomics.export.deidentify.pseudonyms import Pseudonyms, read_key
    from sonomics.export.files.listing import open_root, read_listing
    from sonomics.export.files.walk import list_files
    from sonomics.export.folder import DICOM
    from sonomics.export.pacs.original_store import RECEIVED

    source = params.export.source
    settings = params.export.sources()[source]
    objects: list[SourceFile] = [*sorted((study / RECEIVED).rglob("*.dcm"))]
    pictures: dict[str, SourceFile] = {}
    if source == "folder" and settings.dicom is not None:
        objects += [found.file for found in list_files(open_root(settings), params.export.limits) if found.file]
    elif source == "folder":
        listed, root = read_listing(settings), open_root(settings)
        for stem, image in zip(listed["stem"], listed["image"], strict=True):
            if image.lower().endswith(DICOM):
                objects.append(root / image)
            else:
                pictures[stem] = root / image
    return pictures | (index_originals(_shown(objects), Pseudonyms(read_key())) if objects else {})


def _shown(found: list[SourceFile]) -> Iterable[SourceFile]:
    return progress(found, "find originals")


def _conclude(devices: list[dict[str, Any]], detector: str) -> str:
    """Say what was read, and that finding nothing does not mean that nothing can be read."""
    from sonomics.imaging.burned_in_text.recall import describe_misses

    read, words = (sum(count) for count in zip(*((d["read"], len(d["residual"])) for d in devices), strict=True))
    found = f"tesseract was shown {read} files and read words in {words} of them" if read else "nothing was read"
    return f"{found}; a person may read more. Text detector {detector}: {describe_misses(detector)}"


def _write(study: Path, devices: list[dict[str, Any]], manifest: pd.DataFrame, detector: str) -> None:
    from sonomics.export.deidentify.audit import can_read
    from sonomics.imaging.burned_in_text.recall import describe_misses

    aside = manifest.loc[manifest["reason"] != "", "reason"].value_counts().sort_index()
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    page = environment.get_template("audit.html.j2").render(
        devices=devices,
        aside={str(reason): int(count) for reason, count in aside.items()},
        read=can_read(),
        detector=detector,
        misses=describe_misses(detector),
    )
    make_private_folder((study / PAGE).parent)
    with keep_private():
        write_text(study / PAGE, page)
        write_json(study / SUMMARY, {device["name"]: _count(device) for device in devices})


def _count(device: dict[str, Any]) -> dict[str, int | None]:
    """Count files, those shown to tesseract, and those in which it read words or none; None if it read nothing."""
    read, words = device["read"], len(device["residual"])
    return {
        "files": device["files"],
        "shown_to_tesseract": read,
        "tesseract_read_words": words if read else None,
        "tesseract_read_none": read - words if read else None,
    }


def _thumbnail(pixels: NDArray[np.uint8]) -> str:
    image = Image.fromarray(pixels).convert("RGB")
    image.thumbnail(THUMBNAIL)
    content = BytesIO()
    image.save(content, format="PNG")
    return base64.b64encode(content.getvalue()).decode("ascii")
