"""Phase 2 - clean: exported files become images that show what the study needs; every exclusion has a reason.

Reads data/export/<chunk>/, data/qc_labels.csv; writes data/clean/, results/screening.csv, results/screening.svg,
results/metrics/clean.json and results/plots/clean/.
"""

INJECTION = STUDY["clean"]["injection"]
# Read where a head of the QC classifier depends on what the cohort says of a case.
COHORT_OF_HEADS = [COHORT] if any("needs_case" in head for head in STUDY["clean"]["qc"]["heads"].values()) else []


rule clean_chunk:
    """Decode one chunk of exams; cut the scan regions, pick frames, remove overlays, measure contrast curves."""
    input:
        exams="data/export/{chunk}",
        cohort=[COHORT] if "column" in INJECTION else [],
        code=code_of("clean"),
    output:
        frames=directory("data/clean/{chunk}/frames"),
        images="data/clean/{chunk}/images.parquet",
        curves="data/clean/{chunk}/curves.parquet",
    log:
        "logs/clean_chunk/{chunk}.log",
    params:
        content=content([COHORT] if "column" in INJECTION else [], code_of("clean")),
        settings=settings("clean.views", "clean.overlays", "clean.injection"),
    message:
        "clean: images of chunk {wildcards.chunk}"
    shell:
        "python -m sonomics.clean.clean_chunk"
        " --settings {params.settings:q}"
        " --exams {input.exams:q}"
        " --cohort {input.cohort:q}"
        " --frames {output.frames:q}"
        " --images {output.images:q}"
        " --curves {output.curves:q}"
        " > {log:q} 2>&1"


rule fit_qc:
    """Train the QC classifier on the labelled images of training patients."""
    input:
        cohort=ancient(COHORT),
        labels=QC_LABELS,
        images=labelled_chunks("data/clean/{chunk}/images.parquet"),
        frames=labelled_chunks("data/clean/{chunk}/frames"),
        code=code_of("clean"),
    output:
        state=directory("data/clean/qc"),
    log:
        "logs/fit_qc.log",
    params:
        content=content(QC_LABELS, code_of("clean")),
        settings=settings("study.seed", "clean.qc"),
        splits=fingerprint(labelled()[["case", "split"]]),
    message:
        "clean: the QC classifier"
    shell:
        "python -m sonomics.clean.fit_qc"
        " --settings {params.settings:q}"
        " --cohort {input.cohort:q}"
        " --labels {input.labels:q}"
        " --images {input.images:q}"
        " --out {output.state:q}"
        " > {log:q} 2>&1"


rule judge_chunk:
    """Let the QC classifier judge the images of one chunk."""
    input:
        state="data/clean/qc",
        images="data/clean/{chunk}/images.parquet",
        frames="data/clean/{chunk}/frames",
        cohort=COHORT_OF_HEADS,
        code=code_of("clean"),
    output:
        verdicts="data/clean/{chunk}/verdicts.parquet",
    log:
        "logs/judge_chunk/{chunk}.log",
    params:
        content=content(COHORT_OF_HEADS, code_of("clean")),
        settings=settings("clean.qc"),
    message:
        "clean: verdicts on chunk {wildcards.chunk}"
    shell:
        "python -m sonomics.clean.judge"
        " --settings {params.settings:q}"
        " --state {input.state:q}"
        " --images {input.images:q}"
        " --cohort {input.cohort:q}"
        " --out {output.verdicts:q}"
        " > {log:q} 2>&1"


rule screen:
    """Find duplicates over the whole cohort and give every image and case its fate."""
    input:
        cohort=COHORT,
        exams=expand("data/export/{chunk}", chunk=chunks()),
        images=expand("data/clean/{chunk}/images.parquet", chunk=chunks()),
        frames=expand("data/clean/{chunk}/frames", chunk=chunks()),
        verdicts=expand("data/clean/{chunk}/verdicts.parquet", chunk=chunks()),
        qc="data/clean/qc",
        code=code_of("clean"),
    output:
        images="data/clean/images.parquet",
        screening="results/screening.csv",
        chart="results/screening.svg",
        metrics="results/metrics/clean.json",
        plots=directory("results/plots/clean"),
    log:
        "logs/screen.log",
    params:
        content=content(COHORT, code_of("clean")),
        settings=settings("clean"),
    message:
        "clean: the fate of every image and case"
    shell:
        "python -m sonomics.clean.screen"
        " --settings {params.settings:q}"
        " --cohort {input.cohort:q}"
        " --exams {input.exams:q}"
        " --images {input.images:q}"
        " --verdicts {input.verdicts:q}"
        " --qc {input.qc:q}"
        " --out {output.images:q}"
        " --screening {output.screening:q}"
        " --chart {output.chart:q}"
        " --metrics {output.metrics:q}"
        " --plots {output.plots:q}"
        " > {log:q} 2>&1"
