"""Minutes for tests: a case with a session that the city confirmed, and the letter by which its proposer answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from desk.letters.commands import ApproveLetter, CodeItem, Recipient
from desk.letters.composing import CodeWanted, Draft, Letters
from desk.letters.events import CodePurpose, Means
from desk.office import Office
from desk.packs.letters import LetterCode
from desk.portal.messages import submission_command_id, submission_id
from desk.portal.submissions import submission_category
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE
from services.matching.domain.case.assignment import Asked, OfferCase, Part, TakeOffer
from services.matching.domain.case.dialogue import (
    ConfirmMinutes,
    DraftMinutes,
    HoldSession,
    Participant,
    Setting,
    Side,
    edition_id,
)
from services.matching.domain.case.opening import OpenCase
from services.matching.queries.proposals import proposal_as_told
from tests.later import InBetween, later
from tests.letters import APPROVAL, CHIEF

DAY: Final = date(2026, 5, 20)
TEXT: Final = "停留所の札は市が用意する。時刻の表示は提案者が用意する。"
PRESENT: Final = (
    Participant(side=Side.CITY, name="工藤 誠", position="主査"),
    Participant(side=Side.PROPOSER, name="長谷川 美咲", position=None),
)


def minutes_answer(code: str, objection: str | None = None, **content: Any) -> dict[str, Any]:
    """What a company says of minutes, as `city-portal` publishes it; it confirms unless it objects."""
    data = {"proof": {"one_time_code": code}, "objection": objection, **content}
    return later("MinutesConfirmed", **data)


@dataclass(frozen=True, slots=True)
class Session:
    """A session whose minutes the city stands by, in a case of a proposal."""

    proposal_id: UUID
    case_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What departments do with a case, and what matching's log then says. office: matching's."""

    office: Office

    def does(self, case_id: UUID, *commands: Any) -> None:
        """Executes commands on a case, in the name of the desk."""
        InBetween(self.office).does(CASE, case_id, *commands)

    def held(self, proposal_id: str) -> Session:
        """A session of an accepted proposal's case, with minutes that the city has confirmed."""
        session = Session(UUID(proposal_id), uuid4(), uuid4())
        asked = Asked(offer_id=uuid4(), department="transport", part=Part.LEAD)
        self.does(
            session.case_id,
            OpenCase(proposal_id=session.proposal_id, opened_on=DAY),
            OfferCase(asked=(asked,), offered_on=DAY, suggestion_id=None, message=None),
            TakeOffer(offer_id=asked.offer_id, officer_id=uuid4(), taken_on=DAY),
            HoldSession(
                session_id=session.session_id,
                held_on=DAY,
                setting=Setting.ONLINE,
                participants_id=uuid4(),
                participants=PRESENT,
                subject="停留所の札",
            ),
        )
        self.drafts(session)
        self.confirms(session, 1)
        return session

    def drafts(self, session: Session) -> None:
        """The next edition is written."""
        self.does(session.case_id, DraftMinutes(session_id=session.session_id, drafted_on=DAY, text=TEXT))

    def confirms(self, session: Session, edition: int) -> None:
        """The city stands by an edition."""
        command = ConfirmMinutes(
            session_id=session.session_id, edition=edition, confirmed_on=DAY, file=b"%PDF-1.7 minutes"
        )
        self.does(session.case_id, command)

    def code(
        self, session: Session, *, purpose: CodePurpose = CodePurpose.MINUTES, valid: timedelta = timedelta(days=30),
        recipient_id: UUID | None = None, item: CodeItem | None = None, is_approved: bool = True,
    ) -> str:  # fmt: skip
        """The one-time code of a letter that asks the proposal's contact for an answer to the newest edition.

        recipient_id: another's than the contact's. item: another than that edition.
        """
        valid_until, letters = self.office.clock() + valid, Letters("matching", self.office.store)
        contact = recipient_id or proposal_as_told(self.office.store, session.proposal_id).contact_id
        assert contact is not None
        draft = Draft(
            template=LetterCode.ONE_TIME_LINK,
            about=StreamId(CASE.category, session.case_id),
            recipient=Recipient(id=contact, lines=("長谷川 美咲 様",), means=Means.POST, address="青森市中央一丁目"),
            values={"matter": "対話の議事録の確認"},
            code=CodeWanted(
                purpose=purpose,
                valid_until=valid_until,
                item=item or self.asked(session),
            ),
        )
        (composed,) = letters.compose(draft, self.office.pack(), self.office.context(CHIEF)).recorded
        if is_approved:
            approved = ApproveLetter(
                approval=APPROVAL, at=valid_until - timedelta(days=1), issued_on=DAY, file=b"%PDF-1.7"
            )
            letters.carry_out(composed.stream.id, approved, self.office.context(CHIEF))
        return str(composed.event.code.reveal())

    def asked(self, session: Session) -> CodeItem:
        """What a letter asks about that is written now."""
        minutes = CASE.fold(self.events(session)).sessions.get(session.session_id)
        item_id = edition_id(session.session_id, minutes.edition if minutes else 1)
        return CodeItem(stream_id=session.case_id, item_id=item_id)

    def events(self, session: Session) -> tuple[Recorded, ...]:
        """What the case's stream says."""
        return self.office.store.load(StreamId(CASE.category, session.case_id)).events

    def taken(self, message: Mapping[str, Any], portal: str = "city-portal") -> tuple[Recorded, ...]:
        """What is on record of a portal's message itself."""
        own = submission_id(submission_command_id(portal, message["id"]))
        return self.office.store.load(StreamId(submission_category("matching"), own)).events
