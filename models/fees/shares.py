"""公摊: a pool of 分 divided so that nothing is lost and nothing is added."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from models.errors import UserError


class NegativePool(UserError):
    """The sub-meters count more than the main meter: the run stops and a person looks."""

    def __init__(self, pool_fen: int) -> None:
        super().__init__("公摊为负数（分表之和大于总表），已停止分摊。请核对总表和分表读数后重试。")
        self.pool_fen = pool_fen


def split(pool_fen: int, weights: Sequence[Decimal]) -> list[int]:
    """The 分 of each weight, in the same order; their sum is the pool [practice: largest remainder].

    Equal remainders: the earlier one gets the 分, so that a second run gives the same shares.

    Raises: NegativePool; UserError when there is nobody to share.
    """
    if pool_fen < 0:
        raise NegativePool(pool_fen)
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight can not be negative")
    total = sum(map(Fraction, weights), Fraction(0))
    if not total:
        return _nobody(pool_fen, len(weights))
    exact = [pool_fen * Fraction(weight) / total for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda n: shares[n] - exact[n])
    for n in by_remainder[: pool_fen - sum(shares)]:
        shares[n] += 1
    return shares


def _nobody(pool_fen: int, count: int) -> list[int]:
    if pool_fen:
        raise UserError("没有可以分摊的单元（面积或份数合计为零），请核对分摊范围后重试。")
    return [0] * count
