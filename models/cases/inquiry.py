"""Inquiries (咨询) and talks with a person (人工) as data: 登记 → 回复 → 办结 [practice, domain §10].

What tenants write beside any form joins the inquiry that is open, so that a talk stays in one place, on record.
"""

from __future__ import annotations

from models.cases.desk_due import on_due
from models.cases.inquiry_news import NOTICES
from models.cases.targets import inquiry_answer
from models.cases.timer import Timer
from models.cases.workflow import Move, Need, Right, State, Workflow

_TENANT = (Right.REPORTER,)

STATES = (
    State("new", "待回复", notices=("call_desk",)),
    State("answered", "已回复", notices=("tell_reply",)),
    State("closed", "已办结", final=True),
)

MOVES = (
    Move("回复", ("new", "answered"), "answered", (Right.ANSWER,), "回复租户的咨询，原话转给租户",
         needs=(Need.NOTE,), example="周末空调 9 点到 18 点开放"),
    Move("留言", ("new",), "new", _TENANT, "补充一句", needs=(Need.NOTE,)),
    Move("追问", ("answered",), "new", _TENANT, "接着问", needs=(Need.NOTE,)),
    Move("解决了", ("new", "answered"), "closed", _TENANT, "问题已经解决", aliases=("取消",)),
    Move("自动办结", ("answered",), "closed", (Right.SYSTEM,), "回复后没有再问"),
)  # fmt: skip

INQUIRY = Workflow(
    name="inquiry",
    label="咨询",
    letter="Z",
    opening="登记",
    states=STATES,
    moves=MOVES,
    timers=(
        Timer("answer", "回复", inquiry_answer,
              starts=frozenset({"new"}), runs=frozenset({"new"}), met=frozenset({"answered", "closed"})),
    ),
    notices=NOTICES,
    crew=Right.ANSWER,
    on_due=on_due,
)  # fmt: skip
