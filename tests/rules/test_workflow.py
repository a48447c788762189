"""Workflows as data: what a definition must fulfil, and that cases move along it and nowhere else."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.config import Config
from models.audit.entry import first_break
from models.calendar.duty import later_by
from models.cases import WORKFLOWS
from models.cases.advance import advance, open_case, workflow_of
from models.cases.case import Case, Deadline, timeline
from models.cases.diagram import mermaid
from models.cases.repair import AT_WORK, REPAIR
from models.cases.targets import duty_hours
from models.cases.workflow import Act, Move, Mover, Need, Right, State, System, Workflow
from models.database import Database
from models.errors import UserError
from models.people.identity import TenantActor
from models.people.staff import Staff
from models.people.tenant import Contact, ContactRole, Tenant
from models.rules import Rules
from tests.fakes.scratch import Scratch

NOW = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
ACTORS = ("lina", "stranger", "desk", "wangqiang", "zhaolei", "system")
WORDS = (*(move.word for move in REPAIR.moves), "登记", "胡说")


def tiny(
    *moves: Move, states: tuple[State, ...] = (State("a", "甲"), State("b", "乙", final=True))
) -> Workflow:
    return Workflow("tiny", "小", "T", "登记", states, moves, ())


GO = Move("走", ("a",), "b", (Right.CREW,), "往前")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_every_state_leads_to_an_end(workflow: Workflow) -> None:
    ends = {state.name for state in workflow.states if state.final}
    for _ in workflow.states:
        ends |= {source for move in workflow.moves if move.target in ends for source in move.sources}
    assert ends == {state.name for state in workflow.states}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_the_diagram_shows_every_state_and_every_word(workflow: Workflow) -> None:
    drawn = mermaid(workflow)
    assert all(f'"{state.label}" as {state.name}' in drawn for state in workflow.states)
    assert all(move.word in drawn for move in workflow.moves)
    assert all(f"--> {move.target}: " in drawn for move in workflow.moves if move.target)


@pytest.mark.parametrize(
    ("moves", "states", "fault"),
    [
        ((), (State("a", "甲"), State("b", "乙", final=True)), "b can not be reached"),
        ((GO,), (State("a", "甲"), State("b", "乙")), "b can not be left"),
        ((GO, replace(GO, aliases=("跑",)), replace(GO, word="跑")), None, "跑 means two moves"),
        ((replace(GO, target="c"),), None, "c is no state"),
        ((GO,), (State("a", "甲"), State("b", "乙", final=True, notices=("x",))), "no notice x"),
    ],
)
def test_a_broken_definition_is_refused(
    moves: tuple[Move, ...], states: tuple[State, ...] | None, fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        tiny(*moves, **({"states": states} if states else {}))


class Scene:
    """A tenant, a desk, two technicians and one case."""

    def __init__(self, session: AsyncSession, rules: Rules) -> None:
        self.session, self.rules, self.now = session, rules, NOW
        self.actors: dict[str, Mover] = {"system": System()}
        self.case = Case()

    async def build(self) -> None:
        for name in ("lina", "stranger"):
            tenant = Tenant(name=f"{name}公司")
            self.session.add(tenant)
            await self.session.flush()
            contact = Contact(tenant_id=tenant.id, name=name, mobile="13800010001", role=ContactRole.HEAD)
            self.session.add(contact)
            await self.session.flush()
            self.actors[name] = TenantActor(contact, tenant)
        for userid, role in (("desk", "客服经理"), ("wangqiang", "技工"), ("zhaolei", "技工")):
            member = Staff(userid=userid, name=userid, department="工程部", roles=[role], shift="all")
            self.session.add(member)
            self.actors[userid] = member
        await self.session.flush()
        lina = self.actors["lina"]
        assert isinstance(lina, TenantActor)
        self.case = Case(
            number="R01", workflow="repair", tenant_id=lina.tenant.id, contact_id=lina.contact.id, place="",
            category="空调", urgency="normal", description="空调不冷", created_at=NOW, reporter_account="wmlina",
        )  # fmt: skip
        await open_case(self.session, self.case, self.act("lina"))

    def act(self, who: str) -> Act:
        worker = self.actors["zhaolei"]
        assert isinstance(worker, Staff)
        return Act(
            self.actors[who], self.now, self.rules, note="说明", worker=worker, rating=4, amount_fen=20000
        )

    async def permitted(self, word: str, who: str) -> bool:
        move = REPAIR.move(word)
        if move is None or move not in REPAIR.offered(self.case, self.actors[who], self.rules):
            return False
        zhaolei = self.actors["zhaolei"]
        assert isinstance(zhaolei, Staff)
        if word == "加派" and zhaolei.id in (self.case.worker_id, *self.case.helpers):
            return False
        return not any([await gate(self.session, self.case, self.now, self.rules) for gate in move.gates])

    async def check(self, accepted: int) -> None:
        """What holds after any sequence of moves."""
        events = await timeline(self.session, self.case.id)
        assert len(events) == accepted + 1
        assert events[-1].to_state == self.case.state
        assert all(b.from_state == a.to_state for a, b in itertools.pairwise(events))
        assert (self.case.closed_at is not None) == REPAIR.state(self.case.state).final
        assert (self.case.worker_id is not None) or self.case.state not in ("dispatched", *AT_WORK)
        live = list(
            await self.session.scalars(
                select(Deadline).where(Deadline.met_at.is_(None), Deadline.dropped_at.is_(None))
            )
        )
        assert len({(row.kind, row.level) for row in live}) == len(live)
        for row in live:
            timer = REPAIR.timer(row.kind)
            assert self.case.state in timer.runs | timer.pauses
            assert (row.left_s is not None) == (self.case.state in timer.pauses)


async def verify_play(session: AsyncSession, rules: Rules, script: list[tuple[str, str, int]]) -> None:
    scene, accepted = Scene(session, rules), 0
    await scene.build()
    for who, word, minutes in script:
        scene.now += timedelta(minutes=minutes)
        before, expected = scene.case.state, await scene.permitted(word, who)
        try:
            await advance(session, scene.case, word, scene.act(who))
            accepted += 1
            assert expected, f"{who} must not {word} in {before}"
        except UserError as error:
            assert not expected, f"{who} may {word} in {before}: {error}"
            assert scene.case.state == before
            assert str(error).startswith("R01 ")
        await scene.check(accepted)
    assert await first_break(session) is None


STEPS = st.lists(
    st.tuples(st.sampled_from(ACTORS), st.sampled_from(WORDS), st.integers(0, 60 * 24 * 3)), max_size=14
)


@settings(max_examples=40, deadline=None)
@given(script=STEPS)
def test_any_sequence_accepts_exactly_the_offered_moves(
    script: list[tuple[str, str, int]], scratch: Scratch, config: Config
) -> None:
    scratch.run(lambda session: verify_play(session, config.rules(), script))


@settings(max_examples=25, deadline=None)
@given(choices=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 300)), min_size=4, max_size=20))
def test_long_lives_of_a_case_keep_the_books_in_order(
    choices: list[tuple[int, int]], scratch: Scratch, config: Config
) -> None:
    scratch.run(lambda session: verify_life(session, config.rules(), choices))


async def verify_life(session: AsyncSession, rules: Rules, choices: list[tuple[int, int]]) -> None:
    """Only permitted moves, chosen by the numbers."""
    scene = Scene(session, rules)
    await scene.build()
    for done, (choice, minutes) in enumerate(choices, 1):
        scene.now += timedelta(minutes=minutes)
        options = [(w, m) for w in ACTORS for m in WORDS if await scene.permitted(m, w)]
        if not options:
            assert REPAIR.state(scene.case.state).final
            return
        who, word = options[choice % len(options)]
        await advance(session, scene.case, word, scene.act(who))
        await scene.check(done)


async def scene_in(session: AsyncSession, config: Config) -> Scene:
    scene = Scene(session, config.rules())
    await scene.build()
    return scene


async def test_an_impossible_move_names_the_possible_ones(db: Database, config: Config) -> None:
    async with db.begin() as session:
        scene = await scene_in(session, config)
        await advance(session, scene.case, "派单", scene.act("desk"))
        with pytest.raises(UserError, match="R01 现在是“已派单”，您可以：接单 R01、退单 R01。"):
            await advance(session, scene.case, "完工", scene.act("zhaolei"))
        with pytest.raises(UserError, match="目前没有需要您操作的步骤。发送“待办”"):
            await advance(session, scene.case, "接单", scene.act("wangqiang"))
        with pytest.raises(UserError, match="您可以：取消 R01。"):
            await advance(session, scene.case, "签认", scene.act("lina"))


async def test_a_move_without_what_it_needs_shows_how_it_is_written(db: Database, config: Config) -> None:
    async with db.begin() as session:
        scene = await scene_in(session, config)
        with pytest.raises(UserError, match="请写明派给谁，例如：派单 R01 王强"):
            await advance(session, scene.case, "派单", replace(scene.act("desk"), worker=None))
        desk = scene.actors["desk"]
        assert isinstance(desk, Staff)
        with pytest.raises(UserError, match="desk没有处理报修的权限"):
            await advance(session, scene.case, "派单", replace(scene.act("desk"), worker=desk))


async def test_the_clock_stands_still_while_parts_are_awaited(db: Database, config: Config) -> None:
    async with db.begin() as session:
        scene = await scene_in(session, config)
        await advance(session, scene.case, "领单", scene.act("zhaolei"))
        scene.now += timedelta(minutes=60)
        await advance(session, scene.case, "待料", scene.act("zhaolei"))
        scene.now += timedelta(days=3)
        await advance(session, scene.case, "到场", scene.act("zhaolei"))
        finish = await session.scalar(select(Deadline).where(Deadline.kind == "finish", Deadline.level == 0))
        assert finish is not None
        left = timedelta(minutes=config.repair.finish_min["normal"] - 60)
        assert finish.due_at == later_by(scene.now, left, duty_hours(scene.rules))


async def test_a_closed_repair_may_be_taken_up_again_for_a_week(db: Database, config: Config) -> None:
    async with db.begin() as session:
        scene = await scene_in(session, config)
        for who, word in (("zhaolei", "领单"), ("zhaolei", "完工"), ("lina", "评价")):
            await advance(session, scene.case, word, scene.act(who))
        scene.now += timedelta(days=7, seconds=1)
        with pytest.raises(UserError, match="关闭已超过 7 天"):
            await advance(session, scene.case, "重开", scene.act("lina"))
        scene.now -= timedelta(seconds=1)
        await advance(session, scene.case, "重开", scene.act("lina"))
        assert (scene.case.state, scene.case.worker_id, scene.case.rating) == ("new", None, None)


def test_every_move_that_staff_type_has_an_example_for_what_it_needs() -> None:
    for move in REPAIR.moves:
        if move.for_staff and Need.NOTE in move.needs:
            assert move.example, move.word
    assert workflow_of(Case(workflow="repair")) is REPAIR
