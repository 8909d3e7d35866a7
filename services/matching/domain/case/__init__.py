"""A case (案件): what happens to it, by matter, and the rules of `decider`."""

from services.matching.domain.case.decider import CASE
from services.matching.domain.case.state import Case
from services.matching.domain.case.status import Status

__all__ = ["CASE", "Case", "Status"]
