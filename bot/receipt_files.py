"""The PDF of a receipt: rendered when first needed, then the same bytes for ever."""

from __future__ import annotations

from bot.core import Core
from bot.documents.render import render
from models.errors import ServiceError
from models.fees.payment import Payment
from models.notices.documents import PaymentReceipt
from models.notices.payment_receipt import receipt_of


class ReceiptFiles:
    """Renders receipts and keeps what it rendered."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def pdf(self, payment_id: int) -> bytes:
        """The PDF of a payment's receipt. Raises ServiceError when there is no such payment."""
        found = await self._known_or_new(payment_id)
        if isinstance(found, PaymentReceipt):
            found = await self._keep(payment_id, await self._core.files.put(await render(found)))
        return await self._core.files.get(found)

    async def _known_or_new(self, payment_id: int) -> str | PaymentReceipt:
        """The digest of what was rendered before, else the facts to render."""
        async with self._core.db.read() as session:
            payment = await session.get(Payment, payment_id)
            if payment is None:
                raise ServiceError(f"no such payment: {payment_id}")
            now, rules = self._core.clock.now(), self._core.rules
            return payment.receipt_sha256 or await receipt_of(session, payment, now, rules)

    async def _keep(self, payment_id: int, sha256: str) -> str:
        """Notes the digest unless another process was faster; the one that counts."""
        async with self._core.db.begin() as session:
            payment = await session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
            payment.receipt_sha256 = payment.receipt_sha256 or sha256
            return payment.receipt_sha256
