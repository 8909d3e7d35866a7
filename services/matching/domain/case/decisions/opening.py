"""What follows where a case is opened, flagged and withdrawn with its proposal."""

from collections.abc import Sequence

from services.matching.domain.case.opening import (
    CaseFlagCleared,
    CaseFlagged,
    CaseOpened,
    CaseWithdrawn,
    ClearCaseFlag,
    FlagCase,
    OpenCase,
    WithdrawCase,
)
from services.matching.domain.case.state import Case
from services.matching.domain.case.status import PURSUED, Status


def open_case(command: OpenCase, case: Case) -> Sequence[CaseOpened]:
    """Opened once."""
    if case.status is not Status.ABSENT:
        return []
    return [CaseOpened(proposal_id=command.proposal_id, opened_on=command.opened_on)]


def flag(command: FlagCase, case: Case) -> Sequence[CaseFlagged]:
    """A case that is not open yet is told when it opens; nothing is signed any more in one that was withdrawn."""
    if case.status not in PURSUED or command.entry_id in case.flags:
        return []
    return [CaseFlagged(entry_id=command.entry_id, flagged_on=command.flagged_on)]


def clear_flag(command: ClearCaseFlag, case: Case) -> Sequence[CaseFlagCleared]:
    """Nothing follows where no such flag stands."""
    if command.entry_id not in case.flags:
        return []
    return [CaseFlagCleared(entry_id=command.entry_id, cleared_on=command.cleared_on)]


def withdraw(command: WithdrawCase, case: Case) -> Sequence[CaseWithdrawn]:
    """A case that is not open yet is told when it opens."""
    if case.status not in PURSUED:
        return []
    return [CaseWithdrawn(withdrawn_on=command.withdrawn_on)]
