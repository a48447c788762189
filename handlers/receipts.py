"""收据 handed over in chat, to a cashier as to a tenant."""

from __future__ import annotations

from handlers.context import Ctx
from models.fees.payment import Payment
from models.messages.content import Content
from models.notices.payment_receipt import must_stand


def number_in(text: str) -> str:
    """The first word with a digit in it, "" when there is none: "SK-202604-0001 谢谢"."""
    return next((word for word in text.split() if any(char.isdecimal() for char in word)), "")


async def hand_receipt(ctx: Ctx, payment: Payment) -> None:
    """The PDF as a message of its own. Raises UserError when the payment was taken back."""
    must_stand(payment)
    file = Content(file=f"receipt:{payment.id}", file_name=f"收据-{payment.number}.pdf")
    await ctx.reply(file, subject=f"payment:{payment.id}", guard=f"payment:{payment.id}")
