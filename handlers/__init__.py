"""What happens when a person writes. ROUTERS is the table of contents; its order is that of the help text."""

from __future__ import annotations

from handlers import (
    staff_bills,
    staff_cash,
    staff_meters,
    tenant_bills,
)
from handlers.routing import Router

ROUTERS: tuple[Router, ...] = (
    tenant_bills.router,
    staff_meters.router,
    staff_bills.router,
    staff_cash.router,
)
