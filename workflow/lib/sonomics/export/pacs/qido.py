"""Collect the pages of a DICOMweb query (QIDO-RS, PS3.18 section 8.3) until the server has nothing more."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sonomics.export.pacs.protocol import Fault, PacsError

FAR = 1_000_000  # rows beyond what has come: a server that honours the offset has nothing there
_PARTIAL = re.compile(r"\b299\b.*(exceed|additional|maximum|partial|incomplete|truncat)", re.IGNORECASE | re.DOTALL)
NARROWER = "narrow the query, by dates for instance, or have the PACS send more at once"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """One answer of the server.

    Attributes
    ----------
    rows : list of mapping
        DICOM JSON. A server may page over rows of a deeper level, so that one exam comes on several rows.
    is_partial : bool
        Whether the server says that there is more.
    """

    rows: list[Row]
    is_partial: bool = False


def collect_rows(ask: Callable[[int], Page], name_of: Callable[[Row], str]) -> dict[str, Row]:
    """Ask for page after page. The offset counts rows, and the end is a page without any.

    Parameters
    ----------
    ask : callable
        Gives the page that begins at an offset, in rows.
    name_of : callable
        The UID of a row.

    Returns
    -------
    dict
        UID to its first row.

    Raises
    ------
    PacsError
        UNFIT when the server ignores the offset, or ends while it says that there is more.
    """
    named: dict[str, Row] = {}
    offset, is_honoured = 0, False
    while (page := ask(offset)).rows:
        before = len(named)
        for row in page.rows:
            named.setdefault(name_of(row), row)
        if offset and not is_honoured and len(named) == before:
            # Either a server that pages over rows of a deeper level, or one that begins anew whatever it is asked.
            if ask(offset + FAR).rows:
                rule = "it sends the same rows again whatever the offset, so that its lists cannot be known to be whole"
                fix = "if it is known to send every list at once, state `paging: false`; else take a server that pages"
                raise PacsError(Fault.UNFIT, rule, fix)
            is_honoured = True
        offset += len(page.rows)
    _require_whole(page)
    return named


def collect_at_once(page: Page, name_of: Callable[[Row], str]) -> dict[str, Row]:
    """Take the only page of a server that does not page. Returns as `collect_rows`.

    Raises
    ------
    PacsError
        UNFIT when the server says that there is more.
    """
    _require_whole(page)
    return {name_of(row): row for row in reversed(page.rows)}


def says_partial(warning: str) -> bool:
    """Tell whether a Warning header (RFC 7234) says that a list is not whole."""
    return _PARTIAL.search(warning) is not None


def _require_whole(page: Page) -> None:
    if page.is_partial:
        rule = "it says that its list is not whole (Warning 299), and sends no more of it"
        raise PacsError(Fault.UNFIT, rule, NARROWER)
