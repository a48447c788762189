"""送达记录 in chat: the chain of one letter, a line for each thing that happened. Phone numbers are masked."""

from __future__ import annotations

from models.clock import local
from models.notices.proof import ProofChain, ProofEvent
from models.people.directory import masked

MOST_LINES = 40
_DIGEST_SHOWN = 12


def proof_text(chain: ProofChain) -> str:
    """The whole chain, oldest first; of very long ones the newest part."""
    lines = [_line(event) for event in chain.events]
    if len(lines) > MOST_LINES:
        lines = [lines[0], f"……另有 {len(lines) - MOST_LINES} 条", *lines[-MOST_LINES + 1 :]]
    return "\n".join([f"【送达记录】{chain.kind} {chain.number} {chain.tenant}", *lines, *_end(chain)])


def _line(event: ProofEvent) -> str:
    photos = f"照片 {len(event.photos)} 张" if event.photos else ""
    address = masked(event.address) if event.address.isdecimal() else ""
    parts = [event.who, event.how, address, event.detail, photos]
    said = "，".join(part for part in parts if part)
    return f"{local(event.at):%m-%d %H:%M} {event.stage}：{said}"


def _end(chain: ProofChain) -> list[str]:
    digest = f"文件 SHA-256：{chain.sha256[:_DIGEST_SHOWN]}…" if chain.sha256 else "文件尚未生成"
    if chain.proven_at:
        return [digest, "结论：已有足以证明送达的记录。"]
    return [digest, "结论：还没有足以证明送达的记录，请继续上门派发或邮寄。"]
