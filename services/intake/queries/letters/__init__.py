"""What intake's letters take from the record: whom they go to, and what of a matter they tell."""

from services.intake.queries.letters.approvals import require_approvable
from services.intake.queries.letters.contents import MATTERS
from services.intake.queries.letters.drafting import drafted

__all__ = ["MATTERS", "drafted", "require_approvable"]
