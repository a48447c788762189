"""Repairs (报修) as data: 登记 → 派单 → 接单 → 到场 → 完工 → 签认 → 评价 [practice: the manual has only the title]."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.call_back import called, may_be_called
from models.cases.case import Case
from models.cases.companion_news import release_worker, tell_companions
from models.cases.companions import MERGED, companions_follow
from models.cases.repair_news import NOTICES, pass_on_words
from models.cases.targets import low_rating_call, of_repair
from models.cases.team import add_helper, dissolve, leave_team
from models.cases.timer import Timer
from models.cases.workflow import Move, Need, Right, State, Workflow
from models.claims.claim import claim_of_repair
from models.claims.gates import claim_lets_repair
from models.rules import Rules

OPEN = ("new", "dispatched", "accepted", "on_scene", "waiting_parts", "quoted")
"""States in which somebody still has to work."""
LIVE = (*OPEN, MERGED)
"""States in which the tenant still waits: a merged case is worked on under another number."""
AT_WORK = ("accepted", "on_scene", "waiting_parts", "quoted")
"""States in which the worker's pictures belong to the case."""
LOW_RATING = "low_rating"
"""The clock of a repair that was rated low: somebody above telephones."""


async def reopen_in_time(_session: AsyncSession, case: Case, now: datetime, rules: Rules) -> str:
    """A closed repair may be taken up again for a week [domain §10]."""
    days = rules.repair.reopen_days
    if case.closed_at is None or now <= case.closed_at + timedelta(days=days):
        return ""
    return f"{case.number} 关闭已超过 {days} 天，不能重开。请发送“报修”重新登记。"


async def not_rated(_session: AsyncSession, case: Case, _now: datetime, _rules: Rules) -> str:
    """A repair is rated once."""
    return "" if case.rating is None else f"{case.number} 已经评过 {case.rating} 分，感谢您的评价。"


async def no_claim_of_its_own(session: AsyncSession, case: Case, _now: datetime, _rules: Rules) -> str:
    """What belongs to a claim keeps its own order: pictures, consent and costs hang on it [manual 4.1]."""
    if await claim_of_repair(session, case.id) is None:
        return ""
    return f"{case.number} 属于保险理赔，须单独处理，不能并到别的单。"


async def somebody_pays(_session: AsyncSession, case: Case, _now: datetime, _rules: Rules) -> str:
    """Only a tenant can agree to a price."""
    if case.tenant_id is not None:
        return ""
    return f"{case.number} 不是租户报的，没有人能同意报价，请直接处理。"


_DESK = (Right.DISPATCHER,)
_LEAD = (Right.CLOSER,)
_DOER = (Right.WORKER, Right.DISPATCHER)
_TEAM = (Right.WORKER, Right.HELPER, Right.DISPATCHER)
_TENANT = (Right.REPORTER,)

STATES = (
    State("new", "待派单", notices=("call_crew", "tell_reporter", "tell_companions")),
    State(
        "dispatched", "已派单", notices=("hand_to_worker", "tell_former", "tell_reporter", "tell_companions")
    ),
    State("accepted", "已接单", notices=("hand_to_worker", "tell_reporter", "tell_companions")),
    State("on_scene", "已到场", notices=("hand_to_worker", "tell_reporter", "tell_companions")),
    State("waiting_parts", "待料", notices=("hand_to_worker", "tell_reporter", "tell_companions")),
    State(MERGED, "已合并处理", notices=("release_worker", "tell_reporter")),
    State("quoted", "待租户同意报价", notices=("tell_reporter",)),
    State("done", "已完工，待签认", notices=("tell_worker", "tell_reporter")),
    State("confirmed", "已签认", notices=("tell_worker",)),
    State("low_rated", "低分，待主管回访", notices=("tell_worker", "call_lead")),
    State("closed", "已关闭", final=True, notices=("tell_worker", "tell_reporter")),
    State("cancelled", "已取消", final=True, notices=("tell_worker", "tell_reporter")),
)

MOVES = (
    Move("派单", ("new",), "dispatched", _DESK, "把报修派给一位师傅", needs=(Need.WORKER,), example="王强"),
    Move("领单", ("new",), "accepted", (Right.CREW,), "自己接下还没派的报修", claims=True),
    Move("接单", ("dispatched",), "accepted", (Right.WORKER,), "接下派给您的报修", tap="接单"),
    Move("到场", ("accepted", "waiting_parts"), "on_scene", _TEAM, "已到现场", tap="到场"),
    Move("完工", ("accepted", "on_scene", "waiting_parts"), "done", _TEAM, "修好了，写明做了什么并附照片",
         needs=(Need.NOTE,), example="更换电容", tap="完工", gates=(claim_lets_repair,)),
    Move("待料", ("accepted", "on_scene"), "waiting_parts", _DOER, "等配件，计时暂停",
         needs=(Need.NOTE,), example="缺压缩机", tap="待料"),
    Move("报价", ("accepted", "on_scene", "waiting_parts"), "quoted", _DOER, "有偿维修，请租户同意金额",
         needs=(Need.AMOUNT,), example="200 更换压缩机", gates=(somebody_pays,)),
    Move("改派", ("dispatched", *AT_WORK), "dispatched", _DESK, "换一位师傅", needs=(Need.WORKER,), example="赵磊"),
    Move("加派", ("dispatched", *AT_WORK), "", _DOER, "再请一位师傅一起处理", needs=(Need.WORKER,), example="赵磊",
         effects=(add_helper,), notices=("call_helper",)),
    Move("不再协助", ("dispatched", *AT_WORK), "", (Right.HELPER,), "退出协助的报修", effects=(leave_team,),
         notices=("tell_left",)),
    Move("退单", ("dispatched", "accepted"), "new", (Right.WORKER,), "退回重新派单，写明原因",
         needs=(Need.NOTE,), example="在处理别的急修", tap="退单"),
    Move("并单", ("new", "dispatched", "accepted"), MERGED, _DESK, "与同一处、同一故障的另一单合并处理",
         needs=(Need.NOTE,), example="R06", gates=(no_claim_of_its_own,)),
    Move("拆单", (MERGED,), "new", _DESK, "不是同一件，恢复单独处理"),
    Move("撤单", LIVE, "cancelled", _DESK, "撤销报修，写明原因", aliases=("作废",),
         needs=(Need.NOTE,), example="重复报修"),
    Move("回访", ("done", "confirmed", "closed"), "closed", (Right.DISPATCHER, Right.CLOSER), "记下电话回访的评分并关闭",
         needs=(Need.RATING,), example="5 客户满意", gates=(may_be_called,), effects=(called,)),
    Move("关闭", ("done", "confirmed"), "closed", (Right.DISPATCHER, Right.CLOSER), "不再等租户，直接关闭",
         needs=(Need.NOTE,), example="电话确认已修好"),
    Move("低分", ("done", "confirmed", "closed"), "low_rated", (Right.REPORTER, Right.DISPATCHER, Right.CLOSER),
         "打了低分，请主管回访", needs=(Need.RATING,), example="1 还在漏", gates=(may_be_called,), effects=(called,),
         unsaid=True),
    Move("办结", ("low_rated",), "closed", _LEAD, "电话回访、租户认可后办结低分的报修", needs=(Need.NOTE,),
         example="已道歉并重新清理现场", tap="办结"),
    Move("签认", ("done",), "confirmed", _TENANT, "确认已修好", aliases=("确认修好",)),
    Move("评价", ("done", "confirmed", "closed"), "closed", _TENANT, "给这次维修打 1 到 5 分",
         needs=(Need.RATING,), example="5", gates=(not_rated,)),
    Move("重开", ("done", "confirmed", "low_rated", "closed"), "new",
         (Right.REPORTER, Right.DISPATCHER, Right.CLOSER), "没修好，重新处理",
         aliases=("重修",), gates=(reopen_in_time,), effects=(dissolve,)),
    Move("同意", ("quoted",), "on_scene", _TENANT, "同意报价"),
    Move("不同意", ("quoted",), "on_scene", _TENANT, "不同意报价"),
    Move("不是同一件", (MERGED,), "new", _TENANT, "合并错了，恢复单独处理"),
    Move("补充", LIVE, "", _TENANT, "给报修补一句说明", needs=(Need.NOTE,), example="是靠窗那台",
         effects=(pass_on_words,)),
    Move("取消", ("new", "dispatched", "accepted", MERGED), "cancelled", _TENANT, "师傅到场前取消报修"),
    Move("自动关闭", ("done", "confirmed"), "closed", (Right.SYSTEM,), "租户一直没有答复"),
    Move("并入", OPEN, "", (Right.SYSTEM,), "另一单报的是同一件，并到这一单"),
    Move("随单完工", (MERGED,), "done", (Right.SYSTEM,), "合并处理的那一单已完工"),
    Move("随单撤销", (MERGED,), "cancelled", (Right.SYSTEM,), "合并处理的那一单已撤销"),
    Move("接续", (MERGED,), "new", (Right.SYSTEM,), "那一单的报修人取消了，改按这一单处理"),
    Move("续派", ("new",), "dispatched", (Right.SYSTEM,), "原来的师傅接着处理", needs=(Need.WORKER,)),
)  # fmt: skip

_FINISHED = frozenset({"done", "confirmed", "low_rated", "closed"})

TIMERS = (
    Timer(
        "accept", "接单", of_repair("accept"),
        starts=frozenset({"new", "dispatched"}), runs=frozenset({"new", "dispatched"}),
        met=frozenset({*AT_WORK, *_FINISHED}),
    ),
    Timer(
        "arrive", "到场", of_repair("arrive"),
        starts=frozenset({"accepted"}), runs=frozenset({"accepted"}), pauses=frozenset({"waiting_parts", "quoted"}),
        met=frozenset({"on_scene", *_FINISHED}),
    ),
    Timer(
        "finish", "完工", of_repair("finish"),
        starts=frozenset({"new"}), runs=frozenset({"new", "dispatched", "accepted", "on_scene"}),
        pauses=frozenset({"waiting_parts", "quoted"}), met=_FINISHED,
    ),
    Timer(
        LOW_RATING, "回访", low_rating_call,
        starts=frozenset({"low_rated"}), runs=frozenset({"low_rated"}), met=frozenset({"new", "closed"}),
    ),
)  # fmt: skip

REPAIR = Workflow(
    name="repair",
    label="报修",
    letter="R",
    opening="登记",
    states=STATES,
    moves=MOVES,
    timers=TIMERS,
    notices={**NOTICES, "release_worker": release_worker, "tell_companions": tell_companions},
    along=companions_follow,
)
