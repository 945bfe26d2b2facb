"""What every phase needs: the checked study, and the environment of its jobs. No rules live here."""

import atexit
import shlex

from sonomics.core import warm
from sonomics.core.cohort import check_columns, chunk_of, fingerprint, read_cohort, read_roster
from sonomics.core.cohort_checks import check_folds, check_labels
from sonomics.core.cohort_values import check_values
from sonomics.core.contents import Contents, check_declared
from sonomics.core.contract import LEARNING, PARAMS, code_of
from sonomics.core.files import remove_leftovers
from sonomics.core.folds import name_folds
from sonomics.core.params import MAIN, PHASES, check_params, columns_named, deals_labels, fill, home, overlaid, pick
from sonomics.core.pins import check_processor, export_pins
from sonomics.core.provenance import record_run
from sonomics.core.readings import read_readings
from sonomics.core.settings.named import builders, declaration_files, plugin_files
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.task_checks import tasks_of_final, tasks_of_model
from sonomics.kinds.families import FAMILIES
from sonomics.kinds.models import MODELS
from sonomics.kinds.outlines import OUTLINES
from sonomics.networks.weights.check import check_weights

# Snakemake reruns a job whose input is newer than its output and holds something else. A file that was replaced by an
# older one is seen by its content alone.
CONTENTS = Contents(Path(".snakemake/contents.json"))
atexit.register(CONTENTS.save)

COHORT = "data/cohort.csv"
QC_LABELS = "data/qc_labels.csv"
READERS = "data/readers.csv"

# Of a run that was killed. Another one may be at work while there is a lock: it is left alone.
if not list(Path(".snakemake/locks").glob("*")):
    remove_leftovers([Path("data"), Path("results"), Path("work")])

ACTIVE_PHASES = PHASES
try:
    if "phase" in config:
        ACTIVE_PHASES = (config.pop("phase"),)
        if ACTIVE_PHASES[0] not in PHASES:
            raise StudyError(
                "--config phase", f"there is no phase {ACTIVE_PHASES[0]}", f"name one of {', '.join(PHASES)}"
            )
    check_params(config, "params.yaml", Path("params.yaml"))
    check_weights(config, ACTIVE_PHASES)
    parameters = Parameters.partial(config)
    if parameters.study.portable:
        check_processor()
    listed = read_cohort(COHORT, parameters.study)
    NAMED = columns_named(parameters)
    if set(ACTIVE_PHASES) & set(PHASES[PHASES.index("select") :]):
        check_labels(listed, parameters.study, COHORT)
        check_folds(listed, config["select"]["folds"], COHORT)
    else:
        NAMED = {key: column for key, column in NAMED.items() if key.startswith(ACTIVE_PHASES)}
    check_columns(COHORT, NAMED)
    check_values(COHORT, parameters, ACTIVE_PHASES)
    ROSTER = read_roster(COHORT)
    if "evaluate" in ACTIVE_PHASES:
        read_readings(READERS, set(ROSTER["case"]), set(config["study"]["tasks"]))
        check_declared(parameters.evaluate.declared_files(), CONTENTS)
except StudyError as error:
    raise WorkflowError(str(error)) from None


def seen(variant):
    """Return the study as a variant sees it, with every default; of a phase run alone, what the phase may read."""
    filled = fill(overlaid(config, variant))
    return filled if len(ACTIVE_PHASES) > 1 else pick(filled, PARAMS[ACTIVE_PHASES[0]])


SEEN = {variant: seen(variant) for variant in config["study"]["variants"]}
STUDY = SEEN[MAIN]

# Numba keeps compiled code beside the library, or with the study where the library cannot be written.
COMPILED = os.environ.get("NUMBA_CACHE_DIR") or ("" if os.access(LIBRARY, os.W_OK) else os.path.abspath("work/numba"))

ENVIRONMENT = (
    f"set -euo pipefail; {export_pins(portable=STUDY['study']['portable'])}; export PYTHONPATH={shlex.quote(LIBRARY)} PYTHONHASHSEED=0"
    + "".join(f" {name}={STUDY['study']['threads']}" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"))
    + (f" NUMBA_CACHE_DIR={shlex.quote(COMPILED)}" if COMPILED else "")
    + "; "
)
shell.prefix(ENVIRONMENT)


def stop_waking():
    """Lift Snakemake's limit of 100 starts a second, of no use on one machine.

    With it, its scheduler wakes once a second for every job that has ended, to look at all ready jobs: on a study of
    some hundred jobs a quarter of a core.
    """
    scheduler = workflow.scheduler
    if getattr(scheduler, "job_rate_limiter", None) is not None and not scheduler.running:
        scheduler.job_rate_limiter = None


wildcard_constraints:
    chunk=r"\d+",
    fold=r"\d+|all",
    variant=r"[a-z0-9_]+",
    family=r"[a-z0-9_]+",
    model=r"[a-z0-9_]+",
    task=r"[a-z0-9_]+",
