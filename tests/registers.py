"""Registers for tests: a city whose desk and matching follow the log by hand, with a clock that the test moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from desk.forms import Listing
from desk.office import Office
from desk.packs.codes import MeasureKind
from desk.portal.receipts import ContentReceipt
from desk.timers import TimerRound
from desk.turns import Turn
from eventstore.city import City
from eventstore.decider import Decider
from eventstore.execution import execute
from eventstore.following.followers import Follower
from eventstore.records import Actor, Code, StreamId
from services.intake.domain.proposal import PROPOSAL, ProposalAccepted, ReceiveProposal
from services.intake.domain.proposal.changes import RenameProposer
from services.intake.domain.proposal.outcomes import WithdrawProposal
from services.intake.domain.register_entry import (
    REGISTER_ENTRY,
    Candidacy,
    CorrectMeasure,
    EnterMeasure,
    LiftMeasure,
    Measure,
)
from services.intake.queries.registers import MEASURE_LIST
from services.intake.reactions.registers import REGISTER_ALARMS
from services.intake.schemas import ProposalSchema
from tests.cities import FrozenClock
from tests.ledgers import numbered
from tests.portals import MINIMAL

SUBSCRIPTIONS: Final = ("flag_proposals", "measures", "timers", "open_cases", "cases")
DAY: Final = date(2026, 11, 22)
ACTOR: Final = Actor(id=uuid4(), role=Code("desk_chief"))
NUMBERS: Final = ("4011001098993", "7123456789012", "7010705000725", "7000012050002", "2120901007402")
NUMBER, OTHER_NUMBER = NUMBERS[:2]
MEASURE: Final = Measure(
    kind=MeasureKind.SUSPENDED,
    rule="bid_suspension",
    clause="suspended",
    law="所沢市建設工事等の有資格業者に関する入札参加停止等措置要綱（令和8年4月1日現在）",
    from_day=date(2026, 10, 1),
    until_day=date(2027, 3, 31),
    party_name="株式会社ゆきみち",
    corporate_number=NUMBER,
    address=None,
    source="契約課からの通知",
    decided_by=None,
    approval=None,
)


WITHDRAW: Final = WithdrawProposal(withdrawn_on=DAY, explanation=None)


def renaming(name: str) -> RenameProposer:
    """The proposer takes another name."""
    return RenameProposer(
        renamed_on=DAY,
        proposer_id=uuid4(),
        representative_id=uuid4(),
        name=name,
        address=None,
        representative=None,
    )


@dataclass(slots=True)
class Scene:
    """A city with its desk and its matching, where nothing follows by itself until `settle`."""

    city: City
    intake: Office
    matching: Office
    clock: FrozenClock

    def does(self, decider: Decider[Any, Any], stream: StreamId, command: Any) -> StreamId:
        """Executes a command of a person."""
        execute(self.intake.store, decider, stream, command, self.intake.context(ACTOR))
        return stream

    def receive(self, name: str = "ゆきみち株式会社", number: str | None = NUMBER) -> StreamId:
        """A proposal of a party."""
        proposer = {"kind": "organisation", "name": name, "corporate_number": number}
        proposal = uuid4()
        command = ReceiveProposal(
            proposal_id=proposal,
            content=ProposalSchema().load({**MINIMAL, "municipality": "112089", "proposer": proposer}),
            document=b"{}",
            received_on=DAY,
            submitted_at=datetime(2026, 11, 22, tzinfo=UTC),
            pledges_pending=False,
            receipt_number=str(proposal),
            content_receipt=ContentReceipt(nonce=b"n" * 32, sha256=b"s" * 32),
        )
        return self.does(PROPOSAL, StreamId("proposal", proposal), command)

    def enter(self, measure: Measure = MEASURE) -> StreamId:
        """An entry of the register."""
        entry, rules = uuid4(), self.intake.pack().proposer_exclusions
        command = EnterMeasure(
            entry_id=entry, measure=measure, exclusions=rules, has_reason=False, today=self.intake.today()
        )
        return self.does(REGISTER_ENTRY, StreamId("register_entry", entry), command)

    def correct(self, entry: StreamId, measure: Measure) -> None:
        """States an entry anew."""
        rules = self.intake.pack().proposer_exclusions
        command = CorrectMeasure(
            entry_id=entry.id, measure=measure, exclusions=rules, has_reason=True, today=self.intake.today()
        )
        self.does(REGISTER_ENTRY, entry, command)

    def lift(self, entry: StreamId) -> None:
        """Lifts a measure."""
        today = self.intake.today()
        self.does(REGISTER_ENTRY, entry, LiftMeasure(lifted_on=today, today=today))

    def accept(self, proposal: StreamId) -> None:
        """Has a proposal accepted, whatever it takes for a person to come to that."""
        read = self.intake.store.load(proposal)
        self.intake.store.append(read, [ProposalAccepted(accepted_on=DAY)], self.intake.context(ACTOR))

    def settle(self) -> None:
        """Follows the log until nothing follows from it any more."""
        while numbered(self.city) + sum(follower.step() for follower in self.followers):
            continue

    def ring(self) -> int:
        """Lets the measures' timers go off that are due, whoever has followed what; how many there were."""
        return sum(iter(self.round().step, False))

    def round(self, office: Office | None = None) -> TimerRound:
        """The round of the measures' timers."""
        return TimerRound(office or self.intake, REGISTER_ALARMS)

    @property
    def followers(self) -> list[Follower[Turn]]:
        """What has to do with measures, of both services."""
        every = (*self.intake.followers, *self.matching.followers)
        return [follower for follower in every if follower.subscription.name in SUBSCRIPTIONS]

    def flags(self, proposal: StreamId) -> frozenset[UUID]:
        """The entries that flag a proposal."""
        return frozenset(PROPOSAL.fold(self.intake.store.load(proposal).events).flags)

    def types(self, stream: StreamId) -> list[str]:
        """What happened, by type."""
        return [recorded.type for recorded in self.intake.store.load(stream).events]

    def candidates(self, entry: StreamId) -> dict[UUID, Candidacy]:
        """The candidates of an entry."""
        return dict(REGISTER_ENTRY.fold(self.intake.store.load(entry).events).candidates)

    def listed(self, entry: StreamId) -> dict[str, Any]:
        """The entry as the list has it."""
        page = MEASURE_LIST.page(self.intake, Listing(limit=200, after=None, at_least=None))
        (row,) = (item for item in page["items"] if item["entry_id"] == str(entry.id))
        return dict(row)

    def parked(self) -> int:
        """How many positions could not be taken."""
        return sum(len(follower.parked()) for follower in self.followers)

    def rows(self, table: str) -> Sequence[Any]:
        """The rows of a table of one of the services, as text."""
        office = self.matching if table.startswith("matching") else self.intake
        with office.database.connection() as connection:
            return connection.execute(f"SELECT t::text FROM {table} t ORDER BY 1".encode()).fetchall()
