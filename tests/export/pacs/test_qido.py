"""Pages of a DICOMweb query, from servers that page in their own ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.export.pacs.protocol import PacsError
from sonomics.export.pacs.qido import Page, collect_at_once, collect_rows, says_partial

EXCEEDED = (
    '299 srv: "The number of results exceeded the maximum supported by the server. '
    'Additional results can be requested."'
)


def rows(names):
    return [{"uid": name} for name in names]


def uid(row):
    return row["uid"]


@given(st.lists(st.integers(1, 25), max_size=30), st.integers(1, 12))
def test_an_exam_on_many_rows_hides_no_other(series, size):
    listed = rows(f"exam {number}" for number, count in enumerate(series) for _ in range(count))
    found = collect_rows(lambda offset: Page(listed[offset : offset + size], is_partial=offset < len(listed)), uid)
    assert list(found) == [f"exam {number}" for number in range(len(series))]


@pytest.mark.parametrize("page", [[0, 1, 2], [0]])
def test_a_server_that_ignores_the_offset_is_not_believed(page):
    asked = []

    def ask(offset):
        asked.append(offset)
        return Page(rows(page))

    with pytest.raises(PacsError, match=r"same rows again.*paging: false"):
        collect_rows(ask, uid)
    assert len(asked) == 3


def test_a_server_that_repeats_its_last_page_is_not_believed():
    listed = rows(range(25))
    with pytest.raises(PacsError, match="same rows again"):
        collect_rows(lambda offset: Page(listed[min(offset, 15) :][:10]), uid)


def test_a_server_that_says_there_is_more_and_sends_none_is_not_believed():
    with pytest.raises(PacsError, match=r"Warning 299"):
        collect_rows(lambda offset: Page(rows([1, 2]) if offset == 0 else [], is_partial=True), uid)
    with pytest.raises(PacsError, match=r"Warning 299"):
        collect_at_once(Page(rows([1, 2]), is_partial=True), uid)
    assert set(collect_at_once(Page(rows([1, 2, 1])), uid)) == {1, 2}


@pytest.mark.parametrize(
    ("warning", "partial"),
    [
        (EXCEEDED, True),
        (EXCEEDED.lower(), True),
        ('299 - "deprecated"', False),
        ('299 {SERVICE}: "The fuzzymatching parameter is not supported."', False),
        ('199 - "maximum"', False),
        ("", False),
    ],
)
def test_a_warning_says_partial(warning, partial):
    assert says_partial(warning) is partial
