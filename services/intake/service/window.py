"""What every window of intake has: the desk that it is part of, the office behind it, and who is calling."""

from collections.abc import Sequence

from desk.deadlines.following import OVERDUE, overdue_alarm
from desk.deadlines.following_holidays import HolidayRound
from desk.letters.dispatch import LetterDispatch
from desk.office import Office
from desk.timers import TimerRound
from desk.turns import Turn
from desk.windows import window
from eventstore.city import City
from eventstore.following.followers import Follower
from eventstore.nameko import Composed
from eventstore.rounds import Round
from services.intake.counter import CounterDesk
from services.intake.declaration import INTAKE
from services.intake.lineage import LineageDesk
from services.intake.queries.letters import require_approvable
from services.intake.reactions.calls import CALL_ALARMS
from services.intake.reactions.companies import NoticeRound
from services.intake.reactions.offers import OFFER_ALARMS
from services.intake.reactions.portal import portal_reactions
from services.intake.reactions.registers import REGISTER_ALARMS
from services.intake.reception import Reception


class IntakeDesk:
    """Intake's composition in one city."""

    def __init__(self, city: City) -> None:
        self.office = Office(INTAKE, city)
        self.reception = Reception(self.office)
        self.reactions = portal_reactions(self.office, self.reception)
        self.counter = CounterDesk(self.office, self.reception)
        self.lineage = LineageDesk(self.office, self.reception)
        self.letters = LetterDispatch(INTAKE.name, self.office, require_approvable)
        alarms = {OVERDUE: overdue_alarm(INTAKE.name), **CALL_ALARMS, **REGISTER_ALARMS, **OFFER_ALARMS}
        self.timers = TimerRound(self.office, alarms)
        self.holidays = HolidayRound(self.office)
        self.notices = NoticeRound(self.office)

    @property
    def followers(self) -> Sequence[Follower[Turn]]:
        """What follows the log while intake serves."""
        return self.office.followers

    @property
    def rounds(self) -> Sequence[Round]:
        """What intake looks after by itself while it serves."""
        return (self.timers, self.letters, self.holidays, self.notices)

    def close(self) -> None:
        """Closes the office."""
        self.office.close()


class Window(window.Window):
    """A part of intake's service."""

    desk = Composed(IntakeDesk)
