"""`make docs`: writes the generated parts of README and docs anew, from the tables of the code and the configuration.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`. With --check nothing is written; what is out of date
is told and the exit code is 1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.docs_parts import commands, settings, tables

ROOT = Path(__file__).parent.parent

PARTS: Mapping[str, Callable[[], str]] = {
    "commands-tenant": commands.for_tenants,
    "commands-staff": commands.for_staff,
    "commands-by-role": commands.by_role,
    "permissions": commands.permissions,
    "jobs": tables.jobs,
    "workflows": tables.workflows,
    "import-sheets": tables.import_sheets,
    "metrics": tables.metrics,
    "cli": tables.command_line,
    "settings-rules": settings.of_rules,
    "settings-service": settings.of_service,
}
_PART = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> list[Path]:
    """Every page a person reads."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def renewed(text: str) -> str:
    """The page with its generated parts as they should be. Raises KeyError for a part nobody makes."""
    return _PART.sub(lambda found: f"{found[1]}\n{PARTS[found['name']]().strip()}\n\n{found[3]}", text)


def parts_used() -> set[str]:
    """The names of the parts that stand on some page."""
    return {found["name"] for page in pages() for found in _PART.finditer(page.read_text(encoding="utf-8"))}


def outdated() -> list[Path]:
    """Pages whose generated parts are not what the code says."""
    texts = {page: page.read_text(encoding="utf-8") for page in pages()}
    return [page for page, text in texts.items() if renewed(text) != text]


def main(arguments: list[str]) -> int:
    """Writes, or checks; the exit code."""
    stale = outdated()
    for page in stale:
        sys.stdout.write(f"{page.relative_to(ROOT)}\n")
        if "--check" not in arguments:
            page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")
    if stale and "--check" in arguments:
        sys.stdout.write("out of date: run `make docs`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
