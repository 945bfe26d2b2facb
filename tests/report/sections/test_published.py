"""Our results next to published ones."""

from typing import Any

from sonomics.core.settings.parameters import Parameters
from sonomics.report.sections import published
from sonomics.report.study.record import Record
from tests.report.synthetic import PARAMS

RESULT = {"set": "internal", "statistic": "auc", "model": "stacked", "value": 0.889, "interval": [0.8, 0.95]}


def with_published(results: list[dict[str, Any]]) -> Parameters:
    publication = {"paper": "Someone 2022", "figures": results}
    return Parameters.partial({**PARAMS, "report": {**PARAMS["report"], "published": publication}})


def test_ours_are_next_to_the_published_results(record: Record) -> None:
    assert published.build(record.first, Parameters.partial(PARAMS)) is None
    section = published.build(record.first, with_published([RESULT, {**RESULT, "model": "deep"}]))
    assert section is not None
    assert "different data" in section.paragraphs[0]
    assert "simulated" in section.paragraphs[0]
    ours, unknown = section.tables[0].rows
    auc = record.first.find_statistic("stacked", "internal", "auc")
    assert [cell.main for cell in ours[:5]] == ["Internal test", "stacked", "AUC", f"{auc['estimate']:.2f}", "0.889"]
    assert ours[4].detail == "0.80 to 0.95"
    assert ours[5].main.replace("−", "-") == f"{auc['estimate'] - 0.889:z.2f}"
    assert (unknown[3], unknown[5].main) == (("not estimable", "not computed"), "–")
    assert published.build(record.first, with_published([{**RESULT, "task": "survival"}])) is None
