"""What every phase needs: the checked study, its chunks, folds and variants. No rules live here."""

import json
import os
import shlex
import sys
from hashlib import sha256
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError

LIBRARY = os.path.join(workflow.basedir, "workflow", "lib")
sys.path.insert(0, LIBRARY)

from sonomics.core.cohort import check_labels, chunk_of, fingerprint, read_cohort, read_roster
from sonomics.core.errors import StudyError
from sonomics.core.params import MAIN, PHASES, check_params, home, overlaid, pick
from sonomics.core.readings import read_readings
from sonomics.networks.registry import check_weights

COHORT = "data/cohort.csv"
QC_LABELS = "data/qc_labels.csv"
READERS = "data/readers.csv"

ACTIVE_PHASES = PHASES
try:
    if "phase" in config:
        ACTIVE_PHASES = (config.pop("phase"),)
    check_params(config, yaml.safe_load(Path(workflow.basedir, "workflow/schemas/params.schema.yaml").read_text()))
    check_weights(config, ACTIVE_PHASES)
    listed = read_cohort(COHORT, config["study"])
    if set(ACTIVE_PHASES) & set(PHASES[PHASES.index("select") :]):
        check_labels(listed, config["study"], COHORT)
    ROSTER = read_roster(COHORT)
    if "evaluate" in ACTIVE_PHASES:
        read_readings(READERS, set(ROSTER["case"]), set(config["study"]["tasks"]))
except StudyError as error:
    raise WorkflowError(str(error)) from None

STUDY = config if len(ACTIVE_PHASES) > 1 else pick(config, PARAMS[ACTIVE_PHASES[0]])

# Numba keeps compiled code beside the library, or with the study where the library cannot be written.
COMPILED = os.environ.get("NUMBA_CACHE_DIR") or ("" if os.access(LIBRARY, os.W_OK) else os.path.abspath("work/numba"))

shell.prefix(
    f"set -euo pipefail; export PYTHONPATH={shlex.quote(LIBRARY)} PYTHONHASHSEED=0"
    + "".join(f" {name}={STUDY['study']['threads']}" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"))
    + (f" NUMBA_CACHE_DIR={shlex.quote(COMPILED)}" if COMPILED else "")
    + "; "
)


wildcard_constraints:
    chunk=r"\d+",
    fold=r"\d+|all",
    variant=r"[a-z0-9_]+",
    family=r"[a-z0-9_]+",
    model=r"[a-z0-9_]+",
    task=r"[a-z0-9_]+",


def chunks():
    """List the chunks that have a patient."""
    return sorted({chunk_of(patient, STUDY["study"]["chunks"]) for patient in ROSTER["patient"]})


def variants():
    """List the variants of the study."""
    return list(STUDY["study"]["variants"])


def folds():
    """List the cross-validation folds, and `all`, the fit on the whole training set."""
    return [*range(STUDY["select"]["folds"]), "all"]


def homes(phase):
    """List the variants that have files of their own in a phase."""
    return sorted({home(STUDY, variant, phase) for variant in variants()})


def at_home(phase, path):
    """Make an input function: a path of a phase, in the folder of the variant that holds it, for one or all chunks."""

    def find(wildcards):
        known = dict(wildcards.items())
        return expand(path, **{"chunk": chunks(), **known, "variant": home(STUDY, wildcards.variant, phase)})

    return find


def code(phase):
    """List the modules a phase runs and the tables they read, so that an edit reruns its jobs."""
    root = Path(LIBRARY, "sonomics")
    kinds = ("*.py", "*.csv", "*.yaml")
    files = [file for package in CODE[phase] for kind in kinds for file in (root / package).rglob(kind)]
    return sorted(os.path.relpath(file) for file in files)


def seen(variant):
    """Return the study as a variant sees it."""
    return STUDY if variant == MAIN else overlaid(STUDY, variant)


def settings(*keys):
    """Make a params function: the named sections of the study, as the wildcard variant sees them, as JSON."""

    def cut(wildcards):
        return json.dumps(pick(seen(getattr(wildcards, "variant", MAIN)), keys), sort_keys=True)

    return cut


def models_of(variant, *kinds):
    """List the models that a variant trains, those of some kinds or all."""
    models = seen(variant)["train"]["models"]
    return sorted(name for name, model in models.items() if not kinds or model["kind"] in kinds)


def trained(path, *kinds):
    """Expand a path over the models that the variants train, their tasks and folds."""
    return [
        file
        for variant in variants()
        for model in models_of(variant, *kinds)
        for file in expand(path, variant=variant, model=model, task=STUDY["study"]["tasks"], fold=folds())
    ]


def members(wildcards):
    """Name the rows of a chunk by their hash: a change to the cohort reruns only the chunks it touches."""
    inside = ROSTER["patient"].map(lambda patient: chunk_of(patient, STUDY["study"]["chunks"])) == int(wildcards.chunk)
    return fingerprint(ROSTER[inside].drop(columns="split"))


def labelled():
    """Cut the roster down to the cases that have an image labelled for quality control."""
    stems = Path(QC_LABELS).read_text().splitlines()[1:] if Path(QC_LABELS).exists() else []
    cases = {line.split(",")[0].split("-")[0] for line in stems}
    return ROSTER[ROSTER["case"].isin(cases)]


def labelled_chunks(path):
    """Expand a path over the chunks that hold a labelled image."""
    chunked = {chunk_of(patient, STUDY["study"]["chunks"]) for patient in labelled()["patient"]}
    return expand(path, chunk=sorted(chunked))


def kind_of_family(wildcards):
    """Name the kind of a feature family, which is the module that extracts it."""
    return STUDY["extract"]["families"][wildcards.family]["kind"]


def selected(file):
    """Make an input function: a file of `select`, for every family a classifier takes."""

    def find(wildcards):
        families = seen(wildcards.variant)["train"]["models"][wildcards.model]["families"]
        return expand(
            f"results/select/{{variant}}/{{family}}/{{task}}/{{fold}}/{file}",
            family=families,
            **dict(wildcards.items()),
        )

    return find


def base_predictions(wildcards):
    """List the predictions of every base model that a final model uses, fold by fold."""
    models = {base for model in seen(wildcards.variant)["stack"]["models"].values() for base in model["of"]}
    return expand(
        "results/train/{variant}/{model}/{task}/{fold}/predictions.parquet",
        variant=wildcards.variant,
        model=sorted(models),
        task=wildcards.task,
        fold=folds(),
    )


def folders_of_states(wildcards, output):
    """List the folders, one a fold, that a selection is written to."""
    return [os.path.dirname(path) for path in output.states]


def folders_of_thresholds(wildcards, input):
    """List the folders of the final models."""
    return [os.path.dirname(path) for path in input.thresholds]
