"""The table of the flow of cases."""

from sonomics.report.sections.flow import tabulate_flow
from sonomics.report.study.flow_of_cases import UNKNOWN, Flow


def test_the_table_of_cases_has_a_column_for_every_reason_of_any_set() -> None:
    train = Flow("Training", 9, {"no image": 2, UNKNOWN: 1}, 6, "2 positive, 4 negative")
    table = tabulate_flow([train, Flow("Internal", 1204, {"criterion: adult": 4}, 1200, "")])
    assert table.columns == [
        "Set",
        "Listed",
        "No image",
        UNKNOWN[0].upper() + UNKNOWN[1:],
        "Criterion: adult",
        "Analysed",
    ]
    assert [[cell.main for cell in row] for row in table.rows] == [
        ["Training", "9", "2", "1", "0", "6"],
        ["Internal", "1,204", "0", "0", "4", "1,200"],
    ]
    assert table.rows[0][-1].detail == "2 positive, 4 negative"
