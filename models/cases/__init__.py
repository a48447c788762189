"""Cases (报事) and the workflows they follow."""

from models.cases.claim import CLAIM
from models.cases.repair import REPAIR
from models.cases.workflow import Workflow

WORKFLOWS: tuple[Workflow, ...] = (REPAIR, CLAIM)
"""Every kind of case."""
