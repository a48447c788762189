"""The insurance policies of the sample park: one of each sort a park has. Insurers and numbers are invented."""

from __future__ import annotations

from datetime import date

POLICY_HEADS = [
    "保单号", "险种", "保险公司", "报案电话", "业务联系人", "联系电话", "被保险人", "承保标的",
    "保险金额", "免赔额", "免赔说明", "起保日", "止保日", "报案时限", "附加险", "适用损失", "除外提示",
]  # fmt: skip
_INSURER, _HOTLINE, _CONTACT, _PHONE = "示例财产保险杭州分公司", "0571-8800 5500", "许经理", "0571-8800 5501"
_HOLDER = "稻香物业服务有限公司"

# The cover for all risks comes without the rider for glass, as many do: glass that bursts may not be paid.
POLICIES: tuple[tuple[object, ...], ...] = (
    (
        "CY2025-0701-01", "财产一切险", _INSURER, _HOTLINE, _CONTACT, _PHONE, _HOLDER,
        "园区公共建筑物、装修、公共设备", 80_000_000, 2_000, "或损失金额的 10%，以高者为准",
        date(2025, 7, 1), date(2026, 6, 30), None, "自动恢复保险金额", "", "",
    ),
    (
        "GZ2025-0701-02", "公众责任险", _INSURER, _HOTLINE, _CONTACT, _PHONE, _HOLDER,
        "园区内因经营管理造成第三者人身、财产损失的法律责任", 10_000_000, 1_000, "人身伤亡无免赔",
        date(2025, 7, 1), date(2026, 6, 30), None, "停车场责任", "", "",
    ),
    (
        "JS2025-1001-03", "机器损坏险", "示例机械保险杭州支公司", "0571-8800 5566", "薛经理", "0571-8800 5567", _HOLDER,
        "电梯、冷水机组、水泵、配电设备", 12_000_000, 3_000, "",
        date(2025, 10, 1), date(2026, 9, 30), 10, "", "", "保修期内的损失",
    ),
)  # fmt: skip
