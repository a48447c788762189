"""Money received: ways to pay, bank statements, invoices."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from models.rules.section import Section

CASH, CHEQUE, TRANSFER = "现金", "支票", "转账"
"""Ways to pay that rules speak of: cash is counted, a cheque may bounce, a transfer shows on the statement."""


class PaymentRules(Section):
    """Payments at the counter."""

    methods: dict[str, tuple[str, ...]] = {
        CASH: ("现款",),
        CHEQUE: (),
        TRANSFER: ("汇款", "银行", "银行转账", "网银"),
        "扫码": ("微信", "支付宝", "微信支付"),
        "刷卡": ("POS", "pos"),
    }
    """Name → what else people write for it [manual: 现金, 支票, 转账; the others: practice]."""
    twice_days: int = 30
    """The same tenant, amount and reference within so many days is asked about [practice]."""

    @model_validator(mode="after")
    def _has_what_rules_speak_of(self) -> Self:
        missing = [name for name in (CASH, CHEQUE, TRANSFER) if name not in self.methods]
        if missing:
            raise ValueError(f"缺少付款方式：{'、'.join(missing)}")
        return self

    def method(self, word: str) -> str | None:
        """The way to pay a person means by a word; None for any other word."""
        return next((name for name, others in self.methods.items() if word == name or word in others), None)


class BankRules(Section):
    """Bank statements: what their columns are called, and when a proposal is good [practice]."""

    columns: dict[str, tuple[str, ...]] = {
        "date": ("交易日期", "记账日期", "入账日期", "交易时间", "日期"),
        "amount_in": ("贷方发生额", "贷方金额", "收入金额", "收入", "贷方", "转入金额", "存入金额"),
        "amount_out": ("借方发生额", "借方金额", "支出金额", "支出", "借方", "转出金额", "支取金额"),
        "amount": ("交易金额", "发生额", "金额"),
        "direction": ("借贷标志", "借贷方向", "收支标志", "收支", "借/贷"),
        "payer_name": ("对方户名", "对方名称", "对方账户名称", "付款人名称", "付款人户名", "付款人"),
        "payer_account": ("对方账号", "对方账户", "付款人账号", "付款账号"),
        "reference": ("附言", "用途", "摘要", "备注", "交易备注"),
        "serial": ("交易流水号", "流水号", "银行流水号", "核心流水号", "交易序号"),
    }
    """Field → headings, the first that is there counts; of the reference all that are there are read."""
    least_score: int = 25
    """Proposals below are not shown."""
    sure_score: int = 80
    """Lines whose only proposal reaches this may be confirmed together after a look at the list."""
    name_likeness: int = 86
    """From this likeness (0–100) on two names may be one company's."""

    missing_days: int = 5
    """A transfer or cheque told at the counter that no statement shows after so many days is listed [practice]."""

    @model_validator(mode="after")
    def _knows_every_field(self) -> Self:
        known = set(type(self).model_fields["columns"].default)
        if wrong := sorted(set(self.columns) ^ known):
            raise ValueError(
                f"bank.columns 应正好有这些项：{'、'.join(sorted(known))}；请核对：{'、'.join(wrong)}"
            )
        return self


class InvoiceRules(Section):
    """Invoices (发票)."""

    within_days: int = 3
    """Finance is reminded of an application this many days old [practice]."""
