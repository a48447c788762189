"""The facts of the printable sheet of QR codes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KfCode:
    """One code: where it hangs, and the picture as SVG."""

    title: str
    subtitle: str
    svg: str


@dataclass(frozen=True, slots=True)
class KfSheet:
    """All of them, six on a page."""

    park: str
    centre: str
    phone: str
    codes: tuple[KfCode, ...]

    def __post_init__(self) -> None:
        if not self.codes:
            raise ValueError("a sheet needs at least one code")
