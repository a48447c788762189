"""Who has a phone in the simulated park."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TENANT = "tenant"
STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Person:
    """One person with one phone.

    id: short latin id for tenants such as "lina", the userid for staff.
    account: external_userid ("wm…") for tenants, the userid for staff.
    """

    id: str
    name: str
    kind: str
    company: str
    unit: str
    roles: tuple[str, ...]
    mobile: str
    account: str


class People:
    """Finds a person by id, by account and by mobile number."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._by_id = {person.id: person for person in people}
        self._members = {person.account.lower(): person for person in people if person.kind == STAFF}
        self._customers = {person.account: person for person in people if person.kind == TENANT}
        self._by_mobile = {person.mobile: person for person in people if person.mobile}
        if len(self._by_id) != len(people):
            raise ValueError("two people have the same id")

    def all(self) -> list[Person]:
        """Everybody, in the order given."""
        return list(self._by_id.values())

    def find(self, person_id: str) -> Person | None:
        """By id, exactly."""
        return self._by_id.get(person_id)

    def member(self, userid: str) -> Person | None:
        """Staff by userid; WeCom compares without regard to case [wecom.md 3.2]."""
        return self._members.get(userid.lower())

    def members(self) -> list[Person]:
        """All staff: `@all`."""
        return list(self._members.values())

    def customer(self, external_userid: str) -> Person | None:
        """Tenant by external_userid, exactly."""
        return self._customers.get(external_userid)

    def owner_of(self, mobile: str) -> Person | None:
        """Whose number this is."""
        return self._by_mobile.get(mobile)
