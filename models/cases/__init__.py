"""Cases (报事) and the workflows they follow."""

from models.cases.claim import CLAIM
from models.cases.complaint import COMPLAINT
from models.cases.inquiry import INQUIRY
from models.cases.repair import REPAIR
from models.cases.workflow import Workflow

WORKFLOWS: tuple[Workflow, ...] = (REPAIR, COMPLAINT, INQUIRY, CLAIM)
"""Every kind of case."""
