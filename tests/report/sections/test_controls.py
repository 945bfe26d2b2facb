"""The table of controls."""

from sonomics.report.sections.controls import tabulate_controls
from tests.report.hand_made import evaluation_of


def test_the_control_table_puts_runs_side_by_side() -> None:
    main = evaluation_of("main", {"internal": (0.8, 0.6, 0.9)})
    shuffled = evaluation_of("shuffled", {"internal": (0.5, 0.3, 0.7)})
    table = tabulate_controls([main, shuffled], {"main": "study", "shuffled": "control"}, {})
    assert [[cell.main for cell in row] for row in table.rows] == [
        ["main", "0.80", "study"],
        ["shuffled", "0.50", "control"],
    ]
    assert table.rows[1][1].detail == "0.30 to 0.70"
    assert table.caption == "AUC of stacked in the main run and in the other runs"
    assert tabulate_controls([main], {"main": "study"}, {}).caption == "AUC of stacked in the main run"
