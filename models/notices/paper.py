"""Letters that count only on paper: staff are asked to print, stamp and bring or post them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.content import Content
from models.messages.tell import tell_staff
from models.notices.bringers import load_crew
from models.notices.letter import document_of
from models.notices.notice import Notice
from models.rules import Rules

_LAW = "按《电子签名法》第三条，涉及停止水、电、热、气等服务的文书不能以电子送达代替。"


async def ask_for_paper(session: AsyncSession, notice: Notice, now: datetime, rules: Rules) -> None:
    """Tells who looks after the tenant, else all who deliver, once per letter, with the file [law: 电子签名法 §3]."""
    letter = document_of(notice)
    text = (
        f"【纸质送达】{notice.kind} {notice.number}：{letter.tenant}，{'、'.join(letter.units) or '无单元'}。\n"
        f"{_LAW}请打印附件、盖章，上门交有权签收的人签字，或以挂号信、EMS 寄出（面单注明文书名称）。完成后：\n"
        f"· 上门：先拍签收联，再发 送达 {notice.number} 签收人姓名 身份\n· 邮寄：发 邮寄 {notice.number} 快递单号"
    )
    bringers = (await load_crew(session, rules)).for_units(letter.units, now, rules)
    file = Content(file=notice.subject, file_name=f"{notice.kind}-{notice.number}.pdf")
    for suffix, content in (("", Content(text=text)), (":pdf", file)):
        await tell_staff(
            session, bringers.members, f"{notice.subject}:paper{suffix}", content,
            now=now, subject=notice.subject, guard=f"owed:{notice.id}", due_at=bringers.at,
        )  # fmt: skip
