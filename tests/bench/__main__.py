"""`make bench`: measures, prints a table, writes JSON. See --help."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.figure import Figure
from tests.bench.work import SECTIONS

console = Console(width=None if sys.stdout.isatty() else 150)


def main() -> int:
    """0 when every section could be measured, whatever its figures are."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("json", nargs="?", type=Path, default=Path("data/bench.json"), help="where to write")
    parser.add_argument(
        "--full", action="store_true", help="the sizes that the targets speak of; half an hour"
    )
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, metavar="SECTION")
    chosen = parser.parse_args()
    began, figures, failed = time.monotonic(), list[Figure](), list[str]()
    for section in chosen.only:
        console.print(f"measuring {section} …", style="dim")
        measured = run(section, full=chosen.full)
        figures.extend(measured)
        if not measured:
            failed.append(section)
    console.print(table(figures))
    write(chosen.json, figures, full=chosen.full)
    console.print(f"{time.monotonic() - began:.0f} s; written to {chosen.json}")
    for section in failed:
        console.print(f"{section} could not be measured, see above", style="red")
    return 1 if failed else 0


def run(section: str, *, full: bool) -> list[Figure]:
    """The figures of one section; none when it failed."""
    with tempfile.TemporaryDirectory(prefix="guanjia-bench-") as folder:
        command = [sys.executable, "-W", "ignore", "-m", "tests.bench.work", section, folder]
        done = subprocess.run(command + ["--full"] * full, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return []
    return [Figure(**fields) for fields in json.loads(done.stdout.splitlines()[-1])]


def table(figures: list[Figure]) -> Table:
    """For people."""
    shown = Table(title=f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}")
    shown.add_column("section")
    shown.add_column("figure", overflow="fold")
    for heading in ("value", "limit", "ratio", "p50 ms", "p99 ms", "MB"):
        shown.add_column(heading, justify="right", no_wrap=True)
    shown.add_column("target")
    shown.add_column("met")
    for f in figures:
        limit = "" if f.limit is None else f"{number(f.limit)} {f.unit}"
        met = "" if f.met is None else "[green]yes[/]" if f.met else "[red]no[/]"
        shown.add_row(
            f.section, f.name, f"{number(f.value)} {f.unit}", limit, number(f.ratio), number(f.p50_ms),
            number(f.p99_ms), number(f.memory_mb), f.target, met,
        )  # fmt: skip
    return shown


def number(value: float | None) -> str:
    """Three digits that matter."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def write(file: Path, figures: list[Figure], *, full: bool) -> None:
    """For programs."""
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "machine": platform.machine()}
    content = {"machine": machine, "full": full, "figures": [asdict(figure) for figure in figures]}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
