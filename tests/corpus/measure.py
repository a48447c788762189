"""How much of what tenants write is placed right: `python -m tests.corpus.measure`.

Words are chosen by looking at the seen lists (sentences.txt, tuning.txt). The unseen one was written by somebody who did
not know the word lists, but has been measured often. The blind one was written before its writer had seen any list, and
measured after the words were settled: of the two only the shares are told, never the sentences that went wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.cases.understanding import Sort, understand
from models.rules import Rules

FOLDER = Path(__file__).parent
SEEN, TUNING, UNSEEN, BLIND = (FOLDER / f"{name}.txt" for name in ("sentences", "tuning", "unseen", "blind"))
_HURRY = ("normal", "urgent", "emergency")
_URGENCY = {"": "", "n": "normal", "u": "urgent", "e": "emergency"}


@dataclass(frozen=True)
class Sentence:
    """One message, and where it belongs."""

    sort: Sort
    category: str
    urgency: str
    text: str


@dataclass(frozen=True)
class Share:
    """Of so many sentences, how many went to the right desk; of the repairs, how many to the right trade and hurry."""

    total: int
    sort: int
    repairs: int
    category: int
    urgency: int
    too_urgent: int
    missed_emergencies: list[str]

    def lines(self) -> list[str]:
        """As a table."""
        return [
            f"sort      {self.sort}/{self.total} = {self.sort / self.total:.1%}",
            f"category  {self.category}/{self.repairs} = {self.category / self.repairs:.1%} of the repairs",
            f"urgency   {self.urgency}/{self.repairs} = {self.urgency / self.repairs:.1%} of the repairs, "
            f"{self.too_urgent} too urgent, {self.repairs - self.urgency - self.too_urgent} not urgent enough",
            f"emergencies not seen as such: {len(self.missed_emergencies)}",
        ]


def sentences(file: Path) -> list[Sentence]:
    """A whole list."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        sort, category, urgency, text = (part.strip() for part in line.split("|", 3))
        found.append(Sentence(Sort(sort), category, _URGENCY[urgency], text.replace("\\n", "\n")))
    return found


def measure(found: Sequence[Sentence], rules: Rules) -> Share:
    """Places every sentence."""
    placed = [(each, understand(each.text, rules)) for each in found]
    repairs = [(each, got) for each, got in placed if each.sort is Sort.REPAIR]
    return Share(
        total=len(found),
        sort=sum(each.sort is got.sort for each, got in placed),
        repairs=len(repairs),
        category=sum(each.category == got.category for each, got in repairs),
        urgency=sum(each.urgency == got.urgency for each, got in repairs),
        too_urgent=sum(_HURRY.index(got.urgency) > _HURRY.index(each.urgency) for each, got in repairs),
        missed_emergencies=[
            each.text
            for each, got in repairs
            if each.urgency == "emergency" and (got.urgency, got.sort) != ("emergency", Sort.REPAIR)
        ],
    )


def main() -> None:
    """All lists; of the seen ones also what went wrong."""
    rules = Rules()
    for file in (SEEN, TUNING, UNSEEN, BLIND):
        found = sentences(file)
        sys.stdout.write(f"{file.stem}, {len(found)} sentences\n")
        sys.stdout.writelines(f"  {line}\n" for line in measure(found, rules).lines())
        for each in [] if file in (UNSEEN, BLIND) else found:
            got = understand(each.text, rules)
            wanted = (each.sort, each.category, each.urgency)
            if (
                got.sort,
                got.category if each.category else "",
                got.urgency if each.urgency else "",
            ) != wanted:
                sys.stdout.write(
                    f"    {each.text!r}: {got.sort} {got.category} {got.urgency}, not {' '.join(wanted)}\n"
                )


if __name__ == "__main__":
    main()
