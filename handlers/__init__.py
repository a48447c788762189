"""What happens when a person writes. ROUTERS is the table of contents; its order is that of the help text."""

from __future__ import annotations

from handlers.routing import Router

ROUTERS: tuple[Router, ...] = ()
