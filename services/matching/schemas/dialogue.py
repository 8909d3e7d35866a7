"""What is stated of sessions with the proposer, and of their minutes."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from marshmallow import validates_schema

from desk.forms import Form, Part, at, optional
from desk.forms.fields import LINE, PARAGRAPH, TEXT, Choice, Day, Id, Line, Several, Text, Whole, YesNo
from desk.openings import PURPOSE_LIMIT
from services.matching.domain.case.dialogue import Participant, Setting, Side
from services.matching.schemas.cases import OfCase, OfCaseForm
from services.matching.schemas.words import WORDS as CASE_WORDS

MOST_PARTICIPANTS: Final = 50
MOST_EDITIONS: Final = 1_000
WORDS: Final = replace(
    CASE_WORDS,
    labels={
        **CASE_WORDS.labels,
        "session_id": "対話ID",
        "held_on": "対話をした日",
        "setting": "対話の方法",
        "participants": "出席者",
        "participants.side": "出席者の所属する側",
        "participants.name": "出席者の氏名",
        "participants.position": "出席者の職名",
        "subject": "議題",
        "text": "議事録の本文",
        "edition": "議事録の版",
        "edition_from": "比較する元の版",
        "edition_to": "比較する先の版",
        "answered_on": "提案者から返事のあった日",
        "confirmed": "提案者が確認したか",
        "objection": "修正の申出",
        "purpose": "閲覧の目的",
    },
    sentences={
        **CASE_WORDS.sentences,
        "one_side_only": "出席者には、市と提案者の双方から、一人以上ずつ記入してください。",
        "objection_unclear": "提案者が確認したときは修正の申出を空にし、確認していないときは必ず記入してください。",
    },
)


class ParticipantForm(Form):
    """Who took part."""

    makes = Participant
    words = WORDS
    side = Choice(Side, required=True)
    name = Line(LINE, required=True)
    position = optional(Line(LINE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(OfCase):
    """A session as it was held."""

    held_on: date
    setting: Setting
    participants: tuple[Participant, ...]
    subject: str = field(repr=False)


class SessionForm(OfCaseForm):
    """`hold_session`: where only one side took part, there was no dialogue."""

    makes = Session
    codes = ("one_side_only",)
    words = WORDS
    held_on = Day(required=True)
    setting = Choice(Setting, required=True)
    participants = Several(Part(ParticipantForm), limit=MOST_PARTICIPANTS, required=True)
    subject = Text(PARAGRAPH, required=True)

    @validates_schema
    def _require_both_sides(self, values: dict[str, Any], **_: Any) -> None:
        if {one.side for one in values["participants"]} != set(Side):
            raise at("participants", "one_side_only")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSession(OfCase):
    """Which session of a case."""

    session_id: UUID


class OfSessionForm(OfCaseForm):
    """What every command on a session states."""

    makes: ClassVar[type[Any]] = OfSession
    words = WORDS
    session_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesText(OfSession):
    """What the minutes say."""

    text: str = field(repr=False)


class DraftForm(OfSessionForm):
    """`draft_minutes`."""

    makes = MinutesText
    text = Text(TEXT, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfEdition(OfSession):
    """Which edition of a session's minutes."""

    edition: int


class ConfirmationForm(OfSessionForm):
    """`confirm_minutes`."""

    makes: ClassVar[type[Any]] = OfEdition
    edition = Whole(1, MOST_EDITIONS, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesAnswer(OfEdition):
    """What the proposer said of an edition, and on which day: None where it was today."""

    answered_on: date | None
    confirmed: bool
    objection: str | None = field(repr=False)


class AnswerForm(ConfirmationForm):
    """`record_minutes_answer`: with a reason, as it is not the proposer who states it."""

    makes = MinutesAnswer
    codes = ("objection_unclear",)
    reason = Text(PARAGRAPH, required=True)
    answered_on = optional(Day())
    confirmed = YesNo(required=True)
    objection = optional(Text(PARAGRAPH))

    @validates_schema
    def _require_one_answer(self, values: dict[str, Any], **_: Any) -> None:
        if values["confirmed"] is (values["objection"] is not None):
            raise at("objection", "objection_unclear")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionWanted:
    """Of which session something is opened, and what for."""

    case_id: UUID
    session_id: UUID
    purpose: str | None = field(repr=False)


class SessionReadingForm(Form):
    """What is stated where something of a session is opened."""

    makes: ClassVar[type[Any]] = SessionWanted
    words = WORDS
    case_id = Id(required=True)
    session_id = Id(required=True)
    purpose = optional(Line(PURPOSE_LIMIT))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWanted(SessionWanted):
    """Which edition's file: None for that of the newest that has one."""

    edition: int | None


class MinutesFileForm(SessionReadingForm):
    """`get_minutes_file`."""

    makes = FileWanted
    edition = optional(Whole(1, MOST_EDITIONS))


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonWanted(SessionWanted):
    """Which two editions are compared."""

    edition_from: int
    edition_to: int


class ComparisonForm(SessionReadingForm):
    """`compare_minutes`."""

    makes = ComparisonWanted
    edition_from = Whole(1, MOST_EDITIONS, required=True)
    edition_to = Whole(1, MOST_EDITIONS, required=True)
