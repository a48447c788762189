"""Where the lines of a month's bills come from. SOURCES is the table of contents, in the order of print within a unit."""

from __future__ import annotations

from models.fees.sources.carried import CARRIED
from models.fees.sources.deposits import DEPOSITS
from models.fees.sources.metered import METERED
from models.fees.sources.parking import PARKING
from models.fees.sources.penalty import PENALTY
from models.fees.sources.property import PROPERTY
from models.fees.sources.service import SERVICE
from models.fees.sources.shares import SHARES
from models.fees.sources.source import LineSource

SOURCES: tuple[LineSource, ...] = (
    PROPERTY, METERED, SHARES, DEPOSITS, PARKING, SERVICE, PENALTY, CARRIED,
)  # fmt: skip

RANK: dict[str, int] = {
    code: rank for rank, code in enumerate(code for each in SOURCES for code in each.codes)
}
"""Code of a line → its place within a unit."""
