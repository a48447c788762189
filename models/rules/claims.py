"""Insurance claims [manual 四.11]."""

from __future__ import annotations

from typing import Self

from pydantic import field_validator, model_validator

from models.rules.section import Section


class ClaimKind(Section):
    """A kind of loss.

    object: what is hurt by default, a key of `claims.objects`. words: by which a sentence is recognised.
    first: what to do on the scene at once. police: whether the police must be told [manual 4.1.2].
    """

    object: str
    words: tuple[str, ...]
    first: str
    police: bool = False


_STOP_WATER = "关总阀、断开受水浸区域电源，挪开未受损物品，围挡警示；别擦、别扔。"
_KINDS = {
    "水浸": ClaimKind(
        object="公共财产",
        words=("水浸", "浸水", "泡水", "进水", "漏水", "爆管", "水管", "水淹", "积水"),
        first=_STOP_WATER,
    ),
    "玻璃自爆": ClaimKind(
        object="公共财产",
        words=("玻璃自爆", "玻璃爆", "幕墙", "玻璃碎", "玻璃"),
        first="拉警戒线、疏散楼下行人，查看有无人受伤；碎片原样保留，高空松动的碎片请工程部加固。",
    ),
    "火灾": ClaimKind(
        object="公共财产",
        words=("火灾", "着火", "起火", "失火", "火情", "冒烟"),
        first="先拨 119、疏散人员、切断电源和气源；灭火后封闭现场，等消防认定，不要翻动。",
    ),
    "机器设备": ClaimKind(
        object="机器设备",
        words=("机器", "设备", "电梯", "水泵", "主机", "配电", "变压器", "机组"),
        first="按急停、断电挂牌，保留损坏零件和运行记录，不要拆机；通知维保单位到场但先不修。",
    ),
    "盗抢": ClaimKind(
        object="公共财产",
        words=("盗抢", "被盗", "失窃", "盗窃", "偷", "抢"),
        first="先顾人身安全，立即拨 110；封锁现场、谁也别碰，调取并保存监控录像，等警察到场。",
        police=True,
    ),
    "车辆": ClaimKind(
        object="车场车辆",
        words=("车辆", "停车场", "车场", "道闸", "撞车", "剐蹭", "刮蹭", "撞杆"),
        first="看有无人受伤，伤人先拨 120、122；双方车辆别挪动，记下车牌、车主电话，保存道闸和监控录像。",
    ),
    "客户财产": ClaimKind(
        object="租户财产",
        words=("客户财产", "租户财产", "租户物品", "客户物品"),
        first="请租户一起清点、拍照，别丢弃任何受损物品；只记事实，不谈责任，不答应赔偿。",
    ),
    "现金": ClaimKind(
        object="现金",
        words=("现金", "保险柜", "备用金"),
        first="先顾人身安全，立即拨 110；保险柜和单据谁也别碰，保存监控录像，当班出纳核对余额。",
        police=True,
    ),
    "自然灾害": ClaimKind(
        object="公共财产",
        words=("自然灾害", "台风", "雷击", "冰雹", "暴风", "龙卷风", "地震", "树倒", "大树倒"),
        first="先撤离危险区域、断电，围挡警示；风雨停了再清点，保存气象预警截图，受损处先拍照。",
    ),
    "其他损失": ClaimKind(
        object="公共财产",
        words=("其他损失", "坍塌", "倒塌", "砸坏", "砸伤", "坠落"),
        first="先顾人身安全、围挡警示，阻止损失扩大；现场和残件原样保留，先拍照再说。",
    ),
}


_DUTIES = frozenset({"arrive", "police", "insurer", "report", "loss_notice"})


class ClaimRules(Section):
    """Clocks and words of a claim. The clocks run from the loss, or from discovery while its time is not known."""

    @field_validator("kinds", mode="before")
    @classmethod
    def _beside_the_usual(cls, given: object) -> object:
        """Kinds of the configuration stand beside those that are built in; one of the same name replaces it."""
        return {**_KINDS, **given} if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for name, kind in self.kinds.items():
            if kind.object not in self.objects:
                raise ValueError(f"claims.kinds.{name}：标的“{kind.object}”不在 claims.objects 里")
        for unknown in sorted((set(self.remind_before_min) | set(self.escalate_min)) - _DUTIES):
            raise ValueError(f"claims：没有“{unknown}”这项时限，可写 {'、'.join(sorted(_DUTIES))}")
        return self

    on_scene_s: int = 180
    """[manual 5.1] from the alarm."""
    police_h: int = 24
    """[manual 4.1.2] theft and robbery."""
    insurer_h: int = 12
    """[manual 5.3, flow chart]"""
    at_once_min: int = 30
    """[manual 4.2.1] says at once; whoever has not told the insurer after this time is asked [practice]."""
    report_h: int = 12
    """[manual 5.4]"""
    loss_notice_days: int = 3
    """[manual 5.5]"""
    remind_before_min: dict[str, tuple[int, ...]] = {
        "arrive": (1,),
        "police": (720, 120),
        "insurer": (360, 60),
        "report": (360, 60),
        "loss_notice": (1440, 240),
    }
    """[practice]"""
    escalate_min: dict[str, int] = {
        "arrive": 3,
        "police": 60,
        "insurer": 30,
        "report": 60,
        "loss_notice": 240,
    }
    """How long after a duty was missed those above are told once more [practice]."""
    kinds: dict[str, ClaimKind] = _KINDS
    objects: dict[str, str] = {
        "公共财产": "客户服务部",
        "第三者责任": "客户服务部",
        "租户财产": "客户服务部",
        "机器设备": "工程部",
        "车场车辆": "保安部",
        "现金": "财务部",
    }
    """What is hurt → the department in charge [manual 三]."""
    lead_department: str = "客户服务部"
    """Leads every claim [manual 3.1]."""
    scene_departments: tuple[str, ...] = ("保安部", "工程部")
    """Their members on shift are alarmed by every loss: they are on the scene first [flow chart: 各部门抢救; practice]."""
    upwards: tuple[str, ...] = ("客服主管", "客服经理", "项目经理")
    """When nobody is on shift the first of these roles is responsible [manual 二]."""
    miss_reasons: tuple[str, ...] = (
        "发现太晚",
        "联系不上对方",
        "人手不足",
        "材料未齐",
        "系统停机",
        "不适用",
        "其他",
    )
    """Why a clock was missed [practice]; 不适用 may be said besides, by a lead."""
    photo_claim_h: int = 6
    """A member's pictures go to the claim they last worked on within these hours [practice]."""
