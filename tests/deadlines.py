"""Deadlines for tests: matters in the log, followed by hand, with a clock that the test moves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import takewhile
from typing import Any, Final
from uuid import UUID, uuid4

from apps.provisioning.city import adopt_closed_days
from desk.deadlines.calendar import read_calendar
from desk.deadlines.following import OVERDUE, overdue_alarm
from desk.deadlines.streams import Period, deadline_rules, deadline_stream
from desk.deadlines.streams_commands import NoteOverdue
from desk.office import Office
from desk.packs.codes import DeadlineCode
from desk.timers import Alarm, TimerRound
from eventstore.city import City
from eventstore.decider import Decider
from eventstore.errors import Refusal
from eventstore.execution import execute
from eventstore.records import Actor, Code, Recorded, StreamId
from eventstore.rounds import Round
from services.intake.declaration import INTAKE
from services.intake.domain.event_types import EVENTS
from services.intake.domain.proposal import PROPOSAL
from tests.cities import NOON, Cities, FrozenClock
from tests.ledgers import connected, numbered
from tests.samples import sample

RULES: Final = deadline_rules("intake")
CONTACT, ANSWER = DeadlineCode.FIRST_CONTACT, DeadlineCode.ANSWER_WITH_REASON
MUCH_LATER: Final = datetime(2090, 1, 1, tzinfo=UTC)
FOLLOWED: Final = ("deadlines", "timers", "matter_deadlines", "recounted_deadlines")
"""The subscriptions of deadlines; the first two are projections."""
ENDLESS: Final = 500
"""More steps than a round takes in any test."""
STAFF: Final = Actor(id=uuid4(), role=Code("desk_officer"))


def went_round(one: Round) -> int:
    """How many steps a round took until it found nothing more."""
    steps = sum(1 for _ in takewhile(lambda _: one.step(), range(ENDLESS)))
    assert steps < ENDLESS
    return steps


def matter(category: str = "proposal") -> StreamId:
    """A proposal or inquiry that nothing has happened to."""
    return StreamId(category, uuid4())


def happen(office: Office, stream: StreamId, type_: str, **fields: Any) -> Recorded:
    """Records an event of a matter, made up but for these fields; what its domain would say is not asked."""
    event = replace(sample(EVENTS.declared(type_, 1), sparse=True), **fields)
    (recorded,) = office.store.append(office.store.load(stream), [event], office.context(STAFF))
    return recorded


@dataclass(frozen=True, slots=True)
class Scene:
    """Intake in a city, of the test's own or of a module whose tests do not disturb each other."""

    cities: Cities
    city: City
    clock: FrozenClock
    office: Office

    @classmethod
    def of(cls, cities: Cities, clock: FrozenClock) -> "Scene":
        """In a fresh city with Aomori's pack (0.7 s)."""
        city = cities.new("deadlines")
        return cls(cities, city, clock, cities.office(INTAKE, city, clock))

    def calm(self) -> None:
        """Lets what earlier tests left come due, so that no timer is set, and puts the clock to noon again."""
        self.follow()
        self.clock.instant = MUCH_LATER
        went_round(self.round())
        self.follow()
        self.clock.instant = NOON

    def follow(self, office: Office | None = None, *, names: Sequence[str] = FOLLOWED) -> None:
        """Numbers and follows everything, in the order of the names, until there is nothing left."""
        by_name = {one.subscription.name: one for one in (office or self.office).followers}
        while True:
            more = numbered(self.city)
            for name in names:
                more += by_name[name].step()
            if not more:
                return

    def received(self, on: date, category: str = "proposal") -> StreamId:
        """A matter that was received on a day, with its deadlines set."""
        stream = matter(category)
        happen(self.office, stream, f"{category.title()}Received", received_on=on)
        self.follow()
        return stream

    def does(self, stream: StreamId, *commands: Any, rules: Decider[Any, Any] = PROPOSAL) -> None:
        """Commands follow each other as their domain allows it, and then their consequences."""
        for command in commands:
            execute(self.office.store, rules, stream, command, self.office.context(STAFF))
        self.follow()

    def happens(self, stream: StreamId, type_: str, **fields: Any) -> None:
        """Something happens to a matter, and its consequences."""
        happen(self.office, stream, type_, **fields)
        self.follow()

    def events(self, subject: StreamId, code: DeadlineCode) -> list[Recorded]:
        """What happened to a deadline of a matter."""
        return list(self.office.store.load(deadline_stream("intake", subject, code)).events)

    def types(self, subject: StreamId, code: DeadlineCode) -> list[str]:
        """The types of that."""
        return [one.type for one in self.events(subject, code)]

    def period(self, subject: StreamId, code: DeadlineCode) -> Period:
        """A deadline as its stream says."""
        found = RULES.fold(self.events(subject, code))
        assert found is not None
        return found

    def timers(self, *subjects: StreamId) -> list[tuple[UUID, datetime]]:
        """The timers of these matters' deadlines: whose, and when they go off."""
        ids = {deadline_stream("intake", one, code).id for one in subjects for code in (CONTACT, ANSWER)}
        return [(row[0], row[2]) for row in self.rows(TIMER_ROWS) if row[0] in ids]

    def round(self, office: Office | None = None) -> TimerRound:
        """The round of due dates."""
        return TimerRound(office or self.office, {OVERDUE: overdue_alarm("intake")})

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows as the superuser reads them."""
        with connected(self.cities.administrator_url(self.city)) as administrator:
            return administrator.execute(statement.encode()).fetchall()

    def closed(self, *days: date, version: str, since: date) -> None:
        """The city adopts a calendar with these closed days."""
        content = "\n".join(
            [
                "format = 1",
                f'municipality = "{self.city.municipality}"',
                f'version = "{version}"',
                f"effective_from = {since}",
                'source = "試験"',
                'status = "seed"',
                *(f'[[closed]]\nday = {day}\nreason = "庁舎の設備点検"' for day in days),
            ]
        ).encode()
        calendar = read_calendar(content, origin="test")
        adopt_closed_days(self.city, content, calendar, approver="市長", reference="企連第9号")


class NotToday(Refusal):
    """A rule that a test makes up."""

    code = "not_today"


def refusing(scene: Scene, fault: Exception) -> TimerRound:
    """A round whose rules end in this."""

    def decide(_: object, __: object) -> list[Any]:
        raise fault

    rules = Decider(category=RULES.category, initial=None, decide=decide, evolve=RULES.evolve)
    return TimerRound(scene.office, {OVERDUE: Alarm(rules, lambda _, today: NoteOverdue(today=today))})


TIMER_ROWS: Final = "SELECT stream_id, kind, fires_at, cause_id FROM intake_timers ORDER BY stream_id"
LIST_ROWS: Final = "SELECT * FROM intake_deadlines ORDER BY deadline_id"


def overdue(events: Sequence[Recorded]) -> list[UUID]:
    """The ids of the events that note an overdue deadline."""
    return [one.id for one in events if one.type == "DeadlineOverdue"]
