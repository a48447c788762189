"""The papers of a claim as PDF, as the case stands when they are sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import structlog

from bot.core import Core
from bot.documents.render import render, render_picture
from models.cases.case import Case
from models.claims.board import board_of, standings
from models.claims.claim import claim_of
from models.claims.documents import ClaimDocument, ClaimFile, FiledPicture
from models.claims.dossier import claim_file_of
from models.claims.forms import damage_list_of, incident_report_of, loss_notice_of
from models.errors import ServiceError
from models.notices.documents import Photo

log = structlog.get_logger(__name__)

MOST_PHOTOS, MOST_PAGES = 40, 20
"""A file above 20 MB is not taken by the platform, and a picture takes up to 300 kB; those beyond stand in it by their
digest."""
_FORMS: Mapping[str, Callable[..., Awaitable[ClaimDocument]]] = {
    "notice": loss_notice_of,
    "damage": damage_list_of,
    "report": incident_report_of,
    "file": claim_file_of,
}


async def claim_pdf(core: Core, case_id: str, form: str) -> bytes:
    """The form of a claim: notice, damage, report, or file for all of it. Raises ServiceError for anything else."""
    async with core.db.begin() as session:
        case = await session.get(Case, int(case_id))
        if case is None or form not in _FORMS:
            raise ServiceError(f"no such paper of a claim: {case_id}:{form}")
        document = await _FORMS[form](
            session, case, await claim_of(session, case.id), core.clock.now(), core.rules
        )
    if isinstance(document, ClaimFile):
        photos = await _with_pictures(core, document.photos, MOST_PHOTOS)
        document = replace(
            document, photos=photos, pages=await _with_pictures(core, document.pages, MOST_PAGES)
        )
    return await render(document)


async def claim_board_png(core: Core, which: str) -> bytes:
    """The board of all open claims, as it stands when it is sent. Raises ServiceError for any other."""
    if which != "all":
        raise ServiceError(f"no such board: {which}")
    now = core.clock.now()
    async with core.db.begin() as session:
        board = board_of(await standings(session, now, core.rules), now, core.rules)
    return await render_picture(board)


async def _with_pictures(core: Core, filed: Sequence[FiledPicture], most: int) -> tuple[FiledPicture, ...]:
    shown = [
        replace(each, picture=Photo(each.caption, await _bytes(core, each.sha256))) for each in filed[:most]
    ]
    return (*shown, *filed[most:])


async def _bytes(core: Core, sha256: str) -> bytes:
    """The picture; none when the file is lost, which the paper says in its place."""
    try:
        return await core.files.get(sha256)
    except OSError:
        log.warning("picture is missing from the store", sha256=sha256)
        return b""
