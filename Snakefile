"""The whole study, or, with `--config phase=<phase>`, one phase of it; the study is the current directory."""

from snakemake.utils import min_version

min_version("9.20")


configfile: "params.yaml"


container: "docker://ghcr.io/sonomics/sonomics:0.1"


include: "workflow/rules/contract.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/inputs.smk"


for phase in ACTIVE_PHASES:

    include: f"workflow/rules/{phase}.smk"


rule all:
    """The report and the metrics of every phase."""
    default_target: True
    input:
        "results/report.html",
