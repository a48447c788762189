"""What a handler is given: the message, who sent it, the time, the rules, and ways to answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit.entry import record
from models.calendar.working_days import Calendar
from models.clock import local_date
from models.errors import UserError
from models.messages import conversation
from models.messages.content import Button, Content
from models.messages.conversation import Conversation
from models.messages.inbound import Inbound
from models.messages.media import Media
from models.messages.outbox import Purpose, enqueue
from models.people.identity import Actor, TenantActor
from models.people.staff import Staff
from models.rules import Rules


@dataclass(slots=True)
class Ctx:
    """One message on its way through a handler. Everything happens in `session`, one transaction.

    media: the picture or file that came with this message, already in the store. form: the one the person is in.
    """

    session: AsyncSession
    now: datetime
    rules: Rules
    calendar: Calendar
    message: Inbound
    inbox_id: int
    actor: Actor
    media: Media | None = None
    form: Conversation | None = None
    _said: int = field(default=0)

    @property
    def today(self) -> date:
        """The park's date."""
        return local_date(self.now)

    @property
    def key(self) -> str:
        """Unique for this message: a base for dedupe keys of what it causes."""
        return f"in{self.inbox_id}"

    @property
    def staff(self) -> Staff:
        """The member who wrote; the router lets nobody else into staff handlers."""
        if not isinstance(self.actor, Staff):
            raise UserError("这个操作只对员工开放。")
        return self.actor

    @property
    def tenant(self) -> TenantActor:
        """The bound contact who wrote; the router lets nobody else into tenant handlers."""
        if not isinstance(self.actor, TenantActor):
            raise UserError("请先绑定身份：发送“绑定”开始。")
        return self.actor

    @property
    def actor_key(self) -> str:
        """How records name the person: "staff:<userid>", "contact:<id>" or "<channel>:<account>"."""
        match self.actor:
            case Staff(userid=userid):
                return f"staff:{userid}"
            case TenantActor(contact=contact):
                return f"contact:{contact.id}"
        return f"{self.message.channel}:{self.message.sender}"

    @property
    def actor_name(self) -> str:
        """The person's name, for timelines."""
        match self.actor:
            case Staff(name=name):
                return name
            case TenantActor(contact=contact):
                return contact.name
        return "访客"

    async def reply(
        self, content: str | Content, *buttons: Button, subject: str = "", guard: str = ""
    ) -> None:
        """Answers the person in the same chat; leaves with this transaction."""
        if isinstance(content, str):
            content = Content(text=content, buttons=buttons)
        self._said += 1
        welcome_code = str(self.message.data.get("welcome_code", ""))
        if welcome_code:
            content = replace(content, welcome_code=welcome_code)
        staff = isinstance(self.actor, Staff)
        recipient = (
            self.actor_key if isinstance(self.actor, Staff | TenantActor) else f"kf:{self.message.sender}"
        )
        await enqueue(
            self.session,
            f"{self.key}:reply:{self._said}",
            content,
            recipient=recipient if self.message.channel == "kf" or staff else f"staff:{self.message.sender}",
            contact_id=self.actor.contact.id if isinstance(self.actor, TenantActor) else None,
            account=self.message.sender,
            purpose=self._purpose(bool(welcome_code)),
            now=self.now,
            subject=subject,
            guard=guard,
        )

    def _purpose(self, welcome: bool) -> Purpose:
        if welcome:
            return Purpose.WELCOME
        return Purpose.WORK if self.message.channel == "wecom" else Purpose.REPLY

    async def ask(
        self, form: str, step: str, answers: dict[str, Any], question: str | Content, *buttons: Button
    ) -> None:
        """Asks `question`; the next message of this person goes to the handler of that step."""
        await conversation.put(
            self.session, self.message.channel, self.message.sender, form, step, answers, self.now
        )
        await self.reply(question, *buttons)

    async def end_form(self) -> None:
        """The form is done or given up."""
        self.form = None
        await conversation.end(self.session, self.message.channel, self.message.sender)

    async def audit(self, action: str, subject: str, **detail: Any) -> None:
        """Puts on record that this person did this."""
        await record(
            self.session,
            actor=self.actor_key,
            action=action,
            subject=subject,
            now=self.now,
            detail=detail,
            message_key=f"{self.message.channel}:{self.message.key}",
        )
