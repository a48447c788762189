"""Logging: one JSON line per event, static text and fields; people read it in colour on a terminal. No secrets, no texts."""

from __future__ import annotations

import contextlib
import logging
import sys

import structlog


class StderrLogger:
    """Writes to where stderr goes at the moment of writing.

    A log that cannot be written (disk full, reader gone) must not undo the work it tells of.
    """

    def msg(self, message: str) -> None:
        """One line."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"{message}\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


def set_up_logs(*, verbose: bool = False, quiet: bool = False) -> None:
    """Sets up structlog for the process; libraries' warnings come through as well. quiet: only what is wrong."""
    level = logging.WARNING if quiet else logging.DEBUG if verbose else logging.INFO
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: StderrLogger(),
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
