"""What matching makes of a portal's message: what companies say of minutes, proven by the letter that carried them."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from desk.forms import Form, Words, load
from desk.letters.codes import Redeemed
from desk.letters.events import CodePurpose
from desk.office import Office
from desk.portal.answers import Answer, ForCompanies, accepted
from desk.portal.later import Consequence, HandedIn, LaterMessages, noted
from desk.portal.messages import Message, misaddressed
from desk.portal.proofs import ProofNotAccepted, by_letter
from desk.portal.reactions import Counted, PortalReactions
from desk.portal.submissions import Matter, submission_category
from eventstore.errors import FieldError
from eventstore.records import StreamId
from eventstore.store import EventStore
from services.matching.domain.case import CASE, Case
from services.matching.domain.case.days import BeforeItBegan
from services.matching.domain.case.dialogue import AnswerMinutes, MinutesOutdated, MinutesSettled
from services.matching.domain.case.status import AlreadyWithdrawn
from services.matching.domain.event_types import EVENTS
from services.matching.queries.proposals import proposal_as_told
from services.matching.schemas.minutes_by_portal import WORDS, MinutesAnswered, MinutesAnswerForm

FORMS: Final[Mapping[str, Form]] = {"MinutesConfirmed": MinutesAnswerForm()}
"""Type → the form of its `data`."""
FOR_COMPANIES: Final[ForCompanies] = {
    MinutesOutdated: (
        MinutesOutdated.code,
        "この議事録は、新しい版を作成しています。新しい版をお送りしますので、そちらでお手続きください。",
    ),
    MinutesSettled: (MinutesSettled.code, "この議事録は、すでに双方で確認済みです。"),
    BeforeItBegan: (
        BeforeItBegan.code,
        "市がこの議事録を確認した日より前の日時で送信されています。端末の日時を確かめて、もう一度お手続きください。",
    ),
    AlreadyWithdrawn: (AlreadyWithdrawn.code, "この提案は、すでに取り下げられています。"),
}
"""Refusal → code and sentence for companies."""


class MatchingMessages:
    """The messages that matching takes in one city (`desk.portal.reactions.Takes`)."""

    types: Final = frozenset(FORMS)
    words: Final[Words] = WORDS
    for_companies: Final[ForCompanies] = FOR_COMPANIES

    def __init__(self, office: Office) -> None:
        self._office = office
        self._later = LaterMessages(office, submission_category(EVENTS.service))

    def original(self, message: Message, command_id: UUID, digest: str) -> Answer | None:
        """The first answer again; None where it is new."""
        taken = self._later.original(command_id, digest)
        return None if taken is None else accepted(EVENTS.service, message, taken)

    def read(self, kind: str, data: dict[str, Any], _: Counted) -> tuple[Any, list[FieldError]]:
        """The content of a message, and what its form has against it."""
        content, errors = load(FORMS[kind], data)
        return content, [*errors, *misaddressed(data, self._office.city.municipality)]

    def take(self, message: Message, content: MinutesAnswered, handed: HandedIn) -> Answer:
        """Records what the proposer says of minutes. Raises `ProofNotAccepted`, and what the domain refuses."""
        taken = self._later.take(handed, partial(_following, content, handed), partial(noted, Matter.MINUTES, handed))
        return accepted(EVENTS.service, message, taken)


def portal_reactions(office: Office) -> PortalReactions:
    """What answers the portals of one city for matching."""
    return PortalReactions(office, MatchingMessages(office))


def _following(answered: MinutesAnswered, handed: HandedIn, store: EventStore) -> Consequence:
    """The proposer's answer to the edition that its letter carried; of another one it may not have seen a word."""
    code = answered.proof.one_time_code
    if code is None:
        raise ProofNotAccepted
    letter = by_letter(store, EVENTS.service, code, CodePurpose.MINUTES, handed.context, at=handed.counted)
    session_id, edition = _edition_asked(letter, store)
    if answered.edition not in (None, edition):
        raise MinutesOutdated
    command = AnswerMinutes(
        session_id=session_id, edition=edition, answered_on=handed.received_on, objection=answered.objection
    )
    return Consequence(decider=CASE, stream=letter.about, command=command)


def _edition_asked(letter: Redeemed, store: EventStore) -> tuple[UUID, int]:
    """The session and the edition of its minutes that a letter is about, while its recipient is the proposal's contact.

    Raises `ProofNotAccepted`.
    """
    item = letter.item
    if item is None or letter.about != StreamId(CASE.category, item.stream_id):
        raise ProofNotAccepted
    case: Case = CASE.fold(store.load_closed(letter.about))
    found = case.edition_by(item.item_id)
    if found is None or case.proposal_id is None:
        raise ProofNotAccepted
    if proposal_as_told(store, case.proposal_id).contact_id != letter.recipient_id:
        raise ProofNotAccepted
    return found
