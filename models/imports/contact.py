"""Sheet 联系人: who speaks for a company, and the chat account already known to be theirs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.imports.cells import Cells
from models.imports.sheet import Batch, Column, SheetForm, each_row
from models.imports.tenancy import tenant_named, tenants_by_name
from models.people.identity import Identity
from models.people.tenant import Contact, ContactRole
from models.rules import Rules

CHANNEL = "kf"
_ALIASES = {"法人": ContactRole.LEGAL, "联系人": ContactRole.AGENT, "前台": ContactRole.MAILROOM}


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact as the sheet has it; `mobile` and `account` may be ""."""

    tenant: str
    name: str
    mobile: str
    role: ContactRole
    account: str

    @property
    def key(self) -> tuple[str, str]:
        """A name is unique within a company; a person of the same name needs a mark."""
        return (self.tenant, self.name)


def check(cells: Cells, rules: Rules) -> ContactRow:
    """The row's values. Raises UserError."""
    del rules
    return ContactRow(
        tenant=cells.required("租户"),
        name=cells.required("姓名"),
        mobile=cells.mobile("手机"),
        role=_role(cells.required("身份")),
        account=cells.text("客服账号"),
    )


def _role(word: str) -> ContactRole:
    try:
        return _ALIASES.get(word) or ContactRole(word)
    except ValueError:
        raise UserError(f"“身份”应为{'、'.join(ContactRole)}之一，收到的是“{word[:20]}”。") from None


async def save(session: AsyncSession, batch: Batch[ContactRow]) -> list[str]:
    """New contacts are added, known ones take the row's values; an account is bound, never taken from another."""
    tenants = await tenants_by_name(session, {row.tenant for row in batch.rows})
    contacts = await _contacts(session, {tenant.id for tenant in tenants.values()})
    holders = await _holders(session, {row.account for row in batch.rows if row.account})
    claimed: dict[str, ContactRow] = {}

    def store(row: ContactRow) -> None:
        tenant = tenant_named(tenants, row.tenant)
        contact = contacts.get((tenant.id, row.name))
        _refuse_foreign_account(row, contact, holders, claimed)
        if contact is None:
            contact = Contact(tenant_id=tenant.id, name=row.name)
            contacts[tenant.id, row.name] = contact
            session.add(contact)
        contact.mobile, contact.role = row.mobile, row.role
        if row.account:
            claimed[row.account] = row

    reasons = each_row(batch.rows, store)
    await session.flush()  # gives the new contacts their ids
    for account, row in claimed.items():
        if account not in holders:
            contact_id = contacts[tenants[row.tenant].id, row.name].id
            session.add(
                Identity(
                    channel=CHANNEL, account=account, contact_id=contact_id, bound_at=batch.now, how="导入"
                )
            )
    return reasons


def _refuse_foreign_account(
    row: ContactRow, contact: Contact | None, holders: dict[str, int], claimed: dict[str, ContactRow]
) -> None:
    other = claimed.get(row.account)
    taken = row.account in holders and (contact is None or holders[row.account] != contact.id)
    if taken or (other is not None and other.key != row.key):
        raise UserError(f"客服账号“{row.account[:40]}”已绑定其他联系人，请核对。")


async def _contacts(session: AsyncSession, tenant_ids: set[int]) -> dict[tuple[int, str], Contact]:
    rows = await session.scalars(
        select(Contact).where(Contact.tenant_id.in_(tenant_ids), Contact.active).with_for_update()
    )
    return {(contact.tenant_id, contact.name): contact for contact in rows}


async def _holders(session: AsyncSession, accounts: set[str]) -> dict[str, int]:
    """Which contact has which account."""
    rows = await session.execute(
        select(Identity.account, Identity.contact_id).where(
            Identity.channel == CHANNEL, Identity.account.in_(accounts)
        )
    )
    return {account: contact_id for account, contact_id in rows}


CONTACTS = SheetForm(
    "联系人",
    (
        Column("租户", ("名称", "租户名称", "公司", "公司名称")),
        Column("姓名", ("联系人", "联系人姓名")),
        Column("手机", ("手机号", "手机号码", "电话", "联系电话")),
        Column("身份", ("角色", "职务")),
        Column("客服账号", ("微信客服账号", "external_userid"), required=False),
    ),
    check,
    save,
)
