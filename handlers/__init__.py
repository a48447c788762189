"""What happens when a person writes. ROUTERS is the table of contents; its order is that of the help text."""

from __future__ import annotations

from handlers import (
    binding,
    help,
    staff_bills,
    staff_cash,
    staff_charges,
    staff_day_close,
    staff_desk,
    staff_dunning,
    staff_export,
    staff_meters,
    staff_notices,
    staff_people,
    staff_policies,
    staff_repair,
    staff_reversals,
    tenant_bills,
    tenant_desk,
    tenant_notices,
    tenant_repair,
    tenant_report,
)
from handlers.routing import Router

ROUTERS: tuple[Router, ...] = (
    binding.router,
    tenant_report.router,
    tenant_repair.router,
    staff_desk.router,
    staff_repair.router,
    tenant_bills.router,
    tenant_desk.router,
    tenant_notices.router,
    staff_meters.router,
    staff_bills.router,
    staff_cash.router,
    staff_reversals.router,
    staff_day_close.router,
    staff_charges.router,
    staff_dunning.router,
    staff_notices.router,
    staff_policies.router,
    staff_people.router,
    staff_export.router,
    help.router,
    help.staff_router,
)
