"""Phase 3 - crop: turn readers' outlines into crops and masks.

Reads data/clean/, the source's outlines under data/export/ and the user's under data/outlines/;
writes data/crop/<variant>/<chunk>/, data/crop/unused_outlines.csv and results/metrics/crop.json.
"""

CROPS = "data/crop/{variant}/{chunk}/crops.parquet"
CROP_RUNS = runs_over(variant=homes("crop"), chunk=chunks())


rule crop_chunk:
    """Cut the outlined region out of every kept image of one chunk."""
    input:
        exams="data/export/{chunk}",
        outlines="data/outlines",
        images="data/clean/{chunk}/images.parquet",
        frames="data/clean/{chunk}/frames",
        verdicts="data/clean/{chunk}/verdicts.parquet",
        code=[*code_of("crop"), *outline_plugins()],
    output:
        pixels=directory("data/crop/{variant}/{chunk}/pixels"),
        sheet="data/crop/{variant}/{chunk}/sheet.png",
        crops=CROPS,
    log:
        "logs/crop_chunk/{variant}_{chunk}.log",
    params:
        content=content(outline_files, code_of("crop"), outline_plugins()),
        settings=settings("study.seed", "crop"),
    message:
        "crop: chunk {wildcards.chunk}, variant {wildcards.variant}"
    shell:
        "python -m sonomics.crop.crops"
        " --settings {params.settings:q}"
        " --outlines {input.exams:q}/outlines {input.outlines:q}"
        " --images {input.images:q}"
        " --verdicts {input.verdicts:q}"
        " --pixels {output.pixels:q}"
        " --sheet {output.sheet:q}"
        " --crops {output.crops:q}"
        " > {log:q} 2>&1"


rule list_unused_outlines:
    """List the outlines that no image uses, with the reason."""
    input:
        cohort=ancient(COHORT),
        exams=expand("data/export/{chunk}", chunk=chunks()),
        outlines="data/outlines",
        images=expand("data/clean/{chunk}/images.parquet", chunk=chunks()),
        verdicts=expand("data/clean/{chunk}/verdicts.parquet", chunk=chunks()),
        code=[*code_of("crop"), *outline_plugins()],
    output:
        unused="data/crop/unused_outlines.csv",
    log:
        "logs/list_unused_outlines.log",
    params:
        content=content(lambda _: outlines_drawn(), code_of("crop"), outline_plugins()),
        exported=expand("data/export/{chunk}/outlines", chunk=chunks()),
        cases=fingerprint(ROSTER[["case"]]),
    message:
        "crop: outlines that no image uses"
    shell:
        "python -m sonomics.crop.list_unused"
        " --cohort {input.cohort:q}"
        " --outlines {params.exported:q} {input.outlines:q}"
        " --images {input.images:q}"
        " --verdicts {input.verdicts:q}"
        " --out {output.unused:q}"
        " > {log:q} 2>&1"


rule summarise_crop:
    """Count the crops, the images set aside and the outlines that no image uses."""
    input:
        crops=files_of(CROPS, CROP_RUNS),
        unused="data/crop/unused_outlines.csv",
        code=code_of("crop"),
    output:
        metrics="results/metrics/crop.json",
    log:
        "logs/summarise_crop.log",
    params:
        content=content(code_of("crop")),
        crops=options_of("--crops", CROPS, CROP_RUNS),
    message:
        "crop: what was cropped"
    shell:
        "python -m sonomics.crop.summarise"
        " {params.crops:q}"
        " --unused {input.unused:q}"
        " --metrics {output.metrics:q}"
        " > {log:q} 2>&1"
