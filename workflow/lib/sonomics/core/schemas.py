"""The tables between the phases: columns, types, keys. Checked when written and when read."""

from dataclasses import dataclass, field

SPLIT_PATTERN = r"train|internal|external_\d+|prospective"
TRAIN = "train"
# The columns of the cohort that every study has, those it may have, and its follow-up.
IDENTITY = ("patient", "case", "centre", "split")
OPTIONAL = ("fold", "group")
OUTCOME = (TIME, EVENT) = ("time", "event")
# What columns of simulated ground truth begin with.
SIMULATED = "sim_"
PERTURBED = "perturbed"  # reader of the copies that crop.perturb makes of an outline


@dataclass(frozen=True)
class Table:
    """What a table must look like.

    Attributes
    ----------
    name : str
        Used in messages.
    columns : dict of str to str
        Column name to type: "str", "int", "float" or "bool". Strings are never missing ("" if there is nothing to say).
    key : tuple of str
        Columns that together name a row, and by which rows are sorted.
    allowed : dict of str to str
        Regular expressions that a string column must match in full.
    more : str
        Pattern of further columns; "" when there may be none.
    more_type : str
        The type of further columns.
    """

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    allowed: dict[str, str] = field(default_factory=dict)
    more: str = ""
    more_type: str = "float"


_IDENTITY = {"patient": "str", "case": "str"}
_IMAGE = {**_IDENTITY, "image": "str"}

MANIFEST = Table(
    "manifest",
    {
        **_IDENTITY, "exam": "str", "instance": "str", "stem": "str", "file": "str", "view": "str", "device": "str",
        "centre": "str", "spacing_mm": "float", "frames": "int", "rows": "int", "columns": "int", "bytes": "int",
        "sha256": "str", "reason": "str",
    },
    key=("stem",),
)  # fmt: skip

CHANGES = Table(
    "changes",
    {
        "stem": "str", "patient": "str", "case": "str", "centre": "str", "device": "str", "removed": "str",
        "cleaned": "str", "scan": "str", "scan_boxes": "str", "stale_regions": "int", "blanked_pixels": "int",
        "text_boxes": "str", "text_lines": "int",
    },
    key=("stem",),
    more=r"n__[a-z_]+",
)  # fmt: skip

IMAGES = Table(
    "images",
    {
        **_IMAGE, "exam": "str", "instance": "str", "view": "str", "centre": "str", "device": "str",
        "spacing_mm": "float", "rows": "int", "columns": "int", "frame": "int", "time_s": "float",
        "offset_row": "int", "offset_column": "int", "exported_rows": "int", "exported_columns": "int",
        "region": "int", "region_from": "str", "regions_set_aside": "int", "spacing_from": "str", "depth_mm": "float",
        "transducer": "str", "frequency_mhz": "float", "mechanical_index": "float",
        "flow": "str", "flow_share": "float", "flow_stated": "str", "dimension": "str", "contrast": "str",
        "sharpness": "float", "saturation": "float", "shadow": "float",
        "overlay_pixels": "int", "file": "str", "sha256": "str", "dhash": "str", "keep": "bool", "reason": "str",
    },
    key=("image",),
    allowed={"flow": "yes|no|", "flow_stated": "yes|no|", "dimension": "2d|3d|", "contrast": "stated|seen|"},
)  # fmt: skip

CURVES = Table(
    "curves",
    {
        **_IDENTITY, "clip": "str", "exam": "str", "instance": "str", "region": "int", "frames": "int",
        "first_s": "float", "last_s": "float", "time_from": "str", "baseline": "float", "arrival_s": "float",
        "time_to_peak_s": "float", "peak": "float", "wash_in": "float", "wash_out": "float", "auc": "float",
        "reason": "str",
    },
    key=("clip",),
)  # fmt: skip

SCREENED = Table("screened", {**IMAGES.columns, "duplicate_group": "str"}, key=("image",), more=r"qc__.*")

VERDICTS = Table("verdicts", {"image": "str", "keep": "bool", "reason": "str"}, key=("image",), more=r"qc__.*")

QC_LABELS = Table(
    "qc_labels", {"image": "str", "reader": "str"}, key=("image", "reader"), more=r"[a-z0-9_]+", more_type="str"
)

SCREENING = Table(
    "screening",
    {
        "level": "str", "patient": "str", "case": "str", "image": "str", "split": "str", "view": "str",
        "fate": "str", "reason": "str", "detail": "str",
    },
    key=("level", "case", "image"),
    allowed={"level": "image|case", "fate": "kept|excluded"},
)  # fmt: skip

CROPS = Table(
    "crops",
    {
        **_IMAGE, "reader": "str", "session": "str", "view": "str", "file": "str", "mask": "str",
        "spacing_mm": "float", "rows": "int", "columns": "int", "outline_pixels": "int",
        "keep": "bool", "reason": "str",
    },
    key=("image", "reader", "session"),
)  # fmt: skip

UNUSED = Table(
    "unused outlines",
    {"reader": "str", "session": "str", "file": "str", "name": "str", "reason": "str"},
    key=("reader", "session", "file", "name"),
)

FEATURES = Table(
    "features",
    {**_IMAGE, "reader": "str", "session": "str", "view": "str", "hash": "str"},
    key=("image", "reader", "session"),
    more=r"[a-z0-9_]+__.+",
)

SELECTED = Table("selected", _IMAGE, key=("case", "image"), more=r"[a-z0-9_]+__.+")

# One column a scheme: the number of the patient's fold.
FOLDS = Table("folds", {"patient": "str", "group": "str"}, key=("patient",), more=r"[a-z0-9_]+", more_type="int")

# The kinds of PREDICTIONS.
PROBABILITY, SCORE, RISK = "probability", "score", "risk"

PREDICTIONS = Table(
    "predictions",
    {
        **_IMAGE, "variant": "str", "model": "str", "task": "str", "class": "str", "kind": "str",
        "horizon": "float", "split": "str", "fold": "str", "value": "float",
    },
    key=("variant", "model", "task", "class", "kind", "horizon", "case", "image", "fold"),
    allowed={"kind": "probability|score|risk", "split": SPLIT_PATTERN, "fold": r"\d+|all"},
)  # fmt: skip

# A search: one row for each trial and parameter, in the order of trials; parameters are text, as JSON writes them.
TRIALS = Table(
    "trials",
    {
        "trial": "int", "parameter": "str", "value": "str", "measure": "str", "folds": "int",
        "mean": "float", "sd": "float", "state": "str", "reason": "str", "chosen": "bool",
    },
    key=("trial", "parameter"),
    allowed={"measure": "auc|log_loss|c_index", "state": "complete|failed"},
)  # fmt: skip

READERS = Table(
    "readers",
    {
        "reader": "str", "level": "str", "case": "str", "arm": "str", "task": "str", "score": "float",
        "category": "str", "decision": "str", "session": "str",
    },
    key=("task", "reader", "arm", "session", "case"),
    # Names begin with a letter and levels have one, so that no table takes them for numbers.
    allowed={
        "reader": r"[A-Za-z][A-Za-z0-9_]*", "level": r"|.*[A-Za-z].*", "arm": "alone|aided",
        "decision": "positive|negative|", "session": ".+",
    },
)  # fmt: skip

ATTRIBUTIONS = Table(
    "attributions",
    {
        **_IMAGE, "model": "str", "task": "str", "split": "str", "fold": "str", "class": "str", "scale": "str",
        "base": "float", "feature": "str", "value": "float", "attribution": "float",
    },
    key=("model", "task", "class", "case", "image", "feature"),
    allowed={
        "split": SPLIT_PATTERN, "fold": r"\d+|all",
        "scale": "probability|log odds|distance|log hazard|expected events",
    },
)  # fmt: skip

MAPS = Table(
    "maps",
    {
        **_IMAGE, "view": "str", "model": "str", "task": "str", "split": "str", "fold": "str", "file": "str",
        "crop": "str", "mask": "str", "value": "float", "hot_share": "float", "dice": "float", "heat_inside": "float",
        "reason": "str",
    },
    key=("model", "task", "image"),
    allowed={"split": SPLIT_PATTERN, "fold": r"\d+|all", "reason": "no_target_layer|no_heat|flat|"},
)  # fmt: skip
