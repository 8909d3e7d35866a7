"""A call (課題提案の募集): drafted in confidence, opened and closed at the second, answered to all, archived."""

from services.intake.domain.call.decisions import CALL

__all__ = ["CALL"]
