"""What intake makes of a portal's message: a proposal, an inquiry, or what is sent later about one of them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias
from uuid import UUID

from desk.forms import Words
from desk.office import Office
from desk.packs.codes import Channel
from desk.portal.answers import Answer, ForCompanies, accepted
from desk.portal.later import HandedIn
from desk.portal.messages import Message
from desk.portal.reactions import Counted, PortalReactions
from eventstore.errors import FieldError
from services.intake.domain.content import InquiryContent, ProposalContent
from services.intake.forms import Counter, read_correction, read_inquiry, read_later, read_proposal
from services.intake.reactions.answers import FOR_COMPANIES, received
from services.intake.reactions.later import LaterSubmissions
from services.intake.reception import Arrival, Reception
from services.intake.schemas.later import (
    CallQuestionSchema,
    ConsentSchema,
    LaterClaimsSchema,
    NoticesEndSchema,
    WithdrawalSchema,
)
from services.intake.schemas.offers import SubmittedOfferForm
from services.intake.schemas.problems import WORDS

Read: TypeAlias = Callable[[object, Counter], tuple[Any, list[FieldError]]]
"""Reads `data`: the content, or errors."""
FORMS: Final[Mapping[str, Read]] = {
    "ProposalSubmitted": read_proposal,
    "InquirySubmitted": read_inquiry,
    "CorrectionSubmitted": read_correction,
    "WithdrawalSubmitted": partial(read_later, WithdrawalSchema()),
    "ClaimSubmitted": partial(read_later, LaterClaimsSchema()),
    "CallQuestionSubmitted": partial(read_later, CallQuestionSchema()),
    "ConsentGiven": partial(read_later, ConsentSchema()),
    "NoticesEndSubmitted": partial(read_later, NoticesEndSchema()),
    "OfferSubmitted": partial(read_later, SubmittedOfferForm()),
}
"""Type → how its `data` is read."""


class IntakeMessages:
    """The messages that intake takes in one city (`desk.portal.reactions.Takes`)."""

    types: Final = frozenset(FORMS)
    words: Final[Words] = WORDS
    for_companies: Final[ForCompanies] = FOR_COMPANIES

    def __init__(self, office: Office, reception: Reception) -> None:
        self._office = office
        self._reception = reception
        self._later = LaterSubmissions(office, reception.keys)

    def original(self, message: Message, command_id: UUID, digest: str) -> Answer | None:
        """The first answer again, whatever type of message was sent under this id; None where it is new."""
        handed_in = self._reception.original(command_id, digest)
        if handed_in is not None:
            return received(message, handed_in)
        taken = self._later.original(command_id, digest)
        return None if taken is None else accepted(self._office.service, message, taken)

    def read(self, kind: str, data: dict[str, Any], counted: Counted) -> tuple[Any, list[FieldError]]:
        """The content of a message, and what the schema and the city's rules have against it."""
        at = Counter(
            municipality=self._office.city.municipality,
            channel=Channel.PORTAL,
            pack=counted.pack,
            counted=counted.at,
            schedule_of=self._reception.schedule_of,
        )
        return FORMS[kind](data, at)

    def take(self, message: Message, content: Any, handed: HandedIn) -> Answer:
        """Receives or takes what was read without errors. Raises what the domain refuses."""
        match content:
            case ProposalContent():
                proposal = self._reception.receive_proposal(content, _arrival(handed), handed.pack)
                return received(message, proposal)
            case InquiryContent():
                return received(message, self._reception.receive_inquiry(content, _arrival(handed)))
            case _:
                return accepted(self._office.service, message, self._later.take(content, handed))


def portal_reactions(office: Office, reception: Reception) -> PortalReactions:
    """What answers the portals of one city for intake."""
    return PortalReactions(office, IntakeMessages(office, reception))


def _arrival(handed: HandedIn) -> Arrival:
    return Arrival(
        document=handed.document,
        received_on=handed.received_on,
        submitted_at=handed.submitted_at,
        channel=Channel.PORTAL,
        context=handed.context,
    )
