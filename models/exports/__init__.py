"""What can be taken out as a workbook. EXPORTS is the table of contents: `python -m bot export …` and 导出 in chat."""

from __future__ import annotations

from models.exports.money import BILLS, DEBTS, PAYMENTS
from models.exports.people import TENANTS
from models.exports.proof import READINGS, SIGN_OFF
from models.exports.table import ExportForm

EXPORTS: tuple[ExportForm, ...] = (BILLS, PAYMENTS, DEBTS, READINGS, SIGN_OFF, TENANTS)
