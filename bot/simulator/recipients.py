"""Who a message of the application goes to, and who of them gets it. [wecom.md 3.2, 5.1]"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.simulator import limits
from bot.simulator.answers import ApiError, Json
from bot.simulator.people import Person
from bot.simulator.world import World


@dataclass(frozen=True, slots=True)
class Recipients:
    """Members once each, and the names nobody has, lower-cased as the platform answers them."""

    members: tuple[Person, ...]
    invalid_users: str
    invalid_parties: str
    invalid_tags: str


def find_recipients(world: World, body: Json) -> Recipients:
    """Raises 82001 when nobody is named, 81013 when all names are invalid. There are no parties and no tags."""
    userids, parties, tags = (_names(body, name) for name in ("touser", "toparty", "totag"))
    if not userids and not parties and not tags:
        raise ApiError(82001)
    if len(userids) > limits.RECIPIENTS or len(parties) > limits.PARTIES or len(tags) > limits.PARTIES:
        raise ApiError(40032)
    members = dict.fromkeys(world.people.members()) if userids == ["@all"] else {}
    invalid = []
    for userid in userids if not members else []:
        member = world.people.member(userid)
        if member is None:
            invalid.append(userid.lower())
        else:
            members[member] = None
    recipients = Recipients(tuple(members), "|".join(invalid), "|".join(parties), "|".join(tags))
    if not members:
        raise ApiError(81013, **invalid_of(recipients))
    return recipients


def invalid_of(recipients: Recipients) -> Json:
    """The part of the reply that tells who does not exist."""
    return {
        "invaliduser": recipients.invalid_users,
        "invalidparty": recipients.invalid_parties,
        "invalidtag": recipients.invalid_tags,
    }


def over_quota(world: World, member: Person) -> str:
    """Why the platform swallows a message to this member, "" when it does not. Counts the message."""
    key, now = f"member {member.id}", world.now()
    if world.rates.count(key, now, timedelta(minutes=1)) >= limits.MEMBER_PER_MINUTE:
        return f"over {limits.MEMBER_PER_MINUTE} a minute"
    if world.rates.count(key, now, timedelta(hours=1)) >= limits.MEMBER_PER_HOUR:
        return f"over {limits.MEMBER_PER_HOUR} an hour"
    world.rates.hit(key, now)
    return ""


def _names(body: Json, field: str) -> list[str]:
    return [name.strip() for name in str(body.get(field) or "").split("|") if name.strip()]
