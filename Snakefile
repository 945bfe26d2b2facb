"""The whole study, or, with `--config phase=<phase>`, one phase of it; the study is the current directory."""

import os
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version("9.20")

LIBRARY = os.path.join(workflow.basedir, "workflow", "lib")
sys.path.insert(0, LIBRARY)
# Snakemake has loaded numpy. This process plans; its jobs are handed the pins of portable arithmetic.
os.environ.update(SONOMICS_PORTABLE="false")

from sonomics.core.errors import StudyError
from sonomics.core.files import read_yaml

# Snakemake would take the last of two equal keys, and not say where a file is no YAML.
try:
    read_yaml(Path("params.yaml"))
except StudyError as error:
    raise WorkflowError(str(error)) from None


configfile: "params.yaml"


# With `--sdm apptainer`, jobs run in the image that apptainer.def builds here, or in the one that the variable names.
container: os.environ.get("SONOMICS_CONTAINER", os.path.join(workflow.basedir, "sonomics.sif"))


include: "workflow/rules/common.smk"
include: "workflow/rules/kinds.smk"
include: "workflow/rules/runs.smk"
include: "workflow/rules/inputs.smk"


for phase in ACTIVE_PHASES:

    include: f"workflow/rules/{phase}.smk"


onstart:
    record_run(STUDY["study"]["portable"])
    if workflow.local_exec:
        stop_waking()
        if not workflow.deployment_settings.deployment_method:
            warm.start(ENVIRONMENT)


rule all:
    """The report and the metrics of every phase."""
    default_target: True
    input:
        "results/report.html",
