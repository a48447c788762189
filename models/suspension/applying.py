"""Beginning an application: the letter it stands on, what is asked for, and the papers one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local, local_date
from models.errors import UserError
from models.fees.account import lock_accounts
from models.notices.notice import Notice, NoticeKind
from models.people.staff import Staff
from models.people.tenant import Tenant, units_of
from models.rules import Rules
from models.sequence import next_number
from models.suspension.facts import Against, gather, obstacles
from models.suspension.machine import LIVE, State
from models.suspension.papers import Paper, accepted
from models.suspension.suspension import Suspension, live_of

_OFF = (
    "本中心没有启用暂停服务（设置 suspension.mode 为 off），催款的最后一步是《欠费法律告知函》。"
    "可以发送“法务清单”查看欠费大户，或“证据 租户名称”取证据材料。"
)


def check_mode(rules: Rules) -> None:
    """Raises UserError where nothing may be suspended at all [law: 民法典 §944]."""
    if rules.suspension.mode == "off":
        raise UserError(_OFF)


async def check_ready(session: AsyncSession, tenant: Tenant, now: datetime, rules: Rules) -> Notice:
    """The letter an application would stand on. Raises UserError with everything that is in the way."""
    notice = await session.scalar(
        select(Notice)
        .where(Notice.tenant_id == tenant.id, Notice.kind == NoticeKind.SUSPENSION)
        .where(Notice.void_at.is_(None))
        .order_by(Notice.id.desc())
        .limit(1)
    )
    if notice is None:
        raise UserError(f"{tenant.name}还没有收到《暂停服务通知书》，不能申请暂停服务。")
    facts = await gather(session, notice, [], [], {}, local_date(now), rules.suspension)
    found = [each.text for each in obstacles(facts) if each.kind is not Against.PAPERS]
    if found:
        reasons = "\n".join(f"· {text}" for text in found)
        raise UserError(f"{tenant.name}现在不能申请暂停服务（{notice.number}）：\n{reasons}")
    return notice


async def begin(
    session: AsyncSession,
    tenant: Tenant,
    services: Sequence[str],
    member: Staff,
    now: datetime,
    rules: Rules,
) -> Suspension:
    """A new application, its papers still to come; one at a time per tenant. Raises UserError."""
    check_mode(rules)
    await lock_accounts(session, [tenant.id])
    if running := await live_of(session, tenant.id):
        raise UserError(f"{tenant.name}已有进行中的申请 {running.number}（{running.state}）。")
    notice = await check_ready(session, tenant, now, rules)
    units = await units_of(session, tenant.id, local_date(now))
    if not units:
        raise UserError(
            f"{tenant.name}已没有在租单元，没有可以暂停的服务；可发“证据 {tenant.name}”交法务处理。"
        )
    suspension = Suspension(
        number=await _number(session, now),
        tenant_id=tenant.id,
        notice_id=notice.id,
        state=State.GATHERING,
        unit_ids=[unit.id for unit in units],
        services=list(services),
        papers={},
        requested_by=member.userid,
        requested_at=now,
    )
    session.add(suspension)
    await session.flush()
    return suspension


def services_meant(text: str, allowed: Sequence[str]) -> list[str]:
    """The services named, in the order of the letter. Raises UserError for one that may not be suspended."""
    if text.strip() in ("全部", "都", "所有"):
        return list(allowed)
    words = [word for word in text.replace("、", " ").replace("，", " ").replace(",", " ").split() if word]
    unknown = [word for word in words if word not in allowed]
    if unknown or not words:
        named = f"不能暂停“{unknown[0][:20]}”。" if unknown else ""
        raise UserError(f"{named}请从通知书写明的服务里选：{'、'.join(allowed)}；或回复“全部”。")
    return [name for name in allowed if name in words]


def give_paper(suspension: Suspension, item: Paper, text: str, photos: Sequence[str]) -> None:
    """Puts an item on the table. Raises UserError where the answer does not settle it."""
    if item.picture:
        if not photos:
            raise UserError(f"还缺{item.name}。{item.question}")
        entry: dict[str, object] = {"photos": list(photos)}
    elif not accepted(item, text):
        danger = "有上述情况而没有落实措施的，不能暂停服务。" if item.safety else ""
        raise UserError(f"{danger}{item.question}")
    else:
        entry = {"text": text.strip()[:300]}
    suspension.papers = {**suspension.papers, item.key: entry}


async def live_text(session: AsyncSession) -> str:
    """The applications that are not over."""
    rows = await session.execute(
        select(Suspension, Tenant.name)
        .join(Tenant, Tenant.id == Suspension.tenant_id)
        .where(Suspension.state.in_(LIVE))
        .order_by(Suspension.id)
    )
    lines = [
        f"· {each.number} {name}：{each.state}（{'、'.join(each.services)}），{local(each.requested_at):%m-%d %H:%M} 申请"
        for each, name in rows
    ]
    return "\n".join([f"【暂停服务】进行中 {len(lines)} 份：", *lines]) if lines else ""


async def _number(session: AsyncSession, now: datetime) -> str:
    month = f"{local(now):%Y%m}"
    return f"ZS-{month}-{await next_number(session, f'suspension:{month}'):03}"
