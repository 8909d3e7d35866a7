"""What follows from a command to an offer."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, assert_never
from uuid import uuid5

from eventstore.decider import Decider
from eventstore.errors import NotFound, Refusal
from eventstore.protection import Sealed
from services.intake.domain.offer.commands import (
    AnswerOffer,
    CloseOffer,
    LapseOffer,
    OfferCommand,
    PostOffer,
    WithdrawOffer,
)
from services.intake.domain.offer.events import (
    OfferAnswered,
    OfferClosed,
    OfferEvent,
    OfferLapsed,
    OfferPosted,
    OfferWithdrawn,
)
from services.intake.domain.offer.state import Offer, Standing, evolve
from services.intake.domain.party_rules import require_known, require_taken


class OfferAlreadyPosted(Refusal):
    """An offer is posted once."""

    code = "offer_posted"
    sentence = "この逆提案はすでに登録されています。"


class OfferHasLapsed(Refusal):
    """The offer's last day has passed."""

    code = "offer_lapsed"
    sentence = "この逆提案の受付期間は終わっています。"


class OfferIsClosed(Refusal):
    """The desk is done with the offer."""

    code = "offer_closed"
    sentence = "この逆提案の取扱いは終わっています。"


class OfferIsWithdrawn(Refusal):
    """The company took the offer back."""

    code = "offer_withdrawn"
    sentence = "この逆提案は取り下げられています。"


class OfferEndsInThePast(Refusal):
    """The last day of an offer is a day to come, or today."""

    code = "offer_ends_in_the_past"
    sentence = "受付期間の終わりの日は、今日以降の日にしてください。"


class AnsweringDepartmentUnknown(Refusal):
    """The pack in force has no such department."""

    code = "answering_department_unknown"
    sentence = "運用ルールにない部署です。"


WHEN: Final[Mapping[type[OfferCommand], frozenset[Standing]]] = {
    PostOffer: frozenset({Standing.ABSENT}),
    AnswerOffer: frozenset({Standing.OPEN}),
    LapseOffer: frozenset(Standing) - {Standing.ABSENT},
    CloseOffer: frozenset({Standing.OPEN, Standing.LAPSED, Standing.CLOSED}),
    WithdrawOffer: frozenset({Standing.OPEN, Standing.LAPSED, Standing.WITHDRAWN}),
}
"""Where an offer has to stand for a command; everywhere else it is refused with the standing's own code.

To lapse is a timer's, which may be older than the stream: what is not so any more leads to nothing.
"""


def standing_otherwise(standing: Standing) -> Refusal | NotFound:
    """What is said where an offer stands so and would have to stand otherwise: one code for each standing."""
    match standing:
        case Standing.ABSENT:
            return NotFound()
        case Standing.OPEN:
            return OfferAlreadyPosted()
        case Standing.LAPSED:
            return OfferHasLapsed()
        case Standing.CLOSED:
            return OfferIsClosed()
        case Standing.WITHDRAWN:
            return OfferIsWithdrawn()
        case _:
            assert_never(standing)


def decide(command: OfferCommand, offer: Offer) -> Sequence[OfferEvent]:
    """The events that follow from a command; none where it was already so."""
    standing = offer.standing(command.today)
    if standing not in WHEN[type(command)]:
        raise standing_otherwise(standing)
    match command:
        case PostOffer():
            return _post(command)
        case AnswerOffer():
            return _answer(command, offer)
        case LapseOffer():
            return _lapse(offer, standing)
        case CloseOffer():
            return [] if standing is Standing.CLOSED else [OfferClosed(closed_on=command.today)]
        case WithdrawOffer():
            return [] if standing is Standing.WITHDRAWN else [OfferWithdrawn(withdrawn_on=command.today)]
        case _:
            assert_never(command)


def _post(command: PostOffer) -> Sequence[OfferPosted]:
    text, party, contact = command.text, command.offeror.proposer, command.offeror.contact
    if command.offeror.company_id is not None and not command.is_registered:
        raise NotFound
    if party is not None:
        require_taken(party.kind, command.rules)
    require_known(text.subjects, command.rules.subjects)
    if text.until is not None and text.until < command.today:
        raise OfferEndsInThePast
    return [
        OfferPosted(
            posted_on=command.today,
            until=text.until,
            subjects=text.subjects,
            company_id=command.offeror.company_id,
            offeror_kind=party.kind if party else None,
            offeror_id=uuid5(command.offer_id, "offeror"),
            contact_id=uuid5(command.offer_id, "contact"),
            offeror_name=Sealed(party.name if party else None),
            corporate_number=Sealed(party.corporate_number if party else None),
            offeror_address=Sealed(party.address if party else None),
            contact_affiliation=Sealed(contact.affiliation if contact else None),
            contact_name=Sealed(contact.name if contact else None),
            contact_phone=Sealed(contact.phone if contact else None),
            contact_email=Sealed(contact.email if contact else None),
            title=Sealed(text.title),
            description=Sealed(text.description),
            wanted=Sealed(text.wanted),
        )
    ]


def _answer(command: AnswerOffer, offer: Offer) -> Sequence[OfferAnswered]:
    if command.department not in command.departments:
        raise AnsweringDepartmentUnknown
    note, before = Sealed(command.note), offer.answers.get(command.department)
    if before is not None and (before.answer, before.note) == (command.answer, note):
        return []
    return [OfferAnswered(department=command.department, answer=command.answer, answered_on=command.today, note=note)]


def _lapse(offer: Offer, standing: Standing) -> Sequence[OfferLapsed]:
    if offer.recorded is not Standing.OPEN or standing is not Standing.LAPSED or offer.until is None:
        return []
    return [OfferLapsed(lapsed_on=offer.until + timedelta(days=1))]


OFFER: Final = Decider(category="offer", initial=Offer(), decide=decide, evolve=evolve)
