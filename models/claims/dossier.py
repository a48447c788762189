"""卷宗: the whole file of a claim, put together from its rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import workflow_of
from models.cases.case import Case
from models.claims.amounts import AMOUNT_LABELS, ClaimAmount, amounts_of, totals
from models.claims.checklist import checklist, request_line
from models.claims.claim import Claim
from models.claims.course import clock_rows, consents_course, course_of, stamp
from models.claims.documents import ClaimFile, FiledPicture, Sum
from models.claims.evidence import SHOT_LABELS
from models.claims.forms import damage_list_of, incident_report_of, loss_facts, loss_notice_of
from models.claims.linked import repair_lines
from models.claims.paper import PAPER_LABELS, papers_of, requests_of, scene_photos
from models.claims.third_party import third_parties_of
from models.clock import local
from models.messages.media import Media
from models.notices.documents import Photo
from models.people.staff import Staff
from models.rules import Rules


async def claim_file_of(
    session: AsyncSession, case: Case, claim: Claim, now: datetime, rules: Rules
) -> ClaimFile:
    """The file without the bytes of its pictures, which the database does not hold."""
    entries = await amounts_of(session, claim.id)
    names = {member.userid: member.name for member in await session.scalars(select(Staff))}
    loss = await loss_facts(session, case, claim, now, rules)
    return ClaimFile(
        loss=loss,
        state=workflow_of(case).state(case.state).label,
        made_at=now,
        notice=await loss_notice_of(session, case, claim, now, rules),
        damage=await damage_list_of(session, case, claim, now, rules),
        report=await incident_report_of(session, case, claim, now, rules),
        clocks=await clock_rows(session, claim),
        course=await course_of(session, case, claim),
        papers=tuple(line.text for line in await checklist(session, claim)),
        requests=tuple(
            request_line(each).removeprefix("· ") for each in await requests_of(session, claim.id)
        ),
        consents=await consents_course(session, claim),
        repairs=await repair_lines(session, claim),
        third_parties=tuple(each.line for each in await third_parties_of(session, claim.id)),
        amounts=tuple(Sum(AMOUNT_LABELS[kind], fen) for kind, fen in totals(entries).items()),
        amount_log=tuple(_logged(entry) for entry in entries),
        photos=await _photos(session, claim, names),
        pages=await _pages(session, claim, names),
    )


def _logged(entry: ClaimAmount) -> Sum:
    note = f"，{entry.note}" if entry.note else ""
    return Sum(AMOUNT_LABELS[entry.kind], entry.amount_fen, f"{stamp(entry.at)} {entry.noted_by}{note}")


async def _photos(session: AsyncSession, claim: Claim, names: dict[str, str]) -> tuple[FiledPicture, ...]:
    return tuple(
        _filed(SHOT_LABELS[photo.kind] if photo.kind else "未分类", media, names)
        for photo, media in await scene_photos(session, claim.id)
    )


async def _pages(session: AsyncSession, claim: Claim, names: dict[str, str]) -> tuple[FiledPicture, ...]:
    return tuple(
        _filed(PAPER_LABELS[page.paper], media, names) for page, media in await papers_of(session, claim.id)
    )


def _filed(caption: str, media: Media, names: dict[str, str]) -> FiledPicture:
    received = f"{local(media.received_at):%Y-%m-%d %H:%M:%S}"
    sender = names.get(media.sender, "") or ("租户" if media.channel == "kf" else media.sender)
    return FiledPicture(caption, media.sha256, received, sender, Photo(caption, b""))
