"""What the evidence pack (证据材料) about a debtor shows, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.notices.debt_documents import OpenBill
from models.notices.documents import FeeLine, Issuer, Photo, must_add_up


@dataclass(frozen=True, slots=True)
class Stay:
    """A unit the debtor rented. area, price: as the contract data have them, in words. end_on: None without an end."""

    unit: str
    area: str
    price: str
    start_on: date
    end_on: date | None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class SignerOfDebtor:
    """Who may sign for the debtor, by name and role."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class ProvenBill:
    """An open bill with its lines, its limitation and what that is counted from."""

    bill: OpenBill
    lines: tuple[FeeLine, ...]
    until_on: date
    since: str


@dataclass(frozen=True, slots=True)
class UsedReading:
    """A stretch of a meter that a bill charges. Values as they were read."""

    bill_number: str
    meter: str
    unit: str
    from_on: str
    from_value: str
    to_on: str
    to_value: str
    usage: str


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """One event of a letter's delivery."""

    at: datetime
    stage: str
    who: str
    how: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProvenLetter:
    """A letter and how it reached the debtor. proven_on: since when receipt is proven, None while it is not."""

    number: str
    kind: str
    made_on: date
    amount_fen: int
    sha256: str
    proven_on: date | None
    events: tuple[ProvenEvent, ...]


@dataclass(frozen=True, slots=True)
class ReceivedMoney:
    """A payment, and what of it went to the open bills. note: reversed, or "" ."""

    number: str
    received_at: datetime
    method: str
    amount_fen: int
    to_bills: str
    note: str


@dataclass(frozen=True, slots=True)
class SaidByDebtor:
    """A promise or a dispute, and how it ended."""

    number: str
    kind: str
    made_on: date
    until_on: date
    reason: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed about 违约金. contract: as it was entered; rate: in words."""

    contract: str
    rate: str
    from_on: date


@dataclass(frozen=True, slots=True)
class Annex:
    """An original behind the pack. first: its first page, where 1 follows the last page of the pack itself.

    pages: 0 where the file is lost or is not what it was.
    """

    what: str
    sha256: str
    first: int
    pages: int


@dataclass(frozen=True, slots=True)
class Digest:
    """SHA-256 of a picture in the archive, so that the original can be told from any other."""

    what: str
    sha256: str


@dataclass(frozen=True, slots=True)
class EvidencePack:
    """证据材料: everything about a debtor's open bills, indexed. made_at: as things stood then."""

    issuer: Issuer
    tenant: str
    post_address: str
    made_at: datetime
    made_by: str
    total_fen: int
    total_words: str
    stays: tuple[Stay, ...]
    signers: tuple[SignerOfDebtor, ...]
    bills: tuple[ProvenBill, ...]
    readings: tuple[UsedReading, ...]
    letters: tuple[ProvenLetter, ...]
    payments: tuple[ReceivedMoney, ...]
    said: tuple[SaidByDebtor, ...]
    digests: tuple[Digest, ...]
    photos: tuple[Photo, ...] = ()
    annexes: tuple[Annex, ...] = ()
    agreements: tuple[Agreement, ...] = ()

    @property
    def annexed(self) -> int:
        """How many pages of originals follow the pack's own."""
        return sum(each.pages for each in self.annexes)

    def __post_init__(self) -> None:
        must_add_up(self.tenant, sum(each.bill.owed_fen for each in self.bills), self.total_fen)


@dataclass(frozen=True, slots=True)
class AnnexPage:
    """What is put on a page of an original: which annex it is of. width_pt, height_pt: of that page."""

    annex: int
    width_pt: float
    height_pt: float


@dataclass(frozen=True, slots=True)
class AnnexStamps:
    """Empty sheets but for the page numbers of the whole pack, to be laid over the originals. before: pages in front."""

    before: int
    pages: tuple[AnnexPage, ...]

    @property
    def all_pages(self) -> int:
        """Of the whole pack."""
        return self.before + len(self.pages)
