"""Complaints (投诉) as data: 登记 → 受理 → 答复 → 租户确认 [practice, domain §10: the manual has only the title].

Never handled or closed by the person complained about; closed when the tenant says so, or told it over the telephone.
"""

from __future__ import annotations

from models.cases.complaint_news import NOTICES
from models.cases.complaint_person import name_person, somebody_else
from models.cases.desk_due import on_due
from models.cases.targets import complaint_accept, complaint_answer
from models.cases.timer import Timer
from models.cases.workflow import Move, Need, Right, State, Workflow

_DESK = (Right.COMPLAINT,)
_LEAD = (Right.CLOSER,)
_TENANT = (Right.REPORTER,)

STATES = (
    State("new", "待受理", notices=("call_handlers", "tell_registered")),
    State("accepted", "处理中", notices=("hand_to_handler", "tell_accepted", "tell_leads")),
    State("answered", "已答复，待租户确认", notices=("tell_answer",)),
    State("closed", "已办结", final=True, notices=("tell_handler",)),
    State("withdrawn", "已撤诉", final=True, notices=("tell_handler",)),
)

MOVES = (
    Move("受理", ("new",), "accepted", _DESK, "受理投诉，由您负责答复", tap="受理", claims=True,
         effects=(somebody_else,)),
    Move("转办", ("new", "accepted"), "accepted", _LEAD, "把投诉交给一位同事", needs=(Need.WORKER,), example="周敏",
         effects=(somebody_else,)),
    Move("涉及", ("new", "accepted", "answered"), "", (Right.COMPLAINT, Right.CLOSER), "记下被投诉的同事，由别人处理",
         needs=(Need.NOTE,), example="王强", effects=(name_person,)),
    Move("答复", ("accepted", "answered"), "answered", _DESK, "答复投诉，租户会收到", needs=(Need.NOTE,),
         example="已调整保洁班次", effects=(somebody_else,)),
    Move("办结", ("answered",), "closed", _LEAD, "电话确认租户满意后办结", needs=(Need.NOTE,), example="电话确认满意",
         effects=(somebody_else,)),
    Move("满意", ("answered",), "closed", _TENANT, "对投诉的答复满意"),
    Move("不满意", ("answered",), "accepted", _TENANT, "对投诉的答复不满意"),
    Move("撤诉", ("new", "accepted", "answered"), "withdrawn", _TENANT, "撤回投诉", aliases=("取消",)),
)  # fmt: skip

TIMERS = (
    Timer("accept", "受理", complaint_accept,
          starts=frozenset({"new"}), runs=frozenset({"new"}),
          met=frozenset({"accepted", "answered", "closed"})),
    Timer("answer", "答复", complaint_answer,
          starts=frozenset({"new"}), runs=frozenset({"new", "accepted"}),
          met=frozenset({"answered", "closed"})),
)  # fmt: skip

COMPLAINT = Workflow(
    name="complaint",
    label="投诉",
    letter="T",
    opening="登记",
    states=STATES,
    moves=MOVES,
    timers=TIMERS,
    notices=NOTICES,
    crew=Right.COMPLAINT,
    on_due=on_due,
)
