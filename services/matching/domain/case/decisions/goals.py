"""What follows where both sides agree."""

from collections.abc import Sequence

from eventstore.protection import Sealed
from services.matching.domain.case.days import require_begun
from services.matching.domain.case.dialogue import SessionUnknown
from services.matching.domain.case.goals import AgreeGoals, GoalsAgreed, MinutesUnconfirmed
from services.matching.domain.case.state import Case


def agree_goals(command: AgreeGoals, case: Case) -> Sequence[GoalsAgreed]:
    """The agreement of both is in minutes that both stand by."""
    minutes = case.sessions.get(command.session_id)
    if minutes is None:
        raise SessionUnknown
    if not minutes.is_settled:
        raise MinutesUnconfirmed
    require_begun(command.agreed_on, minutes.held_on)
    return [
        GoalsAgreed(
            edition=case.goals_edition + 1,
            session_id=command.session_id,
            agreed_on=command.agreed_on,
            goals=Sealed(command.goals),
            roles=Sealed(command.roles),
            merits=Sealed(command.merits),
        )
    ]
