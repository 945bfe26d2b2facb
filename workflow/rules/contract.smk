"""What each phase depends on, as dvc.yaml says it too: its code and its parameters. No rules live here."""

# The library packages whose code a phase runs.
CODE = {
    "export": ("core", "imaging", "simulate", "export"),
    "clean": ("core", "imaging", "networks", "statistics", "clean"),
    "crop": ("core", "crop"),
    "extract": ("core", "networks", "texture", "extract"),
    "select": ("core", "statistics", "select"),
    "train": ("core", "networks", "statistics", "train"),
    "stack": ("core", "statistics", "stack"),
    "evaluate": ("core", "statistics", "evaluate"),
    "report": ("core", "networks", "report"),
}
# What every fit is told of the study.
LEARNING = ("study.seed", "study.tasks", "study.clinical", "study.shuffle_labels")
# The parameters a phase may read, as dvc.yaml tracks them. Run alone, a phase is shown nothing else.
PARAMS = {
    "export": ["study.seed", "study.chunks", "study.threads", "export"],
    "clean": ["study.seed", "study.chunks", "study.threads", "clean"],
    "crop": ["study.seed", "study.chunks", "study.threads", "study.variants", "crop"],
    "extract": ["study.seed", "study.chunks", "study.threads", "study.variants", "extract"],
    "select": [
        "study.seed",
        "study.chunks",
        "study.threads",
        "study.tasks",
        "study.clinical",
        "study.shuffle_labels",
        "study.variants",
        "crop.analysis",
        "extract.families",
        "select",
    ],
    "train": [
        "study.seed",
        "study.chunks",
        "study.threads",
        "study.tasks",
        "study.clinical",
        "study.shuffle_labels",
        "study.variants",
        "crop.analysis",
        "select.folds",
        "train",
    ],
    "stack": [
        "study.seed",
        "study.threads",
        "study.tasks",
        "study.clinical",
        "study.shuffle_labels",
        "study.variants",
        "select.folds",
        "stack",
    ],
    "evaluate": [
        "study.seed",
        "study.threads",
        "study.tasks",
        "study.clinical",
        "study.shuffle_labels",
        "study.variants",
        "export.source",
        "select.folds",
        "stack.models",
        "evaluate",
    ],
    "report": ["study", "export", "clean", "crop", "extract", "select", "train", "stack", "evaluate", "report"],
}
