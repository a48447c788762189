"""Routers: which word, tap or form step leads to which function. Plain tables, filled by decorators, checked at import."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from handlers.context import Ctx
from models.messages.inbound import Kind
from models.people.identity import Actor, Stranger, TenantActor
from models.people.staff import Staff
from models.rules import Rules

Handler = Callable[[Ctx, str], Awaitable[None]]
StepHandler = Callable[[Ctx, dict[str, object]], Awaitable[None]]
F = TypeVar("F", bound=Callable[..., Awaitable[None]])


class Side(StrEnum):
    """Who writes: tenants over 微信客服, staff over the WeCom application."""

    TENANT = "kf"
    STAFF = "wecom"


ANYONE = "anyone"  # even somebody we can not place
BOUND = "bound"  # any contact of a tenant
MONEY = "money"  # a contact whose role sees money


@dataclass(frozen=True, slots=True)
class Command:
    """A word people write first. `may`: ANYONE, BOUND or MONEY for tenants, a permission of config.yaml for staff;
    "case.work|case.dispatch" stands for either.

    usage: an example, as it is typed. about: what it does, for 帮助.
    """

    word: str
    aliases: tuple[str, ...]
    may: str
    usage: str
    about: str
    handler: Handler


@dataclass(frozen=True, slots=True)
class Press:
    """A tap whose key begins with "<prefix>:"; the rest is the argument."""

    prefix: str
    may: str
    handler: Handler


@dataclass(frozen=True, slots=True)
class Step:
    """The answer to a question of a form. Rights may have gone since it was asked, so they are checked again."""

    may: str
    handler: StepHandler


class Router:
    """The entries of one subject on one side."""

    def __init__(self, name: str, side: Side) -> None:
        self.name = name
        self.side = side
        self.commands: list[Command] = []
        self.presses: list[Press] = []
        self.steps: dict[tuple[str, str], Step] = {}
        self.kinds: dict[Kind, Handler] = {}
        self.events: dict[str, Handler] = {}
        self.otherwise: Handler | None = None

    def command(self, word: str, *aliases: str, may: str, usage: str, about: str) -> Callable[[F], F]:
        """Messages that begin with the word; the handler gets the rest of the text, stripped."""

        def add(function: F) -> F:
            self.commands.append(Command(word, aliases, may, usage, about, function))
            return function

        return add

    def press(self, prefix: str, *, may: str) -> Callable[[F], F]:
        """Taps on buttons with key "<prefix>:<argument>"; the handler gets the argument."""

        def add(function: F) -> F:
            self.presses.append(Press(prefix, may, function))
            return function

        return add

    def step(self, form: str, step: str, *, may: str) -> Callable[[F], F]:
        """The answer to a question asked with `ctx.ask(form, step, …)`; the handler gets the answers so far.

        The form ends unless the handler asks again.
        """

        def add(function: F) -> F:
            self.steps[form, step] = Step(may, function)
            return function

        return add

    def kind(self, kind: Kind) -> Callable[[F], F]:
        """Messages of a kind (picture, location …) outside any form; the handler gets the text that came with it."""

        def add(function: F) -> F:
            self.kinds[kind] = function
            return function

        return add

    def event(self, name: str) -> Callable[[F], F]:
        """Events of the platform by name; the handler gets the name."""

        def add(function: F) -> F:
            self.events[name] = function
            return function

        return add

    def fallback(self, function: F) -> F:
        """Text that is no command and no answer; one router per side may have it. Gets the whole text."""
        self.otherwise = function
        return function


def allowed(actor: Actor, may: str, rules: Rules) -> bool:
    """Whether this person may use an entry."""
    match actor:
        case Staff():
            return may == ANYONE or any(actor.may(one, rules) for one in may.split("|"))
        case TenantActor(contact=contact):
            return may in (ANYONE, BOUND) or (may == MONEY and contact.role.sees_money)
        case Stranger():
            return may == ANYONE
