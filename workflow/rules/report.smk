"""Phase 9 - report: the page.

Reads results/evaluate/, results/screening.csv and .svg, results/select/, the clinical models of results/train/, the
nomograms of results/stack/, data/crop/ of the main run, data/cohort.csv, the metrics of every other phase,
results/plots/extract/ and the templates; writes results/report.html, its tables as results/tables.docx,
results/checklists/, results/model_card.md and results/metrics/report.json.
"""

TEMPLATES = os.path.relpath(os.path.join(workflow.basedir, "workflow", "report"))
TASKS = STUDY["study"]["tasks"]
EVALUATED = [(variant, task, f"results/evaluate/{variant}/{task}") for variant in variants() for task in TASKS]
SELECTED = [
    (family, task, f"results/select/main/{family}/{task}/all/state.json")
    for family in STUDY["extract"]["families"]
    for task in TASKS
]
LEARNED = learned()


def options_for(option, entries):
    """Repeat an option for every entry, whose names the job cannot read off its file."""
    return [part for entry in entries for part in (option, *entry)]


def files_in(entries):
    """List the files of entries."""
    return [file for *_, file in entries]


rule render_report:
    """Render the report as one self-contained page."""
    input:
        evaluations=files_in(EVALUATED),
        cohort=COHORT,
        screening="results/screening.csv",
        chart="results/screening.svg",
        crops=expand("data/crop/main/{chunk}/crops.parquet", chunk=chunks()),
        pixels=expand("data/crop/main/{chunk}/pixels", chunk=chunks()),
        selections=files_in(SELECTED),
        learned=files_in(LEARNED),
        figures=expand(
            "results/select/main/{family}/{task}/all/{figure}.svg",
            family=STUDY["extract"]["families"],
            task=TASKS,
            figure=["steps", "curve", "path", "frequencies"],
        ),
        maps=drawn("maps.parquet"),
        heat=drawn("maps"),
        metrics=expand("results/metrics/{phase}.json", phase=[phase for phase in PHASES if phase != "report"]),
        phantom="results/plots/extract/phantom.csv",
        standards=sorted(str(path) for path in Path(TEMPLATES, "checklists").glob("*.yaml")),
        page=os.path.join(TEMPLATES, "page.html.j2"),
        parts=[os.path.join(TEMPLATES, name) for name in ("parts.html.j2", "checklists.html.j2")],
        style=os.path.join(TEMPLATES, "page.css"),
        script=os.path.join(TEMPLATES, "page.js"),
        code=code_of("report"),
    output:
        html=report("results/report.html", caption="../report/page.rst", category="Report"),
        checklists=directory("results/checklists"),
        card="results/model_card.md",
        tables="results/tables.docx",
        metrics="results/metrics/report.json",
    log:
        "logs/render_report.log",
    benchmark:
        "logs/benchmarks/render_report.tsv"
    params:
        settings=settings("study", *PHASES),
        evaluations=options_for("--evaluation", EVALUATED),
        selections=options_for("--selection", SELECTED),
        learned=options_for("--learned", LEARNED),
    message:
        "report: the page and its documents"
    shell:
        "python -m sonomics.report.render"
        " --settings {params.settings:q}"
        " {params.evaluations:q}"
        " --cohort {input.cohort:q}"
        " --screening {input.screening:q}"
        " --chart {input.chart:q}"
        " --crops {input.crops:q}"
        " {params.selections:q}"
        " {params.learned:q}"
        " --maps {input.maps:q}"
        " --metrics {input.metrics:q}"
        " --phantom {input.phantom:q}"
        " --standards {input.standards:q}"
        " --page {input.page:q}"
        " --style {input.style:q}"
        " --script {input.script:q}"
        " --html {output.html:q}"
        " --checklists {output.checklists:q}"
        " --card {output.card:q}"
        " --tables {output.tables:q}"
        " --out-metrics {output.metrics:q}"
        " > {log:q} 2>&1"
