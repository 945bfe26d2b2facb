"""Phase 1 - export: exams leave a PACS or a folder without identities, or are simulated, chunk by chunk.

Reads data/cohort.csv and the source, for a PACS or DICOM files also the linkage table and the key that the environment
names; writes data/export/<chunk>/ and results/metrics/export.json. What a PACS sent lies in work/received/ and is not
fetched twice.
"""

SOURCE = STUDY["export"]["source"]


rule export_chunk:
    """Fetch or simulate the exams of one chunk of patients: DICOM without identities, pictures without metadata."""
    input:
        cohort=ancient(COHORT),
        code=code_of("export"),
        plugins=SOURCES.files(SOURCE),
    output:
        exams=directory("data/export/{chunk}"),
    log:
        "logs/export_chunk/{chunk}.log",
    params:
        content=content(code_of("export"), SOURCES.files(SOURCE)),
        settings=settings("study.seed", "study.chunks", "export"),
        module=SOURCES.get(SOURCE).builder.partition(":")[0],
        members=members,
        source=lambda wildcards: source_contents().get(wildcards.chunk, ""),
    message:
        "export: exams of chunk {wildcards.chunk}"
    shell:
        "python -m {params.module}"
        " --settings {params.settings:q}"
        " --cohort {input.cohort:q}"
        " --chunk {wildcards.chunk}"
        " --out {output.exams:q}"
        " > {log:q} 2>&1"


rule summarise_export:
    """Count what was exported."""
    input:
        exams=expand("data/export/{chunk}", chunk=chunks()),
        code=code_of("export"),
    output:
        metrics="results/metrics/export.json",
    log:
        "logs/summarise_export.log",
    params:
        content=content(code_of("export")),
    message:
        "export: what was exported"
    shell:
        "python -m sonomics.export.summarise"
        " --exams {input.exams:q}"
        " --metrics {output.metrics:q}"
        " > {log:q} 2>&1"
