"""Obligations and figures of matching for tests: cases made of events, methods called as if by RPC, the log by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID, uuid4

from desk.deadlines.following import OVERDUE, overdue_alarm
from desk.office import Office
from desk.timers import TimerRound
from eventstore.city import City
from eventstore.records import Actor, Code, Recorded, StreamId
from services.administration.declaration import ADMINISTRATION
from services.administration.domain.staff import StaffRegistered
from services.matching.declaration import MATCHING
from services.matching.domain.case import CASE
from services.matching.domain.case.assignment import Part
from services.matching.domain.obligation import OBLIGATION
from services.matching.reactions.obligations import OBLIGATION_ALARMS
from services.matching.service import MatchingService
from tests.cities import Cities, FrozenClock
from tests.ledgers import numbered
from tests.samples import sample
from tests.tokens import token_of

DAY: Final = date(2026, 11, 22)
STAFF: Final = Actor(id=uuid4(), role=Code("desk_officer"))
TEXT: Final = "実証実験のあいだ、雪置き場を使えるようにします。"
IN_TEN_DAYS: Final = DAY + timedelta(days=10)
OF_CITY: Final = {"side": "city", "kind": "field", "department": "roads"}
OF_PROPOSER: Final = {"side": "proposer", "kind": "other", "department": None}
CHANGES: Final[dict[str, dict[str, Any]]] = {
    "change_obligation_due": {"due_on": "2026-12-24", "reason": "資材が遅れるため。"},
    "fulfil_obligation": {"reason": "担当課から電話で聞いたため。"},
    "release_obligation": {"reason": "要らなくなったため。"},
}
"""What is done with an obligation → what is stated of it."""
FOLLOWED: Final = (
    "cases",
    "obligations",
    "release_obligations",
    "timers",
    "statistics",
    "offer_deadlines",
    "deadlines",
)
"""What has to do with promises, and with how departments answer."""


@dataclass(slots=True)
class Matching:
    """Matching of a city, as its staff tools see it."""

    city: City
    office: Office
    clock: FrozenClock
    people: Office
    timers: TimerRound = field(init=False)

    def __post_init__(self) -> None:
        self.timers = TimerRound(self.office, {OVERDUE: overdue_alarm(MATCHING.name), **OBLIGATION_ALARMS})

    def call(self, method: str, role: str = "desk_officer", staff: UUID | None = None, **arguments: Any) -> Any:
        """What a method of the service answers. staff: who calls, where that counts."""
        service: Any = MatchingService()
        service.desk = SimpleNamespace(office=self.office)
        service.token = token_for(self, role, staff)
        if not method.startswith(("get_", "list_")):
            arguments = {"command_id": str(uuid4()), **arguments}
        return getattr(service, method)(**arguments)

    def colleague(self, department: str) -> UUID:
        """Somebody who is registered in a department."""
        staff_id = uuid4()
        sampled = sample(ADMINISTRATION.events.declared("StaffRegistered", 1))
        registered: Any = replace(sampled, staff_id=staff_id, department=department, roles=("department_officer",))
        assert isinstance(registered, StaffRegistered)
        stream = self.people.store.new_stream(StreamId("staff", staff_id))
        self.people.store.append(stream, [registered], self.people.context(STAFF))
        return staff_id

    def happen(self, stream: StreamId, type_: str, **fields: Any) -> Recorded:
        """Records an event, made up but for these fields; what its domain would say is not asked."""
        event = replace(sample(MATCHING.events.declared(type_, 1), sparse=True), **fields)
        context = self.office.context(STAFF)
        (recorded,) = self.office.store.append(self.office.store.load(stream), [event], context)
        return recorded

    def case(self, *departments: str, opened_on: date = DAY) -> StreamId:
        """A case that was opened, and taken by these departments."""
        stream = StreamId(CASE.category, uuid4())
        self.happen(stream, "CaseOpened", proposal_id=uuid4(), opened_on=opened_on)
        for number, department in enumerate(departments):
            self.offered(stream, department, Part.SUPPORTING if number else Part.LEAD, taken_on=opened_on)
        return stream

    def offered(self, case: StreamId, department: str, part: Part = Part.LEAD, taken_on: date | None = None) -> UUID:
        """The asking of a department, on the day on which it takes the case or today; its id."""
        offer_id = uuid4()
        asked = {"offer_id": offer_id, "department": department}
        self.happen(case, "CaseOffered", **asked, part=part, offered_on=taken_on or DAY)
        if taken_on is not None:
            self.happen(case, "OfferTaken", **asked, officer_id=uuid4(), taken_on=taken_on)
        return offer_id

    def settle(self, subscriptions: Sequence[str] = FOLLOWED) -> None:
        """Lets these follow the log, and the timers go off, until nothing more happens."""
        followers = [one for one in self.office.followers if one.subscription.name in subscriptions]
        while numbered(self.city) + sum(one.step() for one in followers) + self.timers.step():
            continue

    def rebuild(self, subscription: str) -> None:
        """Builds a read model again."""
        (follower,) = (one for one in self.office.followers if one.subscription.name == subscription)
        follower.rebuild()


def token_for(matching: Matching, role: str, staff: UUID | None) -> str:
    """A token of the city as of the test's clock."""
    return token_of(matching.city, role, staff=staff, issued=matching.clock())


def matching_of(cities: Cities, city: City, clock: FrozenClock) -> Matching:
    """Matching of a city by the test's clock."""
    office, people = cities.office(MATCHING, city, clock), cities.office(ADMINISTRATION, city, clock)
    return Matching(city=city, office=office, clock=clock, people=people)


def undertaken(matching: Matching, case: StreamId, **stated: Any) -> str:
    """The id of what a side promised: the city unless it says otherwise, in ten days; the desk says so for it."""
    promised = {"text": TEXT, **OF_CITY, "due_on": IN_TEN_DAYS, "reason": "担当課から聞いたため。", **stated}
    given = {name: value.isoformat() if isinstance(value, date) else value for name, value in promised.items()}
    obligation_id: str = matching.call("undertake_obligation", case_id=str(case.id), **given)["obligation_id"]
    return obligation_id


def happened(matching: Matching, obligation_id: str) -> list[str]:
    """The types of what happened to an obligation."""
    stream = StreamId(OBLIGATION.category, UUID(obligation_id))
    return [recorded.type for recorded in matching.office.store.load(stream).events]
