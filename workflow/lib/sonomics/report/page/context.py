"""What the template of the page is filled with."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import pandas as pd
import yaml
from markupsafe import Markup

from sonomics.core.params import PHASES
from sonomics.core.provenance import list_software
from sonomics.core.settings.parameters import Parameters
from sonomics.report.cases.sharing import draw_running_numbers
from sonomics.report.cases.table import gather_cases
from sonomics.report.documents.checklists import Standard, fill_standard
from sonomics.report.documents.model_card import write_model_card
from sonomics.report.elements.pictures import inline_svg
from sonomics.report.page.embedded_data import embed_json
from sonomics.report.page.phase_diagram import count_products, describe_phases, draw_phases
from sonomics.report.page.task import draw_pictures, gather_task
from sonomics.report.prose.paragraphs import write_methods
from sonomics.report.sections.flow import tabulate_flow
from sonomics.report.sections.learned import LearnedTable
from sonomics.report.sections.phantom import describe_phantom
from sonomics.report.sections.selection import describe_selection
from sonomics.report.study.evaluation import Evaluation
from sonomics.report.study.flow_of_cases import count_flow, count_uncropped, spell_reason
from sonomics.report.study.near_duplicates import describe_doubtful_values, describe_shared_images
from sonomics.report.study.record import Record
from sonomics.report.study.statements import list_statements, list_unstated
from sonomics.report.study.variants import read_shuffled_means
from sonomics.report.study.wording import describe_starting_weights


@dataclass(frozen=True)
class Inputs:
    """Everything that the page is made of.

    Attributes
    ----------
    params : Parameters
    evaluations : dict of str to list of Evaluation
        By task, the main run first.
    cohort : DataFrame
        Indexed by case.
    cohort_content : bytes
        Of data/cohort.csv.
    screening, crops, maps, attributions : DataFrame
        Schemas SCREENING, CROPS, MAPS and ATTRIBUTIONS; all but the first of the main run.
    flow_chart : str
        SVG text.
    selections : list of (str, str, mapping)
        Family, task and state of the selection on all training cases of the main run.
    learned : list of LearnedTable
    metrics, metrics_texts : dict
        By phase: the content of its metrics file, and its text.
    phantom : DataFrame
        Values of the texture engines on the IBSI phantom.
    standards : list of Standard
        Reporting standards to fill.
    hashes : list of (str, str)
        What the page is made from, and its SHA-256.
    """

    params: Parameters
    evaluations: dict[str, list[Evaluation]]
    cohort: pd.DataFrame
    cohort_content: bytes
    screening: pd.DataFrame
    crops: pd.DataFrame
    maps: pd.DataFrame
    attributions: pd.DataFrame
    flow_chart: str
    selections: list[tuple[str, str, Mapping[str, Any]]]
    learned: list[LearnedTable]
    metrics: dict[str, Any]
    metrics_texts: dict[str, str]
    phantom: pd.DataFrame
    standards: list[Standard]
    hashes: list[tuple[str, str]]


def build_context(inputs: Inputs) -> dict[str, Any]:
    """Build the context of the template; the tables in it are in the order of the page."""
    params = inputs.params
    share = params.report.share
    mains = [runs[0] for runs in inputs.evaluations.values()]
    pictures = {} if share else draw_pictures(mains, inputs.crops, inputs.maps, params)
    record = Record(params, inputs.metrics, mains, inputs.screening, inputs.selections)
    products = count_products(inputs.metrics, params)
    shared_images = describe_shared_images(inputs.metrics.get("clean", {}), params)
    remarks = [shared_images, describe_doubtful_values(inputs.metrics.get("extract", {}))]
    return {
        "study": params.study,
        "simulated": record.is_simulated,
        "shared": share,
        "shown": len(pictures),
        "tasks": [
            gather_task(
                runs,
                pictures,
                inputs.maps,
                inputs.attributions,
                inputs.learned,
                read_shuffled_means(inputs.metrics, task),
                params,
                shared_images,
            )
            for task, runs in inputs.evaluations.items()
        ],
        "chart": Markup(inline_svg(inputs.flow_chart, "screening")),
        "cases": tabulate_flow(count_flow(inputs.screening, record.first), shared_images),
        "remarks": [remark for remark in remarks if remark],
        "uncropped": count_uncropped(inputs.crops, inputs.screening, params.crop.analysis),
        "unused_outlines": {
            spell_reason(code): count for code, count in (record.find_metric("crop", "unused_outlines") or {}).items()
        },
        "selections": [describe_selection(*selection) for selection in inputs.selections],
        "methods": write_methods(record),
        "statements": list_statements(params),
        "unstated": list_unstated(params),
        "weights": describe_starting_weights(params),
        "checklists": [fill_standard(standard, record) for standard in inputs.standards],
        "card": write_model_card(record),
        "phases": draw_phases(products),
        "phases_described": describe_phases(products),
        "hashes": inputs.hashes,
        "phantom": describe_phantom(inputs.phantom),
        "software": list_software(),
        "params": dump_params(params),
        "metrics": list(inputs.metrics_texts.items()),
        "data": embed_json(_gather_data(inputs, mains, pictures, share)),
    }


def dump_params(params: Parameters) -> str:
    """Write all parameters, defaults among them, as YAML in the order of the phases."""
    plain = params.plain()
    ordered = {section: plain[section] for section in ("study", *PHASES)}
    return yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True, width=100)


def _gather_data(inputs: Inputs, mains: list[Evaluation], pictures: Mapping[str, Any], share: bool) -> dict[str, Any]:
    """Gather the data that the script of the page reads."""
    params, cases = inputs.params, inputs.cohort.index
    level = params.evaluate.level
    clinical = inputs.cohort[params.study.clinical]
    names = {case: case for case in cases}
    if share:
        names = draw_running_numbers(cases, params.study.seed, inputs.cohort_content)
    return {
        "level": level,
        "z": NormalDist().inv_cdf(0.5 + level / 2),
        "shared": share,
        "images": pictures,
        "tasks": {
            main.task: gather_cases(main, inputs.screening, clinical, inputs.attributions, names, share)
            for main in mains
        },
    }
