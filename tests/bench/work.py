"""One section in a process, so that its memory is its own: `python -m tests.bench.work SECTION FOLDER [--full]`."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import sys
from dataclasses import asdict

import structlog

from tests.bench.figure import Bench

SECTIONS = (
    "callbacks",
    "handled",
    "outbox",
    "notices",
    "bills",
    "calendar",
    "deadlines",
    "answers",
    "month",
    "start",
)


def main(section: str, folder: str, *, full: bool) -> None:
    """Measures, and prints the figures as JSON on the last line."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    measure = importlib.import_module(f"tests.bench.{section}").measure
    figures = asyncio.run(measure(Bench(folder, full)))
    print(json.dumps([asdict(figure) for figure in figures]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], full="--full" in sys.argv)
