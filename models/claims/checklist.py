"""Which papers a claim needs, by kind of loss, and which of them are there [manual 4.3.1, flow chart; practice]."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.claims.claim import Claim
from models.claims.duty import DutyKind, duties_of
from models.claims.evidence import SHOT_LABELS, Shot, items_of, missing_shots
from models.claims.linked import repair_lines
from models.claims.paper import PAPER_LABELS, Paper, PaperRequest, papers_of, requests_of, scene_photos
from models.claims.third_party import OTHERS_HURT, third_parties_of
from models.clock import local


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper to have. when: only in this case, "" for always."""

    paper: Paper
    when: str = ""


ALWAYS = (
    Asked(Paper.LOSS_NOTICE),
    Asked(Paper.DAMAGE_LIST),
    Asked(Paper.INCIDENT_REPORT),
    Asked(Paper.PHOTOS),
    Asked(Paper.POLICY),
    Asked(Paper.QUOTE),
    Asked(Paper.INVOICE, "修好或重置后"),
    Asked(Paper.ASSET, "保险公司要财产证明时"),
)
_EXPERT_IF = Asked(Paper.EXPERT, "原因或损失程度有疑问时")
BY_KIND: dict[str, tuple[Asked, ...]] = {
    "水浸": (_EXPERT_IF, Asked(Paper.WEATHER, "暴雨、台风造成的")),
    "玻璃自爆": (_EXPERT_IF, Asked(Paper.WEATHER, "大风造成的")),
    "火灾": (Asked(Paper.FIRE), Asked(Paper.EXPERT)),
    "机器设备": (Asked(Paper.EXPERT), Asked(Paper.SERVICE_LOG)),
    "盗抢": (Asked(Paper.POLICE),),
    "车辆": (Asked(Paper.TRAFFIC), Asked(Paper.THIRD_PARTY)),
    "客户财产": (Asked(Paper.THIRD_PARTY), _EXPERT_IF),
    "自然灾害": (Asked(Paper.WEATHER), _EXPERT_IF),
    "现金": (Asked(Paper.POLICE), Asked(Paper.CASH_COUNT)),
}


def asked_of(kind: str, thing: str, *, third_parties: bool) -> list[Asked]:
    """The papers for this kind of loss, each once; what is asked always comes before what is asked sometimes."""
    wanted = [*ALWAYS, *BY_KIND.get(kind, (_EXPERT_IF,))]
    if third_parties or thing in OTHERS_HURT:
        wanted.append(Asked(Paper.THIRD_PARTY))
    by_paper: dict[Paper, Asked] = {}
    for each in wanted:
        if each.paper not in by_paper or not each.when:
            by_paper[each.paper] = each
    return list(by_paper.values())


@dataclass(frozen=True, slots=True)
class Line:
    """One paper and whether it is there; have: in words what is there, "" for nothing. lacks: what of it is missing."""

    asked: Asked
    have: str
    lacks: str = ""

    @property
    def label(self) -> str:
        """Its name."""
        return PAPER_LABELS[self.asked.paper]

    @property
    def missing(self) -> bool:
        """Whether it must be there and is not."""
        return not self.have and not self.asked.when

    @property
    def text(self) -> str:
        """For lists: a mark, the name, what there is of it."""
        if self.have:
            return f"√ {self.label}（{self.have}）"
        if self.asked.when:
            return f"○ {self.label}（{self.asked.when}）"
        return f"× {self.label}（还缺{self.lacks}）" if self.lacks else f"× {self.label}"


async def checklist(session: AsyncSession, claim: Claim) -> list[Line]:
    """The papers of the claim, as they stand, and what was filed besides."""
    filed: dict[Paper, int] = {}
    for page, _ in await papers_of(session, claim.id):
        filed[page.paper] = filed.get(page.paper, 0) + 1
    others = bool(claim.third_party or await third_parties_of(session, claim.id))
    made = await _made_by_us(session, claim)
    wanted = asked_of(claim.kind, claim.object, third_parties=others)
    known = {each.paper for each in wanted}
    wanted += [Asked(paper, "另附") for paper in Paper if paper in filed and paper not in known]
    lacks = {Paper.PHOTOS: "、".join(SHOT_LABELS[shot] for shot in await missing_shots(session, claim.id))}
    return [
        Line(each, made.get(each.paper, "") or _pages(filed.get(each.paper, 0)), lacks.get(each.paper, ""))
        for each in wanted
    ]


def _pages(count: int) -> str:
    return f"{count} 张" if count else ""


async def _made_by_us(session: AsyncSession, claim: Claim) -> dict[Paper, str]:
    """Papers that come out of the case itself."""
    met = {duty.kind: duty.met_at for duty in await duties_of(session, claim.id, lock=False)}
    items = await items_of(session, claim.id)
    photos = await scene_photos(session, claim.id)
    without = [SHOT_LABELS[shot] for shot in await missing_shots(session, claim.id)]
    receipts = sum(photo.kind is Shot.RECEIPT for photo, _ in photos)
    return {
        Paper.LOSS_NOTICE: _handed(met.get(DutyKind.LOSS_NOTICE)),
        Paper.INCIDENT_REPORT: _handed(met.get(DutyKind.REPORT)),
        Paper.DAMAGE_LIST: f"{len(items)} 项" if items else "",
        Paper.PHOTOS: f"{len(photos)} 张" if photos and not without else "",
        Paper.POLICE: f"回执 {claim.police_receipt}，{receipts} 张" if receipts else "",
    }


def _handed(at: datetime | None) -> str:
    return f"{local(at):%m-%d %H:%M} 已交" if at else ""


async def checklist_text(session: AsyncSession, claim: Claim, number: str) -> str:
    """What is there, what is missing, and what the insurer asked for besides."""
    lines = await checklist(session, claim)
    missing = [line.label for line in lines if line.missing]
    head = f"{number} {claim.kind}索赔材料：还缺 {len(missing)} 份" if missing else f"{number} 索赔材料已齐"
    asked = [request_line(each) for each in await requests_of(session, claim.id)]
    mended = [f"关联维修：{line}" for line in await repair_lines(session, claim)]
    requests = ["保险公司要求补料：", *asked] if asked else []
    return "\n".join([head, *(line.text for line in lines), *mended, *requests])


def request_line(request: PaperRequest) -> str:
    """What was asked for and when, and when it was handed in."""
    done = f"{local(request.done_at):%m-%d} 已交{request.done_note}" if request.done_at else "未交"
    return f"· {local(request.asked_at):%m-%d} {request.text}（{done}）"
