"""Phase 9 - report: the page.

Reads results/evaluate/, results/screening.csv and .svg, results/select/, the clinical models of results/train/, the
nomograms of results/stack/, data/crop/ of the main run, data/cohort.csv, the metrics of every other phase,
results/plots/extract/ and the templates; writes results/report.html, its tables as results/tables.docx,
results/checklists/, results/model_card.md and results/metrics/report.json.
"""

from sonomics.kinds.analyses import section_files

TEMPLATES = os.path.relpath(os.path.join(workflow.basedir, "workflow", "report"))
STANDARDS = sorted(str(path) for path in Path(TEMPLATES, "checklists").glob("*.yaml"))
PAGE_NAMES = ("page.html.j2", "parts.html.j2", "checklists.html.j2", "page.css", "page.js")
PAGE_FILES = [*STANDARDS, *(os.path.join(TEMPLATES, name) for name in PAGE_NAMES)]
CODE_OF_PAGE = [*code_of("report"), *section_files(), *declaration_files(parameters)]
EVALUATED = runs_over(variant=variants(), task=STUDY["study"]["tasks"])
SELECTED = runs_over(family=STUDY["extract"]["families"], task=STUDY["study"]["tasks"])
CLINICAL = [
    dict(model=model, task=task) for model in models_of(MAIN, takes=("columns",)) for task in tasks_learned(MAIN, model)
]
SEARCHED = [dict(model=model, task=task) for model in classifiers(True) for task in tasks_learned(MAIN, model)]
COMBINED = final_runs(lambda final: len(final["of"]) > 1)
EVALUATION = "results/evaluate/{variant}/{task}"
SELECTION = "results/select/main/{family}/{task}/all"
# What the main run learned: a file, and the runs that have it.
LEARNED = [
    (f"{SELECTION}/frequencies.csv", SELECTED),
    *(
        (f"results/train/main/{{model}}/{{task}}/all/{ratios}.csv", [run for run in CLINICAL if run["task"] in tasks])
        for ratios, tasks in tasks_by_ratios().items()
    ),
    ("results/train/main/{model}/{task}/all/nomogram.csv", CLINICAL),
    *[(f"results/train/main/{{model}}/{{task}}/{fold}/trials.parquet", SEARCHED) for fold in folds()],
    ("results/stack/main/{model}/{task}/nomogram.csv", COMBINED),
    ("results/stack/main/{model}/{task}/weights.csv", COMBINED),
    ("results/stack/main/{model}/{task}/nested.csv", final_runs()),
    ("results/stack/main/{model}/{task}/thresholds.json", final_runs()),
]


rule render_report:
    """Render the report as one self-contained page."""
    input:
        evaluations=files_of(EVALUATION, EVALUATED),
        cohort=COHORT,
        screening="results/screening.csv",
        chart="results/screening.svg",
        crops=expand("data/crop/main/{chunk}/crops.parquet", chunk=chunks()),
        pixels=expand("data/crop/main/{chunk}/pixels", chunk=chunks()),
        selections=files_of(f"{SELECTION}/state.json", SELECTED),
        learned=[file for path, runs in LEARNED for file in files_of(path, runs)],
        figures=[
            file
            for figure in ("steps", "curve", "path", "frequencies")
            for file in files_of(f"{SELECTION}/{figure}.svg", SELECTED)
        ],
        maps=drawn("maps.parquet"),
        heat=drawn("maps"),
        attributions=files_of("results/train/{variant}/{model}/{task}/all/attributions.parquet", explained()),
        metrics=expand("results/metrics/{phase}.json", phase=[phase for phase in PHASES if phase != "report"]),
        phantom="results/plots/extract/phantom.csv",
        standards=STANDARDS,
        page=os.path.join(TEMPLATES, "page.html.j2"),
        parts=[os.path.join(TEMPLATES, name) for name in ("parts.html.j2", "checklists.html.j2")],
        style=os.path.join(TEMPLATES, "page.css"),
        script=os.path.join(TEMPLATES, "page.js"),
        code=CODE_OF_PAGE,
    output:
        html=report("results/report.html", caption="../report/page.rst", category="Report"),
        checklists=directory("results/checklists"),
        card="results/model_card.md",
        tables="results/tables.docx",
        metrics="results/metrics/report.json",
    log:
        "logs/render_report.log",
    params:
        content=content(COHORT, PAGE_FILES, CODE_OF_PAGE),
        settings=settings("study", *PHASES),
        evaluations=options_of("--evaluation", EVALUATION, EVALUATED),
        selections=options_of("--selection", f"{SELECTION}/state.json", SELECTED),
        learned=[part for path, runs in LEARNED for part in options_of("--learned", path, runs)],
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
        " --attributions {input.attributions:q}"
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
