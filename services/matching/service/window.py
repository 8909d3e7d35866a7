"""What every window of matching has: who may see which case, and how a command on one is carried out.

The desk sees all cases; a department those that it is asked about or has; nobody else any. What somebody may not see
is absent: the same is read of the store, and the same is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.sql import Composable

from desk.deadlines.following import OVERDUE, overdue_alarm
from desk.deadlines.following_holidays import HolidayRound
from desk.forms import Form, Listing, load_or_refuse
from desk.letters.dispatch import LetterDispatch
from desk.office import NotPermitted, Office
from desk.permissions import Permission
from desk.timers import TimerRound
from desk.turns import Turn
from desk.windows.window import Window
from eventstore.city import City
from eventstore.errors import NotFound
from eventstore.following.followers import Follower
from eventstore.nameko import Composed
from eventstore.records import Recorded, StreamId
from eventstore.rounds import Round
from services.matching.declaration import MATCHING
from services.matching.domain.case import CASE, Case
from services.matching.domain.case.decider import CaseCommand
from services.matching.queries.colleagues import departments_of
from services.matching.queries.letters import require_approvable
from services.matching.queries.sight import Sight
from services.matching.reactions.obligations import OBLIGATION_ALARMS
from services.matching.reactions.portal import portal_reactions
from services.matching.reactions.timers import CASE_ALARMS
from services.matching.schemas.cases import OfCase


class MatchingDesk:
    """Matching's composition in one city."""

    def __init__(self, city: City) -> None:
        self.office = Office(MATCHING, city)
        self.reactions = portal_reactions(self.office)
        self.letters = LetterDispatch(MATCHING.name, self.office, require_approvable)
        self.timers = TimerRound(
            self.office, {OVERDUE: overdue_alarm(MATCHING.name), **OBLIGATION_ALARMS, **CASE_ALARMS}
        )
        self.holidays = HolidayRound(self.office)

    @property
    def followers(self) -> Sequence[Follower[Turn]]:
        """What follows the log while matching serves."""
        return self.office.followers

    @property
    def rounds(self) -> Sequence[Round]:
        """What matching looks after by itself while it serves."""
        return (self.timers, self.letters, self.holidays)

    def close(self) -> None:
        """Closes the office."""
        self.office.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A case as it is before the caller of a command.

    sight: what the caller may see. is_new: whether the command has not been carried out on the case: what is asked of a
    new one is not asked again.
    """

    case: Case
    sight: Sight
    is_new: bool


class CaseWindow(Window):
    """A window at which commands on cases are carried out."""

    desk = Composed(MatchingDesk)

    @property
    def sees_all(self) -> bool:
        """Whether the caller is of the desk."""
        try:
            self.office.acting(self.token, Permission.CASE_READ)
        except NotPermitted:
            return False
        return True

    @property
    def own_departments(self) -> frozenset[str]:
        """The codes of the caller's department, today's and earlier ones."""
        return departments_of(self.office.store, self.actor.id, self.office.pack())

    @property
    def sight(self) -> Sight:
        """What the caller may see."""
        departments = None if self.sees_all else self.own_departments
        return Sight(store=self.office.store, departments=departments)

    @property
    def seen(self) -> tuple[Composable, ...]:
        """The condition that a row of `matching_cases` meets which is there for the caller; none for the desk."""
        return self.sight.conditions

    def shown(self, case_id: UUID, command_id: UUID | None = None, caused: Sequence[Recorded] = ()) -> Shown:
        """A case as it stands. Raises `NotFound` where there is none, in the same way as where it is not to be seen.

        command_id: who has carried out this very command sees the case for its sake: whoever declines an offer sees the
        case no more, and yet hears the same again. caused: what the command may have caused beside the case's events:
        the events of another stream that concerns this case.
        """
        sight = self.sight
        events = self.office.store.load_closed(StreamId(CASE.category, case_id))
        case: Case = CASE.fold(events)
        done = [one for one in (*events, *caused) if one.command_id == command_id]
        is_repeated = any(one.actor.id == self.actor.id for one in done)
        if case.opened_on is None or not (is_repeated or sight.has(case)):
            raise NotFound
        return Shown(case=case, sight=sight, is_new=not done)

    def visible(self, case_id: UUID, command_id: UUID | None = None, caused: Sequence[Recorded] = ()) -> Case:
        """The case alone, of what `shown` gives."""
        return self.shown(case_id, command_id, caused).case

    def require_shown(self, listing: Listing) -> None:
        """Raises `NotFound`, as for no such event, where a list has to show one of what the caller may not see."""
        if listing.at_least is not None and not self.sees_all:
            self.visible(listing.at_least.stream.id)

    def stated(self, form: Form, arguments: dict[str, Any]) -> Any:
        """What a command states, for whoever may see the case. Raises `InvalidMessage` with its errors, `NotFound`."""
        stated: OfCase = load_or_refuse(form, arguments)
        self.visible(stated.case_id, stated.command_id)
        return stated

    def on_case(self, stated: OfCase, command: CaseCommand, arguments: dict[str, Any]) -> dict[str, Any]:
        """What the command returns: its events."""
        return self.carry_out(CASE, stated.case_id, command, stated, arguments)
