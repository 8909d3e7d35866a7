"""What is stated of an inquiry to the police and of its answer."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from desk.forms import LABELS, SENTENCES, CommandForm, Form, Part, Stated, Words, optional
from desk.forms.fields import LINE, Choice, Day, Id, Line, Several
from services.intake.domain.police_inquiry import Person, PoliceResult

PERSONS: Final = 100
WORDS: Final = Words(
    labels={
        **LABELS,
        "proposal_id": "提案ID",
        "inquiry_id": "照会ID",
        "asked_on": "照会した日",
        "party": "照会する相手方の名称",
        "persons": "照会する者",
        "persons.name": "氏名",
        "persons.kana": "フリガナ",
        "persons.birth_date": "生年月日",
        "persons.position": "役職",
        "authority": "照会先",
        "reference": "文書番号",
        "answered_on": "回答の日",
        "result": "回答の内容",
    },
    sentences=SENTENCES,
)


class PersonForm(Form):
    """A person whom the police are asked about."""

    makes = Person
    words = WORDS
    name = Line(LINE, required=True)
    kana = optional(Line(LINE))
    birth_date = optional(Day())
    position = optional(Line(LINE))


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliceQuestion(Stated):
    """About which proposal, and about whom, the police are asked."""

    proposal_id: UUID = field(repr=False)
    asked_on: date
    party: str = field(repr=False)
    persons: tuple[Person, ...] = field(repr=False)
    authority: str = field(repr=False)
    reference: str | None = field(repr=False)


class PoliceQuestionSchema(CommandForm):
    """`inquire_police`."""

    makes = PoliceQuestion
    words = WORDS
    proposal_id = Id(required=True)
    asked_on = Day(required=True)
    party = Line(LINE, required=True)
    persons = Several(Part(PersonForm), limit=PERSONS)
    authority = Line(LINE, required=True)
    reference = optional(Line(LINE))


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliceReply(Stated):
    """What the police answered to an inquiry."""

    inquiry_id: UUID
    answered_on: date
    result: PoliceResult = field(repr=False)
    reference: str | None = field(repr=False)


class PoliceReplySchema(CommandForm):
    """`record_police_answer`."""

    makes = PoliceReply
    words = WORDS
    inquiry_id = Id(required=True)
    answered_on = Day(required=True)
    result = Choice(PoliceResult, required=True)
    reference = optional(Line(LINE))
