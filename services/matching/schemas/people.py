"""What is stated of the people who look after a case, and of keeping in touch."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from desk.forms import CommandForm, Stated, Words, optional
from desk.forms.fields import TEXT, Choice, Day, Id, Several, Text
from desk.packs.codes import Channel
from services.matching.schemas import words
from services.matching.schemas.cases import OfCase, OfCaseForm

MOST_CASES: Final = 200
WORDS: Final = Words(
    labels={
        **words.WORDS.labels,
        "staff_id": "職員",
        "offer_id": "打診ID",
        "officer_id": "担当者",
        "from_id": "引き継ぐ人",
        "to_id": "引き継がれる人",
        "case_ids": "案件ID",
        "contacted_on": "連絡した日",
        "means": "連絡の方法",
        "note": "連絡の内容",
        "text": "メモ",
    },
    sentences=words.WORDS.sentences,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfColleague(OfCase):
    """Which member of staff a command is about."""

    staff_id: UUID


class OfColleagueForm(OfCaseForm):
    """`assign_accompaniment`, `name_deputy`, `release_deputy`."""

    makes = OfColleague
    words = WORDS
    staff_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingOfficer(OfCase):
    """Who is in charge from now on, in the department of which offer."""

    offer_id: UUID
    officer_id: UUID


class NamingOfficerForm(OfCaseForm):
    """`name_officer`."""

    makes = NamingOfficer
    words = WORDS
    offer_id = Id(required=True)
    officer_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingOver(Stated):
    """From whom to whom, and which cases; None for all that the first has to do with."""

    from_id: UUID
    to_id: UUID
    case_ids: tuple[UUID, ...]


class HandingOverForm(CommandForm):
    """`hand_over_cases`."""

    makes: ClassVar[type[Any]] = HandingOver
    words = WORDS
    from_id = Id(required=True)
    to_id = Id(required=True)
    case_ids = Several(Id(required=True), MOST_CASES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted(OfCase):
    """When and how somebody was in touch with the proposer, and what was said."""

    contacted_on: date | None
    means: Channel
    note: str | None = field(repr=False)


class ContactedForm(OfCaseForm):
    """`record_contact`."""

    makes = Contacted
    words = WORDS
    contacted_on = optional(Day())
    means = Choice(Channel, required=True)
    note = optional(Text(TEXT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting(OfCase):
    """A note."""

    text: str = field(repr=False)


class NotingForm(OfCaseForm):
    """`add_note`."""

    makes = Noting
    words = WORDS
    text = Text(TEXT, required=True)
