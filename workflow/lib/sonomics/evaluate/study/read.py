"""Read one task of one variant from the files of earlier phases."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sonomics.core.cohort import read_roster, read_unmasked_cohort
from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.core.folds import read_folds
from sonomics.core.params import MAIN
from sonomics.core.registry import load
from sonomics.core.schemas import PREDICTIONS, SCREENED
from sonomics.core.settings.evaluate import Evaluate
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.study import Study
from sonomics.core.tables import read_table
from sonomics.core.tasks import SURVIVAL, horizon_of, outcome_of
from sonomics.evaluate.optional.external_models import Question, add_external_models
from sonomics.evaluate.samples.cases import SIMULATED_RISK, join_scores, reference_outcomes
from sonomics.evaluate.samples.models import Model, model_from
from sonomics.evaluate.samples.scored import CLUSTER, build_samples
from sonomics.evaluate.study.context import Context, Files, Followed
from sonomics.kinds.analyses import columns_of_analyses
from sonomics.kinds.sources import SOURCES
from sonomics.kinds.tasks import TASKS


def read_context(
    parameters: Parameters,
    variant: str,
    task: str,
    folds: Path,
    schemes: Mapping[str, str],
    models: Mapping[str, tuple[Path, Path]],
    files: Files,
) -> Context:
    """Read everything that the analyses of a run use.

    Parameters
    ----------
    parameters : Parameters
        With `study`, `export.source`, `select.folds`, `stack.models` and `evaluate`.
    variant, task : str
    folds : Path
        Schema FOLDS.
    schemes : mapping of str to str
        This run, and those that it is compared with, to the scheme of their folds.
    models : mapping of str to (Path, Path)
        Final model to its predictions (schema PREDICTIONS) and its `thresholds.json`.
    files : Files
    """
    study, settings = parameters.study, parameters.evaluate
    primary = settings.primary_of(task, study.tasks[task])
    cohort = read_study_cohort(files.cohort, study, settings)
    if settings.near_duplicates == "cluster":
        cohort[CLUSTER] = name_clusters(cohort["patient"], read_table(files.images, SCREENED))
    stated = study.tasks[task]
    outcome, reader = outcome_of(stated), load(TASKS.get(stated.type).reader)
    outcomes = reference_outcomes(cohort, task, study, read_folds(folds, schemes[variant]))
    cohort, labels, settings = reader.prepare(cohort, outcomes, settings, stated)
    predictions = pd.concat([read_table(path, PREDICTIONS) for path, _ in models.values()], ignore_index=True)
    evaluated = read_models({name: path for name, (_, path) in models.items()}, primary)
    if variant == MAIN:
        external = settings.imports_of(task, study.tasks)
        question = Question(task, outcome.classes(stated), outcome.horizons(stated))
        evaluated, predictions = add_external_models(
            evaluated, predictions, external, reader.read_import, question, cohort, labels
        )
    risk = read_simulated_risk(files.cohort) if is_simulated(parameters) and reader.has_best_possible else None
    cases = join_scores(cohort, labels, predictions, risk, reader.apart)
    cases = reader.describe(cases, evaluated, outcome.classes(stated))
    return Context(
        variant=variant,
        task=task,
        settings=settings,
        cohort=cohort,
        samples=build_samples(cases, evaluated),
        labels=labels,
        predictions=predictions,
        files=files,
        seed=study.seed,
        clinical=study.clinical,
        horizon=horizon_of(study.tasks[task]),
        parameters=max(1, len(parameters.stack.models[primary].of)),
        tasks=list(study.tasks),
        kind=stated.type,
        classes=outcome.classes(stated),
        ordered=bool(getattr(stated, "ordered", False)),
        label_words=reader.name_labels(outcome.classes(stated)),
        schemes=schemes,
        divided_by=name_columns(parameters) if variant == MAIN else {},
        outcomes=read_outcomes(cohort, task, study, settings),
    )


def name_columns(parameters: Parameters) -> dict[str, str]:
    """Name the columns by which the schemes of folds of the study divide the patients, by scheme."""
    schemes = parameters.select.schemes().items()
    return {name: scheme.column for name, scheme in schemes if scheme.column is not None}


def read_outcomes(cohort: pd.DataFrame, task: str, study: Study, settings: Evaluate) -> dict[str, Followed]:
    """Read the outcomes by which the scores of a task are judged, with the true times of every case.

    Parameters
    ----------
    cohort : DataFrame
        Unmasked.
    task : str
    study : Study
        With `tasks`.
    settings : Evaluate
        With `outcomes` and `follow_up`.
    """
    judging = [name for name, judged in settings.follow_up.items() if task in judged]
    stated = {name: settings.outcome(name, study.tasks) for name in judging}
    return {
        name: Followed(SURVIVAL.read(cohort, outcome), sorted(map(float, outcome.horizons)))
        for name, outcome in stated.items()
    }


def name_clusters(patients: pd.Series, images: pd.DataFrame) -> pd.Series:
    """Name the cluster of every case: the group of patients who share a near-duplicate image, or the patient alone.

    Parameters
    ----------
    patients : Series of str
        Of each case.
    images : DataFrame
        Schema SCREENED.
    """
    groups = images.drop_duplicates("patient").set_index("patient")["duplicate_group"]
    return patients.map(groups).fillna(patients)


def is_simulated(parameters: Parameters) -> bool:
    """Tell whether the cases of a study are simulated."""
    return SOURCES.get(parameters.export.source).is_simulated


def read_study_cohort(path: Path, study: Study, settings: Evaluate) -> pd.DataFrame:
    """Read the cohort with every label, the clinical columns and those that the analyses of the study read."""
    columns = dict.fromkeys([*study.clinical, *columns_of_analyses(settings)])
    return read_unmasked_cohort(path, study.model_copy(update={"clinical": list(columns)}))


def read_models(thresholds: Mapping[str, Path], primary: str) -> list[Model]:
    """Read the models with their frozen thresholds, the primary one first."""
    models = [model_from(name, read_json(path)) for name, path in thresholds.items()]
    return sorted(models, key=lambda model: model.name != primary)


def read_simulated_risk(path: Path) -> pd.Series:
    """Read the risk that the simulator drew, indexed by case."""
    roster = read_roster(path)
    if SIMULATED_RISK not in roster:
        rule = f"a simulated cohort has the column {SIMULATED_RISK}"
        raise StudyError(str(path), rule, "draft it with `sonomics query`")
    return roster.set_index("case")[SIMULATED_RISK].astype(float)
