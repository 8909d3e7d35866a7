"""What companies offer, as it is asked for: the list, one opened for the desk, and one for a department."""

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from desk.lists import ReadModel
from desk.office import Office
from desk.openings import opened
from eventstore.errors import NotFound
from eventstore.records import Actor, StreamId
from eventstore.store import Stream
from services.intake.domain.offer import OFFER
from services.intake.domain.offer.events import OfferAnswered
from services.intake.domain.offer.state import Standing
from services.intake.projections.offers import OFFERS
from services.intake.queries.records import opened_fields

OFFER_LIST: Final = ReadModel(
    subscription=OFFERS,
    key="offer_id",
    columns=(
        "offer_id", "version", "status", "subjects", "posted_on", "until", "company_id", "answered_by", "recorded_at",
    ),
)  # fmt: skip
FOR_DEPARTMENTS: Final = ReadModel(
    subscription=OFFERS,
    key="offer_id",
    columns=("offer_id", "version", "status", "subjects", "posted_on", "until", "recorded_at"),
)
WHAT: Final = ("posted_on", "until", "subjects", "title", "description", "wanted")
"""What a department reads of an offer: not who offers, because the desk makes contact."""


def opened_offer(office: Office, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """An offer with everything of it opened, answers included, after it was recorded that the actor opens it.

    Raises as `opened` does.
    """

    def tell(read: Stream) -> dict[str, Any]:
        answers = OFFER.fold(read.events).answers
        return {
            **_standing(read, office.today()),
            **opened_fields(read.events[0].event),
            "answers": [_answer(answers[department]) for department in sorted(answers)],
        }

    return opened(office, stream, actor, purpose, tell)


def offer_for_department(office: Office, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """What is offered, opened for a department while it is open; one that is not is told as one that is not there."""

    def tell(read: Stream) -> dict[str, Any]:
        standing = _standing(read, office.today())
        if standing["status"] is not Standing.OPEN:
            raise NotFound
        return {**standing, **_of(opened_fields(read.events[0].event), WHAT)}

    return opened(office, stream, actor, purpose, tell)


def _standing(read: Stream, today: date) -> dict[str, Any]:
    return {
        "offer_id": str(read.id.id),
        "version": read.version,
        "status": OFFER.fold(read.events).standing(today),
    }


def _answer(answered: OfferAnswered) -> dict[str, Any]:
    return _of(opened_fields(answered), ("department", "answer", "answered_on", "note"))


def _of(told: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: told.get(name) for name in names}
