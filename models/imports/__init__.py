"""The sheets a site is set up from, in the order they build on each other."""

from typing import Any

from models.imports.area import AREAS
from models.imports.contact import CONTACTS
from models.imports.knowledge import KNOWLEDGE
from models.imports.meter import METERS
from models.imports.opening import OPENING_DEBTS
from models.imports.parking import PARKING
from models.imports.penalty import PENALTIES
from models.imports.policy import POLICIES
from models.imports.pool import POOLS
from models.imports.reading import READINGS
from models.imports.sheet import SheetForm
from models.imports.staff import STAFF
from models.imports.tariff import TARIFFS
from models.imports.tenancy import TENANCIES
from models.imports.unit import UNITS

SHEETS: tuple[SheetForm[Any], ...] = (
    UNITS, TENANCIES, CONTACTS, STAFF, AREAS, METERS, READINGS, TARIFFS, POOLS, PARKING, PENALTIES, OPENING_DEBTS,
    POLICIES, KNOWLEDGE,
)  # fmt: skip
