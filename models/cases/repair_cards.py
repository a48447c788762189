"""What cards and lines about a repair say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case, Deadline
from models.cases.companions import companions_of
from models.cases.reporter import reporter_of, tenant_name
from models.cases.team import team_names, team_of
from models.cases.timing import soonest
from models.cases.workflow import Workflow
from models.claims.gates import lock_of
from models.clock import local, local_date
from models.fees.money import yuan
from models.messages.content import Button, Content
from models.messages.media import attached
from models.people.staff import Staff
from models.people.unit import Unit
from models.rules import Rules

URGENCY_LABELS = {"emergency": "紧急", "urgent": "加急", "normal": "普通"}
MOST_NAMES = 4
ON_CARD = 60


@dataclass(frozen=True, slots=True)
class Facts:
    """What staff see of a case. others: who else reported the same; their photos count too."""

    place: str
    tenant: str
    reporter: str
    team: str
    due: str
    photos: int
    lock: str = ""
    others: tuple[str, ...] = ()


def clock_text(at: datetime, now: datetime) -> str:
    """ "14:30" today, else "11-24 14:30"."""
    return local(at).strftime("%H:%M" if local_date(at) == local_date(now) else "%m-%d %H:%M")


def due_text(workflow: Workflow, deadline: Deadline | None, now: datetime) -> str:
    """ "10:35 前接单", or how late it is."""
    if deadline is None:
        return "暂停计时"
    label = workflow.timer(deadline.kind).label
    if deadline.due_at > now:
        return f"{clock_text(deadline.due_at, now)} 前{label}"
    return f"{label}已超时 {int((now - deadline.due_at).total_seconds() // 60)} 分钟"


async def facts_of(session: AsyncSession, workflow: Workflow, case: Case, now: datetime) -> Facts:
    """Reads what a card shows."""
    unit = await session.get(Unit, case.unit_id) if case.unit_id else None
    companions = await companions_of(session, case.id)
    team = await team_of(session, case)
    return Facts(
        place=placed(case, unit),
        tenant=await tenant_name(session, case),
        reporter=" ".join(part for part in await reporter_of(session, case) if part),
        team=team_names(team) if len(team) > 1 else "",
        due=due_text(workflow, await soonest(session, case.id), now),
        photos=sum([len(await attached(session, each.subject)) for each in (case, *companions)]),
        lock=await lock_of(session, case),
        others=tuple([await _companion_line(session, each) for each in companions]),
    )


async def _companion_line(session: AsyncSession, case: Case) -> str:
    return f"同一件：{case.number} {case.place}（{await tenant_name(session, case)}）"


def placed(case: Case, unit: Unit | None) -> str:
    """Where it is: the unit, and the words of the tenant that say more."""
    place = case.place if unit is None or unit.code in case.place else f"{unit.code} {case.place}".strip()
    return place or "未说明"


def shown(description: str) -> str:
    """As much as fits a card beside the other lines; 进度 shows all of it."""
    return description if len(description) <= ON_CARD else description[: ON_CARD - 1] + "…"


def details(case: Case, facts: Facts) -> str:
    """The lines of a card."""
    lines = [
        f"单元：{facts.place}（{facts.tenant}）",
        f"描述：{shown(case.description)}",
        f"报修人：{facts.reporter}",
        *([f"师傅：{facts.team}"] if facts.team else []),
        f"等级：{URGENCY_LABELS[case.urgency]}　期限：{facts.due}",
    ]
    lines[1:1] = facts.others
    if facts.lock:
        lines.append(f"先别修：{facts.lock}，只止损、拍照，等保险公司同意")
    if facts.photos:
        lines.append(f"照片：{facts.photos} 张")
    return "\n".join(lines)


def arrival_card(case: Case, facts: Facts, member: Staff, crew: list[Staff], rules: Rules) -> Content:
    """A repair that nobody has yet: technicians may take it, dispatchers give it to one of the crew."""
    head = "【紧急】新报修" if case.urgency == "emergency" else "新报修"
    buttons = [Button(f"take:{case.id}", "派给我")] if member.may("case.work", rules) else []
    if member.may("case.dispatch", rules):
        others = [worker for worker in crew if worker.id != member.id][:MOST_NAMES]
        buttons += [Button(f"assign:{case.id}:{w.userid}", f"派给{w.name}"[:10]) for w in others]
    buttons += loss_button(case, member, rules)
    return Content(
        title=f"{head} {case.number} {case.category}", text=details(case, facts), buttons=tuple(buttons)
    )


def step_card(
    workflow: Workflow, case: Case, facts: Facts, worker: Staff, rules: Rules, head: str
) -> Content:
    """What the worker may tap next."""
    offered = [move for move in workflow.offered(case, worker, rules) if move.tap]
    buttons = [Button(f"do:{case.id}:{move.word}", move.tap) for move in offered]
    buttons += loss_button(case, worker, rules)
    return Content(
        title=f"{head} {case.number} {case.category}", text=details(case, facts), buttons=tuple(buttons)
    )


def loss_button(case: Case, member: Staff, rules: Rules) -> list[Button]:
    """An emergency may be a loss to be insured: one tap carries it over [manual 四.11]."""
    if case.urgency != "emergency" or not member.may("claim.open", rules):
        return []
    return [Button(f"say:转出险 {case.number}", "转出险")]


def rating_buttons(case: Case) -> tuple[Button, ...]:
    """Five stars to one."""
    return tuple(Button(f"rate:{case.id}:{stars}", f"{stars} 分 {'★' * stars}") for stars in range(5, 0, -1))


def done_buttons(case: Case) -> tuple[Button, ...]:
    """What the tenant may answer to a finished repair."""
    return (Button(f"confirm:{case.id}", "签认"), Button(f"reopen:{case.id}", "有问题，重修"))


def quote_text(case: Case, amount_fen: int, note: str) -> str:
    """The offer for work the tenant pays for."""
    what = f"（{note}）" if note else ""
    return f"{case.number} 属于有偿服务，报价 {yuan(amount_fen)} 元{what}。同意后施工，费用计入本月账单。"
