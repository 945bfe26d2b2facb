"""The sections of docs/reliability.md, each written by the script that measures it.

A script adds its figures with `write_section("name", text)`; the page holds them between `<!-- name -->` and
`<!-- /name -->`, and a name that is new goes to the end.
"""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reliability.md"


def write_section(name: str, text: str, page: Path = PAGE) -> None:
    """Put a text in the place of a section, or behind the last one."""
    before = page.read_text(encoding="utf-8")
    section = f"<!-- {name} -->\n{text.strip()}\n<!-- /{name} -->"
    pattern = re.compile(rf"<!-- {re.escape(name)} -->.*?<!-- /{re.escape(name)} -->", re.DOTALL)
    after = (
        pattern.sub(lambda match: section, before) if pattern.search(before) else f"{before.rstrip()}\n\n{section}\n"
    )
    page.write_text(after, encoding="utf-8")
