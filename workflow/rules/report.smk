"""Phase 9 - report: the page.

Reads results/evaluate/, results/screening.csv and .svg, results/select/, the clinical models of results/train/, the
nomograms of results/stack/, data/crop/ of the main run, the metrics of every other phase and the templates; writes
results/report.html and results/metrics/report.json.
"""

TEMPLATES = os.path.relpath(os.path.join(workflow.basedir, "workflow", "report"))


def learned():
    """List the tables of what the main run learned: frequencies, odds ratios, nomograms of models of several."""
    tasks, clinical = STUDY["study"]["tasks"], models_of(MAIN, "clinical")
    several = [name for name, model in STUDY["stack"]["models"].items() if len(model["of"]) > 1]
    chosen = "results/select/main/{family}/{task}/all/frequencies.csv"
    return [
        *expand(chosen, family=STUDY["extract"]["families"], task=tasks),
        *expand("results/train/main/{model}/{task}/all/odds_ratios.csv", model=clinical, task=tasks),
        *expand("results/train/main/{model}/{task}/all/nomogram.csv", model=clinical, task=tasks),
        *expand("results/stack/main/{model}/{task}/nomogram.csv", model=several, task=tasks),
    ]


rule render_report:
    """Render the report as one self-contained page."""
    input:
        evaluations=expand("results/evaluate/{variant}/{task}", variant=variants(), task=STUDY["study"]["tasks"]),
        screening="results/screening.csv",
        chart="results/screening.svg",
        crops=expand("data/crop/main/{chunk}/crops.parquet", chunk=chunks()),
        pixels=expand("data/crop/main/{chunk}/pixels", chunk=chunks()),
        selections=expand(
            "results/select/main/{family}/{task}/all/state.json",
            family=STUDY["extract"]["families"],
            task=STUDY["study"]["tasks"],
        ),
        learned=learned(),
        figures=expand(
            "results/select/main/{family}/{task}/all/{figure}.svg",
            family=STUDY["extract"]["families"],
            task=STUDY["study"]["tasks"],
            figure=["steps", "curve", "path", "frequencies"],
        ),
        metrics=expand("results/metrics/{phase}.json", phase=[phase for phase in PHASES if phase != "report"]),
        page=os.path.join(TEMPLATES, "page.html.j2"),
        parts=os.path.join(TEMPLATES, "parts.html.j2"),
        style=os.path.join(TEMPLATES, "page.css"),
        code=code("report"),
    output:
        html=report("results/report.html", caption="../report/page.rst", category="Report"),
        metrics="results/metrics/report.json",
    log:
        "logs/render_report.log",
    benchmark:
        "logs/benchmarks/render_report.tsv"
    params:
        settings=settings("study", *PHASES),
    shell:
        "python -m sonomics.report.render"
        " --settings {params.settings:q}"
        " --evaluations {input.evaluations:q}"
        " --screening {input.screening:q}"
        " --chart {input.chart:q}"
        " --crops {input.crops:q}"
        " --selections {input.selections:q}"
        " --learned {input.learned:q}"
        " --metrics {input.metrics:q}"
        " --page {input.page:q}"
        " --style {input.style:q}"
        " --html {output.html:q}"
        " --out-metrics {output.metrics:q}"
        " > {log:q} 2>&1"
