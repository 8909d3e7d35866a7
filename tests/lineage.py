"""Proposals that have to do with others, for tests: a desk that nothing follows until the test lets it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final, LiteralString
from uuid import UUID, uuid4

from desk.office import Office
from desk.portal.receipts import ContentReceipt
from eventstore.city import City
from eventstore.execution import execute
from eventstore.records import Actor, Code, StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.proposal import PROPOSAL, Proposal, ProposalAccepted, ReceiveProposal
from services.intake.domain.proposal.outcomes import WithdrawProposal
from services.intake.lineage import LineageDesk
from services.intake.queries.lineage import possible_duplicates
from services.intake.queries.records import opened_record
from services.intake.reception import Reception
from services.intake.schemas import ProposalSchema
from services.intake.schemas.lineage import DivisionForm, MergerForm
from tests.cities import Cities, FrozenClock
from tests.ledgers import Connection, connected, numbered
from tests.portals import MINIMAL, until

DAY: Final = date(2026, 11, 22)
ACTOR: Final = Actor(id=uuid4(), role=Code("desk_chief"))
WHY: Final = "同じ内容のため"
BUS: Final[Mapping[str, Any]] = {
    "title": "路線バスの遅れを知らせる札",
    "summary": "停留所の札で、雪の日のバスの遅れを知らせます。",
}
FOOD: Final[Mapping[str, Any]] = {"title": "空き教室で朝食を", "summary": "週に一度、空き教室で朝食を出します。"}
WITHDRAW: Final = WithdrawProposal(withdrawn_on=DAY, explanation=None)


@dataclass(slots=True)
class Scene:
    """A city's desk, where nothing follows by itself until `settle`."""

    office: Office
    clock: FrozenClock
    administrator: str

    @property
    def lineage(self) -> LineageDesk:
        """What merges and splits."""
        return LineageDesk(self.office, Reception(self.office))

    def does(self, proposal: UUID, command: Any) -> None:
        """Executes a command of a person."""
        execute(self.office.store, PROPOSAL, StreamId("proposal", proposal), command, self.office.context(ACTOR))

    def receive(self, form: Any = MINIMAL, *, on: date = DAY, **changes: Any) -> UUID:
        """A proposal, by portal."""
        proposal, context = uuid4(), replace(self.office.context(ACTOR), channel=Code("portal"))
        command = ReceiveProposal(
            proposal_id=proposal,
            content=ProposalSchema().load({**form, **changes}),
            document=b"{}",
            received_on=on,
            submitted_at=datetime(on.year, on.month, on.day, tzinfo=UTC),
            pledges_pending=False,
            receipt_number=str(proposal),
            content_receipt=ContentReceipt(nonce="n" * 64, sha256="s" * 64),
        )
        execute(self.office.store, PROPOSAL, StreamId("proposal", proposal), command, context)
        return proposal

    def accept(self, proposal: UUID) -> None:
        """Has a proposal accepted, whatever it takes for a person to come to that."""
        read = self.office.store.load(StreamId("proposal", proposal))
        self.office.store.append(read, [ProposalAccepted(accepted_on=DAY)], self.office.context(ACTOR))

    def merge(self, proposal: UUID, into: UUID, **stated: Any) -> dict[str, Any]:
        given = {
            "command_id": str(uuid4()), "proposal_id": str(proposal), "into": str(into), "reason": WHY,
            "same_party_confirmed": True, **stated,
        }  # fmt: skip
        return self.lineage.merge(MergerForm().load(given), ACTOR, given)

    def split(self, proposal: UUID, *parts: Any, **stated: Any) -> dict[str, Any]:
        given = {
            "command_id": str(uuid4()), "proposal_id": str(proposal), "parts": list(parts), "reason": WHY, **stated,
        }  # fmt: skip
        return self.lineage.split(DivisionForm().load(given), ACTOR, given)

    def state(self, proposal: UUID) -> Proposal:
        return PROPOSAL.fold(self.office.store.load(StreamId("proposal", proposal)).events)

    def types(self, proposal: UUID) -> list[str]:
        return [recorded.type for recorded in self.office.store.load(StreamId("proposal", proposal)).events]

    def shown(self, proposal: UUID) -> dict[str, Any]:
        """The proposal as staff read it."""
        return opened_record(self.office, StreamId("proposal", proposal), ACTOR, None)

    def duplicates(self, proposal: UUID) -> dict[str, Any]:
        """What may be its duplicates, each by its id."""
        self.settle()
        told = possible_duplicates(self.office, StreamId("proposal", proposal), ACTOR, "重複の確認")
        return {**told, "items": {UUID(item["proposal_id"]): item for item in told["items"]}}

    def count(self) -> int:
        """How many proposals there are."""
        with connected(self.administrator) as connection:
            (counted,) = connection.execute(
                "SELECT count(*) FROM events_intake WHERE type = 'ProposalReceived'"
            ).fetchone() or (0,)
        return int(counted)

    def settle(self) -> None:
        """Brings the list of proposals up to the log."""
        (follower,) = (one for one in self.office.followers if one.subscription.name == "proposals")
        while numbered(self.office.city) + follower.step():
            continue

    @contextmanager
    def interrupted_at(self, n: int) -> Iterator[None]:
        """The database gives up once, at the n-th event (from 1) that anybody inserts from now on."""
        with connected(self.administrator) as connection:
            connection.execute("CREATE SEQUENCE inserted")
            gives_up = f"IF nextval('public.inserted') = {n} THEN RAISE 'interrupted' USING ERRCODE = 'admin_shutdown'"
            with before_each_event(connection, f"{gives_up}; END IF"):
                yield
            connection.execute("DROP SEQUENCE inserted")

    @contextmanager
    def all_at_once(self, count: int) -> Iterator[None]:
        """Nobody inserts an event until so many are about to."""
        with connected(self.administrator) as connection:
            connection.execute("SELECT pg_advisory_lock(7)")
            with before_each_event(connection, "PERFORM pg_advisory_xact_lock_shared(7)"):
                yield
                until(lambda: len(connection.execute(WAITING).fetchall()) == count)
                connection.execute("SELECT pg_advisory_unlock(7)")


WAITING: Final = """SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


@contextmanager
def before_each_event(connection: Connection, statement: LiteralString) -> Iterator[None]:
    """A PL/pgSQL statement that runs before each event is inserted."""
    connection.execute(
        "CREATE FUNCTION before_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
        f" $$ BEGIN {statement}; RETURN NEW; END $$"
    )
    connection.execute("CREATE TRIGGER t BEFORE INSERT ON events_intake FOR EACH ROW EXECUTE FUNCTION before_event()")
    try:
        yield
    finally:
        connection.execute("DROP TRIGGER t ON events_intake")
        connection.execute("DROP FUNCTION before_event")


def scene_in(cities: Cities, city: City) -> Scene:
    """A desk in a city at noon, with connections of its own."""
    clock = FrozenClock()
    return Scene(cities.office(INTAKE, city, clock), clock, cities.administrator_url(city))
