"""What every part of the configuration has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the configuration: unknown keys are refused, values never change after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)
