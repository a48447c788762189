"""Every move of every workflow by every role: allowed or refused as the table in docs/业务规则.md says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.config import Config
from models.cases import WORKFLOWS
from models.cases.advance import advance
from models.cases.case import Case
from models.cases.workflow import Act, Mover, System, Workflow
from models.errors import UserError
from models.people.identity import TenantActor
from models.people.staff import Staff
from models.people.tenant import Contact, ContactRole, Tenant
from models.rules import Rules

PAGE = Path(__file__).parents[2] / "docs" / "业务规则.md"
NOW = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
WORKER, HELPER = 901, 902


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: states by their labels, and who may."""

    sources: frozenset[str]
    target: str
    who: frozenset[str]


def table_of(workflow: Workflow) -> dict[str, Row]:
    """The table below the workflow's diagram."""
    section = re.split(
        r"^### ", PAGE.read_text("utf-8").split(f"\n### {workflow.label}\n", 1)[1], flags=re.M
    )[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return {
        word: Row(frozenset(sources.split("、")), target, frozenset(who.split("、")))
        for word, sources, target, who in lines[2:]
    }


def actors(rules: Rules, workflow: Workflow) -> Mapping[str, tuple[Mover, frozenset[str]]]:
    """Everybody who could try, and by which names the table may mean them."""
    crew = next(role for role, may in rules.roles.items() if workflow.crew.value in may)
    found: dict[str, tuple[Mover, frozenset[str]]] = {
        role: (_member(place, role), frozenset({role})) for place, role in enumerate(rules.roles, 1)
    }
    found["负责"] = (_member(WORKER, crew), frozenset({crew, "负责的员工"}))
    found["协助"] = (_member(HELPER, crew), frozenset({crew, "协助的员工"}))
    found["负责过、已调岗"] = (_member(WORKER, "行政人事"), frozenset({"行政人事"}))
    found["租户"] = (_contact(1), frozenset({"租户"}))
    found["别的租户"] = (_contact(2), frozenset())
    found["系统"] = (System(), frozenset({"系统"}))
    return found


def _member(number: int, role: str) -> Staff:
    return Staff(
        id=number, userid=f"u{number}", name=role, department="", roles=[role], shift="all", active=True
    )


def _contact(tenant: int) -> TenantActor:
    contact = Contact(id=tenant, tenant_id=tenant, name="李娜", role=ContactRole.HEAD, active=True)
    return TenantActor(contact, Tenant(id=tenant, name="租户"))


def case_in(workflow: Workflow, state: str) -> Case:
    """A case of tenant 1, with somebody responsible and somebody who helps."""
    return Case(
        id=1, number=f"{workflow.letter}01", workflow=workflow.name, state=state, tenant_id=1, contact_id=1,
        worker_id=WORKER, helpers=[HELPER], created_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_the_table_names_every_move(workflow: Workflow) -> None:
    table = table_of(workflow)
    assert list(table) == [move.word for move in workflow.moves]
    labels = {state.label for state in workflow.states}
    assert all(row.sources <= labels and row.target in {*labels, "不变"} for row in table.values())


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
async def test_every_move_by_every_role_is_allowed_or_refused_as_the_table_says(
    workflow: Workflow, config: Config
) -> None:
    rules, table = config.rules(), table_of(workflow)
    no_session: Any = None  # a refused move reads and writes nothing
    for state in workflow.states:
        case = case_in(workflow, state.name)
        for who, (actor, names) in actors(rules, workflow).items():
            allowed = {word for word, row in table.items() if state.label in row.sources and row.who & names}
            offered = {move.word for move in workflow.offered(case, actor, rules)}
            assert offered == allowed, f"{who} in {state.label}"
            refused = next((word for word in table if word not in allowed), "")
            if refused:
                act = Act(actor, NOW, rules, note="说明", rating=5, amount_fen=100)
                with pytest.raises(UserError, match=case.number):
                    await advance(no_session, case, refused, act)
            assert case.state == state.name
