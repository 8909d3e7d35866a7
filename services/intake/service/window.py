"""What every window of intake has: the desk that it is part of, the office behind it, and who is calling."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from desk.commands import carry_out
from desk.deadlines.following import OVERDUE, overdue_alarm
from desk.deadlines.following_holidays import HolidayRound
from desk.forms import Stated, Words, refuse
from desk.letters.dispatch import LetterDispatch
from desk.office import Office
from desk.timers import TimerRound
from desk.turns import Turn
from eventstore.city import City
from eventstore.decider import Decider
from eventstore.following.followers import Follower
from eventstore.nameko import ActorToken, Composed
from eventstore.records import Actor, StreamId
from eventstore.rounds import Round
from services.intake.counter import CounterDesk
from services.intake.declaration import INTAKE
from services.intake.lineage import LineageDesk
from services.intake.reactions.calls import CALL_ALARMS
from services.intake.reactions.companies import NoticeRound
from services.intake.reactions.offers import OFFER_ALARMS
from services.intake.reactions.portal import PortalReactions
from services.intake.reactions.registers import REGISTER_ALARMS
from services.intake.reception import Reception
from services.intake.schemas import Problem


class IntakeDesk:
    """Intake's composition in one city."""

    def __init__(self, city: City) -> None:
        self.office = Office(INTAKE, city)
        self.reception = Reception(self.office)
        self.reactions = PortalReactions(self.office, self.reception)
        self.counter = CounterDesk(self.office, self.reception)
        self.lineage = LineageDesk(self.office, self.reception)
        self.letters = LetterDispatch(INTAKE.name, self.office)
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


class Window:
    """A part of the nameko service: what concerns one kind of matter."""

    desk = Composed(IntakeDesk)
    token = ActorToken()
    actor: Actor

    @property
    def office(self) -> Office:
        """The office that says who may call."""
        office: Office = self.desk.office
        return office

    def carry_out(
        self, decider: Decider[Any, Any], about: UUID, command: Any, stated: Stated, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        """What a command on one stream returns. about: the stream's id. stated, arguments: as in `desk.commands`."""
        stream = StreamId(decider.category, about)
        return carry_out(self.office, self.actor, decider, stream, command, stated, arguments)

    def day(self, stated: date | None, field: str, words: Words) -> date:
        """The day on which something was so: today unless it is stated. Raises `InvalidMessage` for a day to come."""
        today = self.office.today()
        if stated is not None and stated > today:
            refuse([Problem("in_the_future").at(field, words)])
        return stated or today
