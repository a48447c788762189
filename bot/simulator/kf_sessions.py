"""Who may be written to: state, 48-hour window, five messages, codes for events. [wecom.md 4.4–4.6]"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from bot.simulator import limits
from bot.simulator.answers import ApiError
from bot.simulator.world import World, secret

NEW, BOT, POOL, HUMAN, ENDED = range(5)
# What the API may do. Ending from 1 or 2 is not spelled out in the documents, so it is refused.
_MOVES = {NEW: (BOT, POOL, HUMAN), BOT: (POOL, HUMAN), POOL: (HUMAN,), HUMAN: (HUMAN, ENDED), ENDED: ()}
WELCOME, QUEUED, TAKEN, END = "welcome", "queued", "taken", "end"
_CODE_TYPES = {WELCOME: ("text", "msgmenu"), END: ("text", "msgmenu"), QUEUED: ("text",), TAKEN: ("text",)}
_SHORT = (WELCOME, END)


@dataclass(frozen=True, slots=True)
class Session:
    """One customer at the account. Instants are POSIX times, 0 is never."""

    state: int = NEW
    servicer: str = ""
    wrote_at: float = 0
    sent: int = 0  # messages since the customer last wrote
    welcomed_at: float = 0
    entered_at: float = 0


class Sessions:
    """Reads and changes the sessions."""

    def __init__(self, world: World) -> None:
        self._world = world

    def of(self, customer: str) -> Session:
        """The session as it is now."""
        data = self._world.store.get("kf_session", customer)
        return Session(**data) if data else Session()

    def enter(self, customer: str) -> str:
        """The customer opens the chat; a welcome code if one is due, else ""."""
        now, session = self._world.stamp(), self.of(customer)
        every_s = limits.KF_WELCOME_EVERY.total_seconds()
        due = now - max(session.welcomed_at, session.wrote_at) > every_s
        self._keep(
            customer, replace(session, entered_at=now, welcomed_at=now if due else session.welcomed_at)
        )
        return self.new_code(customer, WELCOME) if due else ""

    def must_enter(self, customer: str) -> bool:
        """Whether the chat was not used for 48 hours, so that writing means opening it first."""
        session = self.of(customer)
        last = max(session.entered_at, session.wrote_at)
        return self._world.stamp() - last > limits.KF_WINDOW.total_seconds()

    def wrote(self, customer: str) -> None:
        """The customer wrote: the window opens, the count starts anew, what had ended begins again."""
        now, session = self._world.stamp(), self.of(customer)
        lapsed = session.wrote_at and now - session.wrote_at > limits.KF_WINDOW.total_seconds()
        state = NEW if session.state == ENDED or lapsed else session.state
        self._keep(customer, replace(session, state=state, wrote_at=now, sent=0))

    def check_open(self, customer: str) -> None:
        """Raises 95018, 95002 or 95001 when nothing may be sent."""
        session = self.of(customer)
        if session.state not in (NEW, BOT):
            raise ApiError(95018)
        if self._world.stamp() - session.wrote_at > limits.KF_WINDOW.total_seconds():
            raise ApiError(95002)
        if session.sent >= limits.KF_MESSAGES_PER_WINDOW:
            raise ApiError(95001)

    def count(self, customer: str) -> None:
        """One message was sent."""
        session = self.of(customer)
        self._keep(customer, replace(session, sent=session.sent + 1))

    def move(self, customer: str, state: int, servicer: str) -> str:
        """Changes the state; the code for the message that may go with it, "" for none. Raises 95016."""
        session = self.of(customer)
        if state not in _MOVES[session.state]:
            raise ApiError(95016, f"{session.state} to {state}")
        self._keep(customer, replace(session, state=state, servicer=servicer if state == HUMAN else ""))
        first = session.state != state
        kind = {POOL: QUEUED, HUMAN: TAKEN, ENDED: END}.get(state, "")
        return self.new_code(customer, kind) if kind and first else ""

    def new_code(self, customer: str, kind: str) -> str:
        """A code for one message on an event."""
        code = secret("CODE", 32)
        self._world.store.put(
            "kf_code", code, {"customer": customer, "kind": kind, "at": self._world.stamp()}
        )
        return code

    def take_code(self, code: str, msgtype: str) -> str:
        """The customer it is for; it works once. Raises 41050, or 40008 for a type it does not allow."""
        data = self._world.store.get("kf_code", code)
        if data is None:
            raise ApiError(41050)
        life = limits.KF_WELCOME_LIFE if data["kind"] in _SHORT else limits.KF_EVENT_CODE_LIFE
        if self._world.age_s(data) > life.total_seconds():
            raise ApiError(41050, "expired")
        if msgtype not in _CODE_TYPES[data["kind"]]:
            raise ApiError(40008)
        self._world.store.drop("kf_code", code)
        return str(data["customer"])

    def _keep(self, customer: str, session: Session) -> None:
        self._world.store.put("kf_session", customer, asdict(session))
