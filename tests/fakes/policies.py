"""The policies of the sample park, and variations of them, put in as the import would."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.sample.policies import POLICIES, POLICY_HEADS
from models.database import Database
from models.imports.cells import Cells
from models.imports.policy import POLICIES as FORM
from models.imports.sheet import Batch
from models.rules import Rules

PROPERTY, LIABILITY, MACHINERY = "CY2025-0701-01", "GZ2025-0701-02", "JS2025-1001-03"
NOW = datetime(2026, 3, 16, 1, tzinfo=UTC)


def policy_cells(number: str = PROPERTY, **changes: object) -> dict[str, object]:
    """A row of the sample sheet, with other values in some cells."""
    row = next(row for row in POLICIES if row[0] == number)
    return dict(zip(POLICY_HEADS, row, strict=True)) | changes


async def add_policies(db: Database, rules: Rules, *rows: dict[str, object]) -> list[str]:
    """Stores the rows, or the three of the sample; a reason per row, "" for a good one."""
    cells = rows or tuple(policy_cells(number) for number in (PROPERTY, LIABILITY, MACHINERY))
    checked = [FORM.check(Cells(each), rules) for each in cells]
    async with db.begin() as session:
        keys = frozenset(row.key for row in checked)
        return await FORM.save(session, Batch(checked, keys, NOW, rules))
