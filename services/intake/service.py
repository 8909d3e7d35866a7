"""Intake's edge: what portals publish and staff tools call; loads with the schema, executes, answers."""

from collections.abc import Sequence
from typing import Any, Final

import structlog

from desk.commands import carry_out
from desk.forms import load_or_refuse
from desk.office import Office
from desk.openings import PurposeForm
from desk.permissions import Permission
from desk.turns import Turn
from eventstore.answers import ANSWERS
from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound
from eventstore.following.followers import Follower
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import ActorToken, Answers, Composed, portal_messages, staff_rpc
from eventstore.parked import Delivery
from eventstore.records import Actor, StreamId
from services.intake import queries
from services.intake.answering import answer_message
from services.intake.counter import CounterDesk, Entered
from services.intake.declaration import INTAKE
from services.intake.domain.inquiry import INQUIRY, InquiryAlreadyReceived
from services.intake.domain.proposal import PROPOSAL, AcceptProposal, ProposalAlreadyReceived, ProposalPledgePending
from services.intake.reactions import PortalReactions
from services.intake.reception import Reception, SubmissionErased
from services.intake.schemas import EntrySchema, InquirySchema, ProposalSchema
from services.intake.schemas.desk import Acceptance, AcceptanceSchema, ProposalListing, ProposalListingSchema

LATE_OR_MISDIRECTED: Final = ("other_municipality", "too_long_ago", "in_the_future")
"""What may be wrong with anything that is entered, beside its form."""
AGAINST_THE_RULES: Final = ("channel_not_accepted", "call_unknown", "attachment_unknown", "terms_version")
"""What the city's rules may have against a proposal."""

log = structlog.get_logger(__name__)


class IntakeDesk:
    """Intake's composition in one city."""

    def __init__(self, city: City) -> None:
        self.office = Office(INTAKE, city)
        self.reception = Reception(self.office)
        self.reactions = PortalReactions(self.office, self.reception)
        self.counter = CounterDesk(self.office, self.reception)

    @property
    def followers(self) -> Sequence[Follower[Turn]]:
        """What follows the log while intake serves."""
        return self.office.followers

    def close(self) -> None:
        """Closes the office."""
        self.office.close()


class IntakeService:
    """The nameko service."""

    name = INTAKE.name
    desk = Composed(IntakeDesk)
    token = ActorToken()
    actor: Actor
    answers = Answers(ANSWERS)

    @property
    def office(self) -> Office:
        """The office that says who may call."""
        office: Office = self.desk.office
        return office

    @portal_messages(queue=INTAKE.portal_queue)
    def on_portal_message(self, delivery: Delivery) -> None:
        """Receives or refuses a portal's message and answers it; parks what cannot be answered.

        Raises `Unavailable` where it has to be tried again; otherwise the message may be acknowledged.
        """
        code = answer_message(self.desk.reactions, delivery, self.answers)
        if code is not None:
            parked = self.desk.office.parked.park(delivery, code, self.desk.office.clock())
            log.warning("message parked", parked=str(parked), code=code)

    @staff_rpc(
        permission=Permission.PROPOSAL_RECEIVE,
        reads=(EntrySchema, ProposalSchema),
        refuses=(ProposalAlreadyReceived, SubmissionErased),
        problems=LATE_OR_MISDIRECTED + AGAINST_THE_RULES,
    )
    def receive_proposal(
        self, command_id: str, submission: dict[str, Any], channel: str,
        received_at: str | None = None, reason: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Enters a proposal on someone's behalf.

        submission: `data` of `ProposalSubmitted`; pledges and terms may still be pending. channel: `counter`, `phone`,
        `mail` or `post`. received_at: the instant when it came, if that was earlier than now. reason: why it is entered
        late; required with `received_at`.

        At `proposer.kind` the city's pack may refuse with a code and a sentence of its own.

        Gives the event, `proposal_id`, and the receipt to hand out: `receipt_number`, `access_code`, `received_on` and
        `content_receipt` (`nonce`, `sha256`).
        """
        stated = {"command_id": command_id, "channel": channel, "received_at": received_at, "reason": reason}
        told: dict[str, Any] = self.desk.counter.enter_proposal(Entered(submission, stated), self.actor)
        return told

    @staff_rpc(
        permission=Permission.INQUIRY_RECEIVE,
        reads=(EntrySchema, InquirySchema),
        refuses=(InquiryAlreadyReceived, SubmissionErased),
        problems=LATE_OR_MISDIRECTED,
    )
    def receive_inquiry(
        self, command_id: str, submission: dict[str, Any], channel: str,
        received_at: str | None = None, reason: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Enters an inquiry (相談) on someone's behalf.

        submission: `data` of `InquirySubmitted`. channel, received_at, reason: as in `receive_proposal`.

        Gives the event, `inquiry_id`, and the receipt as `receive_proposal` does.
        """
        stated = {"command_id": command_id, "channel": channel, "received_at": received_at, "reason": reason}
        told: dict[str, Any] = self.desk.counter.enter_inquiry(Entered(submission, stated), self.actor)
        return told

    @staff_rpc(
        permission=Permission.PROPOSAL_ACCEPT,
        takes=AcceptanceSchema,
        refuses=(NotFound, ProposalPledgePending),
    )
    def accept_proposal(self, **arguments: Any) -> dict[str, Any]:
        """Accepts a proposal (受理): matching opens its case by itself.

        proposal_id: as `receive_proposal` gave it. reason: why, if something is to be said.

        Gives the event; none where the proposal was accepted before.
        """
        stated: Acceptance = load_or_refuse(AcceptanceSchema(), arguments)
        stream = StreamId(PROPOSAL.category, stated.proposal_id)
        command = AcceptProposal(accepted_on=self.office.today())
        return carry_out(self.office, self.actor, PROPOSAL, stream, command, stated, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_READ,
        takes=ProposalListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_proposals(self, **arguments: Any) -> dict[str, Any]:
        """Lists proposals in the order in which they were received; nothing protected is among what it tells.

        status: `received` or `accepted`; all unless named.

        Gives `items` (`proposal_id`, `version`, `status`, `kind`, `call_id`, `purposes`, `proposer_kind`, `channel`,
        `pledges_pending`, `received_on`, `accepted_on`, `recorded_at`), `after` for the next page or null, and `as_of`
        (`position` of the log, and how many positions the list is `behind`).
        """
        wanted: ProposalListing = load_or_refuse(ProposalListingSchema(), arguments)
        return queries.PROPOSAL_LIST.page(self.office, wanted, status=wanted.status)

    @staff_rpc(
        permission=Permission.PROPOSAL_READ,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound,),
    )
    def get_proposal(self, proposal_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads a proposal with its fields opened, once it is on record who opens it.

        proposal_id: as `receive_proposal` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `proposal_id`, `version`, `status`, `channel`, `recorded_at`, the fields of `ProposalReceived` in clear
        without the document and its digest, and `closed`: the names of those that cannot be opened any more.
        """
        stream = StreamId.sought(PROPOSAL.category, proposal_id)
        return queries.opened_record(self.office, stream, self.actor, purpose)

    @staff_rpc(
        permission=Permission.INQUIRY_READ,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound,),
    )
    def get_inquiry(self, inquiry_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads an inquiry with its fields opened, once it is on record who opens it.

        inquiry_id: as `receive_inquiry` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `inquiry_id`, `version`, `status`, `channel`, `recorded_at`, the fields of `InquiryReceived` in clear
        without the document and its digest, and `closed`: the names of those that cannot be opened any more.
        """
        stream = StreamId.sought(INQUIRY.category, inquiry_id)
        return queries.opened_record(self.office, stream, self.actor, purpose)

    @staff_rpc(permission=Permission.SUBMISSION_STATUS, refuses=(NotFound,))
    def submission_status(self, receipt_number: str, access_code: str) -> dict[str, Any]:
        """Says where a submission stands, for who holds both its number and its code.

        receipt_number, access_code: as on the receipt, in any width, with any dash or blank between.

        Gives `kind` (`proposal` or `inquiry`), `receipt_number`, `status` and `received_on`.
        """
        given = (receipt_number, access_code)
        if not all(isinstance(text, str) for text in given):
            raise InvalidMessage("受付番号と確認番号を入力してください。")
        return queries.submission_status(self.desk.office.store, self.desk.reception.keys, *given)
