"""When the service calls for a person about itself."""

from __future__ import annotations

from pydantic import Field

from models.rules.section import Section


class OperationRules(Section):
    """Limits of the queues [practice]."""

    inbox_late_min: int = Field(5, ge=1)
    """A message that came in and is older than this, on three looks in a row, raises an alarm [practice]."""
    outbox_late_min: int = Field(20, ge=1)
    """Likewise one that should have gone out; limits of the platform may hold it for some minutes [practice]."""
    grows_looks: int = Field(10, ge=3)
    """So many minutes in a row a queue must only grow to raise an alarm [practice]."""
    grows_least: int = Field(200, ge=1)
    """And it must hold so many messages [practice]."""
