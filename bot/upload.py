"""A form with one file, as a browser sends it: read within bounds, whatever the other side claims."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from models.errors import UserError

_FIELD_BYTES = 1000
_MOST_PARTS = 8
_DRAIN_BYTES = 64 * 1024 * 1024
"""So much of a file that is too large is read and forgotten, so that the browser lives to see the answer."""


@dataclass(slots=True)
class UploadForm:
    """What came. data: of the file, b"" without one."""

    fields: dict[str, str] = field(default_factory=dict)
    name: str = ""
    data: bytes = b""


async def read_upload(request: web.Request, most_bytes: int) -> UploadForm:
    """The form; an odd request is an empty one. Raises UserError for a file beyond the limit."""
    form = UploadForm()
    if request.content_type != "multipart/form-data":
        return form
    try:
        reader = await request.multipart()
        for _ in range(_MOST_PARTS):
            part = await reader.next()
            if part is None:
                break
            if isinstance(part, BodyPartReader):
                await _take(form, part, most_bytes)
    except (ValueError, RuntimeError, LookupError, AssertionError, ConnectionError, web.RequestPayloadError):
        return UploadForm()
    return form


async def _take(form: UploadForm, part: BodyPartReader, most_bytes: int) -> None:
    if part.filename is None:
        text = await _bounded(part, _FIELD_BYTES)
        form.fields[part.name or ""] = (text or b"").decode("utf-8", "replace")
        return
    data = await _bounded(part, most_bytes)
    if data is None:
        raise UserError(f"文件超过 {most_bytes >> 20} MB，请只保留抄表工作表后再上传。")
    form.name, form.data = part.filename[:100], data


async def _bounded(part: BodyPartReader, most_bytes: int) -> bytes | None:
    """The bytes; None when there are more than so many."""
    kept, seen = bytearray(), 0
    while chunk := await part.read_chunk(65_536):
        seen += len(chunk)
        if seen > most_bytes:
            kept.clear()
            if seen > _DRAIN_BYTES:
                break
        else:
            kept += chunk
    return bytes(kept) if seen <= most_bytes else None
