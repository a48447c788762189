"""Insurance: policies and their renewal, and the insurer's own clocks."""

from __future__ import annotations

from models.rules.section import Section


class InsuranceRules(Section):
    """Policies of the park [manual 3.1: 跟进保险合同续保; the numbers are practice where nothing else is said]."""

    renewal_days: tuple[int, ...] = (60, 30, 15, 7)
    """So many days before the end of a policy its renewal is asked for [practice]."""
    usual_losses: dict[str, tuple[str, ...]] = {
        "财产一切险": ("水浸", "玻璃自爆", "火灾", "盗抢", "自然灾害", "其他损失"),
        "公众责任险": ("客户财产", "车辆"),
        "机器损坏险": ("机器设备",),
        "现金险": ("现金",),
    }
    """Which losses a sort of policy is asked about, where the import sheet does not say [practice]."""
    decision_days: int = 30
    """The insurer's decision on a complex claim [law: 保险法 §23]."""
    payment_days: int = 10
    """Payment after the agreement on the amount [law: 保险法 §23]."""
    refusal_days: int = 3
    """The written refusal with its reasons, after the decision [law: 保险法 §24]."""
    undisputed_days: int = 60
    """Payment of the part that can be determined, from the day the papers were handed in [law: 保险法 §25]."""
    insurer_warn_days: tuple[int, ...] = (2,)
    """So many days before the insurer's time is over the lead is reminded [practice]."""
    amber_percent: int = 25
    """A clock turns amber on the board when no more than this part of its time is left [practice]."""
    limitation_years: int = 2
    """Time to claim, from the day the loss was known [law: 保险法 §26]."""
    limitation_warn_days: tuple[int, ...] = (180, 60, 15)
    """So many days before the two years are over the lead is reminded [practice]."""
