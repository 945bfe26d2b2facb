"""Decode the exams of one chunk: cut the scan region, pick frames, remove overlays."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.clean.decode import Recording, decode_dicom, decode_picture
from sonomics.clean.hashes import difference_hash, pixel_hash
from sonomics.clean.overlays import remove_overlays
from sonomics.clean.region import Region, scan_region
from sonomics.clean.views import Pick, check_views, pick_frames
from sonomics.core import schemas
from sonomics.core.errors import ItemError
from sonomics.core.files import replacing
from sonomics.core.images import write_png
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.tables import empty_table, read_table, write_table

PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
CARRIED = ("patient", "case", "exam", "instance", "centre", "device")
NOTHING = {
    "rows": 0, "columns": 0, "offset_row": 0, "offset_column": 0, "overlay_pixels": 0,
    "file": "", "sha256": "", "dhash": "", "keep": False,
}  # fmt: skip

Row = dict[str, Any]


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--exams", type=Path, required=True, help="exported chunk, with its manifest.parquet")
    parser.add_argument("--frames", type=Path, required=True, help="folder of the clean images")
    parser.add_argument("--images", type=Path, required=True, help="table of the clean images")
    args = parser.parse_args(argv)
    settings = args.settings["clean"]
    check_views(settings["views"])
    manifest = read_table(args.exams / "manifest.parquet", schemas.MANIFEST)
    rows: list[Row] = []
    with replacing(args.frames) as folder:
        folder.mkdir()
        for entry in progress(manifest.to_dict("records"), f"clean {args.exams}"):
            for row, pixels in clean_instance(entry, settings):
                if pixels is not None:
                    name = f"{row['image']}.png"
                    write_png(folder / name, pixels)
                    row["file"] = str(args.frames / name)
                rows.append(row)
        images = pd.DataFrame(rows) if rows else empty_table(schemas.IMAGES)
        write_table(images, args.images, schemas.IMAGES)


def clean_instance(entry: Row, settings: Mapping[str, Any]) -> Iterator[tuple[Row, NDArray[np.uint8] | None]]:
    """Clean one exported instance.

    Parameters
    ----------
    entry : dict
        A row of the manifest.
    settings : mapping
        The `clean` section: `views`, `overlays`.

    Yields
    ------
    row, pixels
        A row of the table of images, without `file`, for each view picked, and its pixels; or a row with `keep` False
        and a reason, and None.
    """
    if entry["reason"]:
        yield _set_aside(entry, Pick("", reason=entry["reason"]), (entry["rows"], entry["columns"])), None
        return
    try:
        recording = read_recording(entry["stem"], Path(entry["file"]))
    except ItemError as error:
        print(error, file=sys.stderr)
        yield _set_aside(entry, Pick("", reason="unreadable"), (entry["rows"], entry["columns"])), None
        return
    region = scan_region(recording.regions, recording.frames)
    scans = region.cut(recording.frames)
    size = recording.frames.shape[1:]
    for pick in pick_frames(scans.mean(axis=(1, 2)), recording.times_s, settings["views"], entry["view"]):
        if pick.reason:
            yield _set_aside(entry, pick, size), None
        else:
            yield _clean_frame(entry, pick, scans[pick.frame], region, size, settings["overlays"])


def read_recording(stem: str, path: Path) -> Recording:
    """Read and decode one file, a picture or DICOM by its suffix.

    Raises
    ------
    ItemError
        When it cannot be read or decoded.
    """
    decode = decode_picture if path.suffix.lower() in PICTURES else decode_dicom
    try:
        return decode(path.read_bytes())
    except Exception as error:  # a broken file can make a decoder raise anything
        rule = f"the file cannot be decoded ({type(error).__name__}: {' '.join(str(error).split())})"
        raise ItemError(stem, str(path), rule, "export it anew, or in another transfer syntax") from error


def _clean_frame(
    entry: Row, pick: Pick, scan: NDArray[np.uint8], region: Region, size: tuple[int, int], overlays: str
) -> tuple[Row, NDArray[np.uint8]]:
    nothing = np.zeros(scan.shape, dtype=bool)
    pixels, marks = remove_overlays(scan) if overlays == "remove" else (scan, nothing)
    row = _identified(entry, pick, size) | {
        "image": f"{entry['stem']}-f{pick.frame}",
        "spacing_mm": entry["spacing_mm"] if np.isnan(region.spacing_mm) else region.spacing_mm,
        "rows": pixels.shape[0],
        "columns": pixels.shape[1],
        "offset_row": region.top,
        "offset_column": region.left,
        "overlay_pixels": int(marks.sum()),
        "sha256": pixel_hash(pixels),
        "dhash": difference_hash(pixels),
        "keep": True,
    }
    return row, pixels


def _set_aside(entry: Row, pick: Pick, size: tuple[int, int]) -> Row:
    name = f"{entry['stem']}-{pick.view}" if pick.view else entry["stem"]
    return _identified(entry, pick, size) | NOTHING | {"image": name, "spacing_mm": entry["spacing_mm"]}


def _identified(entry: Row, pick: Pick, size: tuple[int, int]) -> Row:
    return {name: entry[name] for name in CARRIED} | {
        "view": pick.view,
        "frame": pick.frame,
        "time_s": pick.time_s,
        "reason": pick.reason,
        "exported_rows": size[0],
        "exported_columns": size[1],
    }


if __name__ == "__main__":
    run_job(main)
