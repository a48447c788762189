"""What is held against a history at its end.

Nothing is shown twice over one channel, nothing that counts as sent was not shown, nothing that was said is without an
end. A letter ends in proof, withheld with a reason, or as the task of a person that is really there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.wire.history_stage import Stage
from tests.wire.strict_platform import MARK

_ROWS = """SELECT dedupe_key, status, channel, purpose, subject, reason, provider_id, settled_at,
json_extract(content, '$.text') FROM outbox ORDER BY id"""
_TASKS = "SELECT 'notice:' || notice_id FROM delivery_step WHERE rung = '上门派发'"
_SIGNED = "SELECT 'notice:' || notice_id FROM receipt WHERE sufficient"


@dataclass(frozen=True)
class Said:
    """A message, as far as its end goes."""

    key: str
    status: str
    channel: str
    purpose: str
    subject: str
    reason: str
    provider_id: str
    settled_at: str | None
    text: str

    def __str__(self) -> str:
        return f"{self.key} ({self.purpose}): {self.status} {self.channel}, {self.reason or 'no reason'}"


@dataclass
class Verdict:
    """What was found wrong."""

    rows: list[Said]
    tasks: set[str]
    signed: set[str]
    shown: Mapping[str, Counter[str]]
    wrong: list[str] = field(default_factory=list)

    def judge(self, count: int) -> list[str]:
        """count: so many messages were said."""
        for channel, marks in self.shown.items():
            self.wrong += [
                f"shown {times} times over {channel}: {mark}" for mark, times in marks.items() if times > 1
            ]
        keys = {row.key for row in self.rows}
        self.wrong += [f"never said: h{n}" for n in range(1, count + 1) if f"h{n}" not in keys]
        proven = self.signed | {
            row.subject for row in self.rows if row.purpose == "notice" and row.status == "sent"
        }
        for row in self.rows:
            if fault := self._end(row, proven):
                self.wrong.append(f"{fault}: {row}")
        return self.wrong

    def _end(self, row: Said, proven: set[str]) -> str:
        """What is wrong with how it ended."""
        match row.status:
            case "sent":
                return self._proof(row)
            case "withheld" | "waiting":
                lacks_end = row.status == "waiting" and row.purpose == "notice"
                return "a letter that waits" if lacks_end else "" if row.reason else "without a reason"
            case "dead" | "unknown":
                return self._given_up(row, proven)
        return "no end"

    def _proof(self, row: Said) -> str:
        """Taken by its provider, under a name that reports give, at a time; and really shown."""
        if not (row.provider_id and row.settled_at and row.channel):
            return "no evidence"
        lost = [
            mark for mark in MARK.findall(row.text) if row.key[0] == "h" and not self.shown[row.channel][mark]
        ]
        return f"lost {lost}" if lost else ""

    def _given_up(self, row: Said, proven: set[str]) -> str:
        if not row.reason:
            return "without a reason"
        if row.purpose != "notice" or row.subject in proven:
            return ""
        asked = any(each.key.startswith(f"{row.subject}:visit:") for each in self.rows)
        return "" if row.subject in self.tasks and asked else "nobody was asked"


def verdict(stage: Stage, shown: Mapping[str, Counter[str]], count: int) -> list[str]:
    """What is wrong at the end of a history in which so many messages were said."""
    rows = [Said(*values[:-1], values[-1] or "") for values in stage.rows(_ROWS)]
    tasks, signed = ({subject for (subject,) in stage.rows(sql)} for sql in (_TASKS, _SIGNED))
    return Verdict(rows, tasks, signed, shown).judge(count)
