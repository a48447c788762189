"""Which policy may be asked about a loss, and what may be left out. It never says that something is covered.

Wordings differ; what stands here is left out by common wordings [practice]. What the site's own wording leaves out is
entered with the policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.policies.policy import Policy

PROVISO = "是否赔付以保险公司答复为准"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What common wordings of a sort of policy leave out of a kind of loss.

    rider: a word in the name of a rider that takes the exclusion back; "" when there is none.
    """

    loss: str
    policy: str
    rider: str
    text: str


EXCLUSIONS = (
    Exclusion("玻璃自爆", "财产", "玻璃", "固定玻璃破碎常列为除外，本保单没有登记玻璃破碎附加险，可能不赔"),
    Exclusion("水浸", "财产", "", "渗漏、自然磨损、年久失修造成的可能除外，请保留爆管、暴雨等突发原因的证据"),
    Exclusion("水浸", "财产", "", "未采取合理施救而扩大的部分可能不赔，请先止水、移物并拍照"),
    Exclusion("火灾", "财产", "", "电器自身短路烧毁的那一部分可能除外，蔓延造成的损失另算，请附火灾证明"),
    Exclusion("盗抢", "财产", "盗抢", "盘点短缺、没有明显撬痕的丢失可能除外，须在 24 小时内报警并取得回执"),
    Exclusion("自然灾害", "财产", "", "地震、海啸常列为除外；暴雨、台风、雷击请附气象证明"),
    Exclusion("机器设备", "机器", "", "自然磨损、保修期内应由厂家负责的部分可能除外，请附检修记录和鉴定意见"),
    Exclusion("机器设备", "财产", "", "机器自身的电气、机械故障可能除外，请同时看机器损坏险"),
    Exclusion("车辆", "责任", "停车", "停车场内车辆的刮擦、丢失可能除外，请看是否有停车场责任附加险"),
    Exclusion("客户财产", "责任", "", "只涉及我方依法应负的赔偿责任；未经保险公司同意的承诺和赔付可能不赔"),
    Exclusion("客户财产", "财产", "", "租户的物品一般不在我方投保的标的之内"),
    Exclusion("现金", "现金", "", "超过约定存放限额、无人看管的现金可能除外，须报警并附盘点记录"),
    Exclusion("现金", "财产", "现金", "现金、票据一般不在标的之内，请看现金险"),
)


def may_apply(policies: Sequence[Policy], loss: str) -> list[Policy]:
    """The policies to ask about a kind of loss; those made for it come first."""
    return [policy for policy in policies if loss in policy.losses]


def exclusions_of(policy: Policy, loss: str) -> list[str]:
    """What may be left out of this kind of loss under this policy; a rider takes its exclusion back."""
    found = [
        each.text
        for each in EXCLUSIONS
        if each.loss == loss and each.policy in policy.name and not _has_rider(policy, each.rider)
    ]
    return [*found, f"本保单载明：{policy.exclusions}"] if policy.exclusions else found


def riders_for(policy: Policy, loss: str) -> list[str]:
    """The riders of the policy that speak of this kind of loss."""
    words = {each.rider for each in EXCLUSIONS if each.loss == loss and each.rider}
    return [rider for rider in policy.riders if any(word in rider for word in words)]


def _has_rider(policy: Policy, word: str) -> bool:
    return bool(word) and any(word in rider for rider in policy.riders)
