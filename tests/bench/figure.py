"""One measured figure beside its limit."""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and what could at best be had on this machine at this moment.

    value, limit: in `unit`. ratio: value to limit, so that one is all there is to have; for times, limit to value
    is given where less is better. target: in words; met: None where there is none.
    """

    section: str
    name: str
    value: float
    unit: str
    limit: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    memory_mb: float | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """What every section is given. `folder` is its own and empty."""

    folder: str
    full: bool


def percentile_ms(seconds: Sequence[float], per_cent: int) -> float:
    """The value below which `per_cent` of the sample lie."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, len(ordered) * per_cent // 100)]


def peak_mb() -> float:
    """The most memory this process has held."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / (2**20 if sys.platform == "darwin" else 2**10)
