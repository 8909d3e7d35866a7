"""What either side of a case has promised, by a day (S06, N7): the rules, and where an obligation stands."""

from services.matching.domain.obligation.decider import OBLIGATION
from services.matching.domain.obligation.events import Kind
from services.matching.domain.obligation.state import Obligation, Status

__all__ = ["OBLIGATION", "Kind", "Obligation", "Status"]
