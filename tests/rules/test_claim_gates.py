"""No order of moves opens a lock of a claim early, and no claim is closed with a duty nobody has named [manual 4.1.1]."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from bot.config import Config
from models.cases.advance import advance, open_case
from models.cases.case import Case
from models.cases.workflow import Act
from models.claims.claim import ClaimRepair, claim_of
from models.claims.duty import NOT_APPLICABLE, DutyKind, duties_of
from models.claims.opening import Loss, open_claim
from models.errors import UserError
from models.messages.media import Media
from models.people.staff import Staff
from models.people.tenant import Contact, ContactRole, Tenant
from models.rules import Rules
from tests.fakes.scratch import Scratch

NOW = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
REASON = "人手不足"
ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("到场", {}),
    ("到场", {"location": "大堂"}),
    ("报警", {"receipt": "12号"}),
    ("报险", {}),
    ("报险", {"insurer_case": "RD1"}),
    ("补充", {"原因": "老化", "损失": "三台", "措施": "断电", "保单": "待查"}),
    ("补充", {}),
    ("补充", {"occurred_at": (NOW - timedelta(hours=20)).isoformat()}),
    ("补充", {"occurred_at": ""}),
    ("补充", {"标的": "机器设备"}),
    ("报警", {"receipt": "还没拿到"}),
    ("报险", {"insurer_case": "打不通"}),
    ("报告", {}),
    ("出险通知书", {}),
    ("估损", {}),
    ("估损", {"told_to": "李经理"}),
    ("同意", {}),
    ("同意", {"scopes": ["clear"], "given_by": "李经理"}),
    ("同意", {"scopes": ["repair"], "given_by": "李经理"}),
    ("同意", {"scopes": ["settle"], "given_by": "李经理"}),
    ("照片", {"shows": "far"}),
    ("照片", {"shows": "near"}),
    ("照片", {"shows": "scale"}),
    ("照片", {"shows": "parts"}),
    ("照片", {"shows": "receipt"}),
    ("照片", {}),
    ("抢修", {}),
    ("抢修", {"kept": "仓库"}),
    ("清理", {}),
    ("和解", {}),
    ("和解", {"warned": True}),
    ("完工", {}),
    ("定损", {}),
    ("拒赔", {}),
    ("异议", {}),
    ("提交", {}),
    ("结案", {}),
    ("撤案", {}),
    *(
        ("说明", {"duty": str(kind), "reason": reason})
        for kind in DutyKind
        for reason in (REASON, NOT_APPLICABLE)
    ),
)
GATED = ("清理", "完工", "和解", "抢修", "结案", "撤案")
SCRIPT = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(ACTS), st.sampled_from([act for act in ACTS if act[0] in GATED])),
        st.sampled_from(("lead", "assistant")),
        st.sampled_from((0, 1, 60, 60 * 13, 60 * 80)),
    ),
    max_size=30,
)


@dataclass
class Told:
    """What has been said and shown so far, kept beside the claim and independent of it."""

    shots: set[str] = field(default_factory=set)
    consents: set[str] = field(default_factory=set)
    estimate_told: bool = False
    kept: bool = False
    urgent: bool = False
    refused: bool = False
    named: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)

    @property
    def protocol(self) -> bool:
        return {"far", "near", "scale"} <= self.shots

    def opens(self, scope: str) -> bool:
        return self.protocol and self.estimate_told and scope in self.consents


class Scene:
    """A theft, a repair under its lock, and two members of the desk."""

    def __init__(self, session: AsyncSession, rules: Rules) -> None:
        self.session, self.rules, self.now, self.told = session, rules, NOW, Told()
        self.people: dict[str, Staff] = {}
        self.pictures = 0

    async def build(self) -> None:
        for userid, department, role in (
            ("lead", "客户服务部", "客服经理"),
            ("assistant", "客户服务部", "客服助理"),
            ("above", "总办", "项目经理"),
            ("crew", "工程部", "技工"),
        ):
            self.people[userid] = Staff(
                userid=userid, name=userid, department=department, roles=[role], shift="all", active=True
            )
        self.session.add_all(self.people.values())
        await self.session.flush()
        opened = await open_claim(self.session, self.act("assistant"), Loss("盗抢", "大堂", "电脑被盗"))
        self.case, self.claim = opened.case, opened.claim
        await self._add_repair()

    async def _add_repair(self) -> None:
        tenant = Tenant(name="租户")
        self.session.add(tenant)
        await self.session.flush()
        contact = Contact(tenant_id=tenant.id, name="李娜", mobile="138", role=ContactRole.HEAD)
        self.session.add(contact)
        await self.session.flush()
        self.repair = Case(
            number="R01", workflow="repair", tenant_id=tenant.id, contact_id=contact.id, place="大堂",
            category="门窗", urgency="normal", description="门坏了", created_at=NOW, reporter_account="",
        )  # fmt: skip
        await open_case(self.session, self.repair, self.act("lead"))
        await advance(self.session, self.repair, "领单", self.act("crew"))
        self.session.add(ClaimRepair(claim_id=self.claim.id, case_id=self.repair.id))

    def act(self, who: str, facts: dict[str, Any] | None = None) -> Act:
        return Act(self.people[who], self.now, self.rules, note="说明", facts=facts or {})

    async def try_it(self, word: str, who: str, facts: dict[str, Any]) -> bool:
        """Whether the move went through."""
        act = self.act(who, await self._with_picture(word, facts))
        amount = Act(**{**{name: getattr(act, name) for name in act.__slots__}, "amount_fen": 100_000})
        try:
            if word == "完工":
                await advance(self.session, self.repair, word, self.act("crew"))
            else:
                await advance(self.session, self.case, word, amount if word == "估损" else act)
        except UserError:
            return False
        return True

    async def _with_picture(self, word: str, facts: dict[str, Any]) -> dict[str, Any]:
        if word != "照片" or not facts:
            return facts
        self.pictures += 1
        media = Media(
            inbox_id=self.pictures, channel="wecom", sender="assistant", kind="image", name="a.jpg",
            content_type="image/jpeg", sha256="0", size_bytes=1, received_at=self.now,
        )  # fmt: skip
        self.session.add(media)
        await self.session.flush()
        return {**facts, "photo": media.id}

    def verify(self, word: str, facts: dict[str, Any]) -> None:
        """The move was let through: was everything there that it needs?"""
        told = self.told
        if word == "清理":
            assert told.opens("clear")
        elif word == "完工":
            assert told.opens("repair") or told.urgent or self.case.closed_at is not None
        elif word == "和解":
            assert facts.get("warned") and ("settle" in told.consents or told.refused)
        elif word == "抢修":
            assert told.protocol and told.kept | ("parts" in told.shots) | bool(facts.get("kept"))

    def learn(self, word: str, facts: dict[str, Any]) -> None:
        """What is known after the move."""
        told = self.told
        told.shots |= {facts["shows"]} if word == "照片" and facts else set()
        told.consents |= set(facts.get("scopes", ()))
        told.estimate_told |= word == "估损" and "told_to" in facts
        if word == "抢修":
            told.urgent, told.kept = True, True
        if word in ("拒赔", "异议"):
            told.refused = word == "拒赔"

    async def verify_closing(self) -> None:
        """Every duty of a closed claim is done in time, or was missed and has a reason, or a lead said it does not apply."""
        claim = await claim_of(self.session, self.case.id)
        for duty in await duties_of(self.session, claim.id):
            in_time = duty.met_at is not None and duty.met_at <= duty.due_at
            missed = (duty.met_at or self.now) >= duty.due_at
            excused = duty.reason == NOT_APPLICABLE or (missed and duty.reason == REASON)
            assert in_time or excused, duty.kind
        assert not claim.police_receipt or "12" in claim.police_receipt
        assert claim.insurer_case_number in ("", "RD1")


async def verify_script(
    session: AsyncSession, rules: Rules, script: list[tuple[tuple[str, dict[str, Any]], str, int]]
) -> None:
    scene = Scene(session, rules)
    await scene.build()
    for (word, facts), who, minutes in script:
        scene.now += timedelta(minutes=minutes)
        was_open = scene.case.closed_at is None
        estimate_told = scene.claim.estimate_told_at
        if await scene.try_it(word, who, facts):
            scene.verify(word, facts)
            scene.learn(word, facts)
            if word == "报险" and estimate_told is None and scene.claim.estimate_fen is not None:
                scene.told.estimate_told = True  # told with the report itself
        if was_open and scene.case.closed_at is not None:
            await scene.verify_closing()


@settings(max_examples=40, deadline=None)
@given(script=SCRIPT)
def test_no_order_of_moves_opens_a_lock_early(
    script: list[tuple[tuple[str, dict[str, Any]], str, int]], scratch: Scratch, config: Config
) -> None:
    scratch.run(lambda session: verify_script(session, config.rules(), script))


_OPENING = (
    ("照片", {"shows": "far"}), ("照片", {"shows": "near"}), ("照片", {"shows": "scale"}),
    ("补充", ACTS[5][1]), ("报险", {"insurer_case": "RD1"}), ("估损", {"told_to": "李经理"}),
    ("同意", {"scopes": ["clear"], "given_by": "李经理"}), ("同意", {"scopes": ["repair"], "given_by": "李经理"}),
)  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(_OPENING))
def test_the_locks_open_exactly_when_the_last_of_their_facts_is_there(
    order: list[tuple[str, dict[str, Any]]], scratch: Scratch, config: Config
) -> None:
    scratch.run(lambda session: verify_locks(session, config.rules(), order))


async def verify_locks(session: AsyncSession, rules: Rules, order: list[tuple[str, dict[str, Any]]]) -> None:
    """After every fact the lock is tried: it opens as soon as it may, and not before."""
    scene = Scene(session, rules)
    await scene.build()
    for word, facts in [*order, *order, *order]:
        if await scene.try_it(word, "assistant", facts):
            scene.learn(word, facts)
        assert await scene.try_it("清理", "assistant", {}) == scene.told.opens("clear")
    assert scene.told.opens("clear") and scene.told.opens("repair")
    assert await scene.try_it("完工", "crew", {})
