"""Suspension of services, the manual's last step, inside what the law leaves of it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from models.rules.section import Section

Mode = Literal["off", "optional_services", "manual"]
UTILITY_WORDS = (
    "水", "电", "暖", "热", "燃气", "煤气", "天然气", "供冷", "消防", "门禁", "通行", "网络", "电梯", "道闸",
)  # fmt: skip
"""Whoever has one of these words in its name is no optional service [law: 民法典 §944 “等方式”; local rules]."""


class SuspensionRules(Section):
    """What may be suspended, and by what right.

    off: the last letter is the 欠费法律告知函. optional_services: only what is on the whitelist.
    manual: the manual's own step, utilities included; starts only with its legal basis [manual flow chart].
    """

    mode: Mode = "off"
    legal_basis: str = ""
    """Printed in the letter and on every card; what the centre's lawyer has confirmed."""
    optional_services: tuple[str, ...] = ("加班空调", "会议室预订", "商务服务", "车位续租")
    """What may be suspended without touching the use of the unit [practice]."""
    manual_services: tuple[str, ...] = ("空调", "供电")
    """What the manual names [manual flow chart: 空调、供电等服务]; only in mode manual."""
    full_days: int = 7
    """Full days after the paper letter was received [manual flow chart]."""
    decision_valid_h: int = 72
    """An approved decision that is not carried out by then lapses [practice]."""
    restore_h: int = 4
    """Engineering restores within this time [practice]."""

    @model_validator(mode="after")
    def _lawful(self) -> Self:
        if self.mode == "manual" and not self.legal_basis.strip():
            raise ValueError(
                "mode 为 manual 时必须填写 legal_basis（法律依据）：民法典第 944 条禁止以停水、停电等方式催交物业费"
            )
        if self.mode == "optional_services" and not self.optional_services:
            raise ValueError("mode 为 optional_services 时，optional_services 不能为空")
        for service in self.optional_services:
            if any(word in service for word in UTILITY_WORDS) or (
                "空调" in service and "加班" not in service
            ):
                raise ValueError(f"“{service}”属于水电暖气等基本服务，不能列入 optional_services")
        return self

    @property
    def services(self) -> tuple[str, ...]:
        """What may be suspended in this mode."""
        by_mode = {
            "off": (),
            "optional_services": self.optional_services,
            "manual": (*self.optional_services, *self.manual_services),
        }
        return by_mode[self.mode]
