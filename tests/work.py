"""Cases with departments, dates and people, for tests of the work queue: followed only when the test lets them be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID, uuid4

from psycopg.rows import dict_row

from desk.deadlines.streams import deadline_rules, deadline_stream
from desk.deadlines.streams_commands import Count, DeadlineCommand, SetDeadline
from desk.office import Office
from desk.packs.codes import DeadlineCode
from eventstore.city import City
from eventstore.execution import execute
from eventstore.following.followers import Follower
from eventstore.protection import Sealed
from eventstore.records import Actor, Code, StreamId
from services.administration.declaration import ADMINISTRATION
from services.administration.domain.staff import STAFF, RegisterStaff
from services.matching.declaration import MATCHING
from services.matching.domain.case import CASE
from services.matching.domain.case.assignment import Asked, OfferCase, Part, TakeOffer
from services.matching.domain.case.decider import CaseCommand
from services.matching.domain.case.dialogue import Side
from services.matching.domain.obligation import OBLIGATION
from services.matching.domain.obligation.events import Kind, ObligationUndertaken
from services.matching.service import MatchingService
from tests import lineage
from tests.cities import Cities
from tests.ledgers import numbered
from tests.portals import MINIMAL
from tests.tokens import token_of

DAY: Final = date(2026, 11, 22)
CHIEF: Final = Actor(id=uuid4(), role=Code("desk_chief"))


@dataclass(slots=True)
class Work:
    """A city in which proposals are accepted and cases worked on."""

    city: City
    intake: lineage.Scene
    office: Office
    administration: Office

    @classmethod
    def of(cls, cities: Cities, city: City) -> "Work":
        """In a city that there is, with connections of its own."""
        intake = lineage.scene_in(cities, city)
        offices = [cities.office(service, city, intake.clock) for service in (MATCHING, ADMINISTRATION)]
        return cls(city, intake, *offices)

    def opened(self, form: Any = MINIMAL, **changes: Any) -> UUID:
        """The case of a proposal that was received and accepted."""
        proposal = self.intake.receive(form, **changes)
        self.intake.accept(proposal)
        self.settle()
        return self.case_of(proposal)

    def case_of(self, proposal: UUID) -> UUID:
        """The case that a proposal has."""
        with self.office.database.connection() as connection:
            row = connection.execute(
                "SELECT case_id FROM matching_cases WHERE proposal_id = %s", (proposal,)
            ).fetchone()
        assert row
        return UUID(str(row[0]))

    def proposal_of(self, case: UUID) -> UUID:
        """The proposal that a case is about."""
        state = CASE.fold(self.office.store.load(StreamId(CASE.category, case)).events)
        assert state.proposal_id
        return state.proposal_id

    def does(self, case: UUID, command: CaseCommand) -> None:
        """Something is commanded of a case."""
        execute(self.office.store, CASE, StreamId(CASE.category, case), command, self.office.context(CHIEF))

    def promised(self, case: UUID, due_on: date, side: Side = Side.PROPOSER) -> StreamId:
        """What a side of a case has promised by a day."""
        stream = StreamId(OBLIGATION.category, uuid4())
        event = ObligationUndertaken(
            case_id=case,
            side=side,
            kind=Kind.OTHER,
            department="roads" if side is Side.CITY else None,
            undertaken_on=DAY,
            due_on=due_on,
            text=Sealed("機材を運びます。"),
        )
        self.happens(stream, event)
        return stream

    def happens(self, stream: StreamId, *events: Any) -> None:
        """Events are appended, whoever has decided them."""
        self.office.store.append(self.office.store.load(stream), events, self.office.context(CHIEF))

    def offered(self, case: UUID, department: str, part: Part = Part.LEAD) -> UUID:
        """The asking of a department."""
        offer = uuid4()
        asked = (Asked(offer_id=offer, department=department, part=part),)
        self.does(case, OfferCase(asked=asked, offered_on=DAY, suggestion_id=None, message=None))
        return offer

    def taken(self, case: UUID, department: str, officer: UUID | None = None) -> UUID:
        """The asking of a department that has taken the case."""
        offer = self.offered(case, department)
        self.does(case, TakeOffer(offer_id=offer, officer_id=officer or uuid4(), taken_on=DAY))
        return offer

    def deadline(self, office: Office, subject: StreamId, code: DeadlineCode, starts_on: date = DAY) -> StreamId:
        """A deadline of a matter, as the service of the office sets it."""
        stream = deadline_stream(office.service, subject, code)
        command = SetDeadline(subject=subject, code=code, starts_on=starts_on, count=self.count(office, code))
        self.turns(office, stream, command)
        return stream

    def turns(self, office: Office, stream: StreamId, command: DeadlineCommand) -> None:
        """Something is commanded of a deadline."""
        execute(office.store, deadline_rules(office.service), stream, command, office.context(CHIEF))

    def count(self, office: Office, code: DeadlineCode) -> Count:
        """What a deadline is counted by today."""
        pack = office.pack()
        return Count(rule=pack.deadlines[code], open_days=office.rules.open_days(office.today()))

    def member(self, department: str, *roles: str) -> UUID:
        """A member of staff of a department: an officer there unless other roles are said."""
        staff, roles = uuid4(), roles or ("department_officer",)
        command = RegisterStaff(staff_id=staff, name="鈴木 一郎", department=department, roles=roles)
        context = self.administration.context(CHIEF)
        execute(self.administration.store, STAFF, StreamId(STAFF.category, staff), command, context)
        return staff

    def called(self, staff: UUID | None = None, *roles: str) -> Any:
        """Matching's service as a member of staff calls it: someone of the desk unless said."""
        service: Any = MatchingService()
        service.desk = SimpleNamespace(office=self.office)
        at = self.office.clock()
        service.token = token_of(self.city, *(roles or ("desk_chief",)), staff=staff, issued=at)
        return service

    def work(self, **given: Any) -> list[dict[str, Any]]:
        """What the desk is shown of the queue."""
        self.settle()
        items: list[dict[str, Any]] = self.called().list_work(**given)["items"]
        return items

    def item(self, case: UUID, **given: Any) -> dict[str, Any]:
        """What the desk is shown of one case, which stands in the queue by the date that it is shown with."""
        (item,) = (one for one in self.work(**given) if one["case_id"] == str(case))
        assert self.row(case)["due_on"].isoformat() == (item["due_on"] or date.max.isoformat())
        return item

    def row(self, case: UUID) -> dict[str, Any]:
        """The row of one case."""
        with self.office.database.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            row = cursor.execute("SELECT * FROM matching_cases WHERE case_id = %s", (case,)).fetchone()
        assert row
        return row

    def rows(self) -> Mapping[str, list[Any]]:
        """Every row of the read model."""
        with self.office.database.connection() as connection:
            return {
                table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
                for table in self.follower("cases").subscription.tables
            }

    def follower(self, name: str) -> Follower[Any]:
        """One of matching's followers."""
        (found,) = (one for one in self.office.followers if one.subscription.name == name)
        return found

    def settle(self) -> None:
        """Lets cases open, and their list follow the log to its end."""
        followers = [self.follower(name) for name in ("open_cases", "cases")]
        while numbered(self.city) + sum(follower.step() for follower in followers):
            continue
