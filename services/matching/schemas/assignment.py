"""What is stated where departments are asked, and answer."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from marshmallow import validates_schema

from desk.forms import Form, Part, Words, at, optional
from desk.forms.fields import LINE, PARAGRAPH, TEXT, Choice, Day, Id, Line, Several, Text
from desk.packs.problems import UNKNOWN_DEPARTMENT
from services.matching.domain.case import assignment
from services.matching.schemas import words
from services.matching.schemas.cases import OfCase, OfCaseForm

MOST_DEPARTMENTS: Final = 30
WORDS: Final = Words(
    labels={
        **words.WORDS.labels,
        "offers": "打診する部署",
        "offers.department": "打診する部署",
        "offers.part": "主担当・関係の別",
        "suggestion_id": "候補の提示ID",
        "message": "部署への連絡",
        "offer_id": "打診ID",
        "officer_id": "担当者",
        "taken_on": "受諾の日",
        "declined_on": "辞退の日",
        "grounds": "辞退の理由",
    },
    sentences={**words.WORDS.sentences, "unknown_department": UNKNOWN_DEPARTMENT},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One department to ask, and for which part."""

    department: str
    part: assignment.Part


class WantedForm(Form):
    """One department to ask."""

    makes = Wanted
    words = WORDS
    department = Line(LINE, required=True)
    part = Choice(assignment.Part, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering(OfCase):
    """Which departments to ask, upon which suggestion, and what to tell them."""

    offers: tuple[Wanted, ...]
    suggestion_id: UUID | None
    message: str | None = field(repr=False)


class OfferingForm(OfCaseForm):
    """`offer_case`: one department at least."""

    makes = Offering
    words = WORDS
    offers = Several(Part(WantedForm), MOST_DEPARTMENTS, required=True)
    suggestion_id = optional(Id())
    message = optional(Text(TEXT))

    @validates_schema
    def _one_at_least(self, values: dict[str, Any], **_: Any) -> None:
        if not values["offers"]:
            raise at("offers", "required")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOffer(OfCase):
    """Which asking of a department a command is about."""

    offer_id: UUID


class OfOfferForm(OfCaseForm):
    """A command on an offer."""

    makes: ClassVar[type[Any]] = OfOffer
    words = WORDS
    offer_id = Id(required=True)


class WithdrawingForm(OfOfferForm):
    """`withdraw_offer`: with the reason."""

    reason = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking(OfOffer):
    """Who is in charge in the department, and on which day it took the case."""

    officer_id: UUID | None
    taken_on: date | None


class TakingForm(OfOfferForm):
    """`take_offer`."""

    makes = Taking
    officer_id = optional(Id())
    taken_on = optional(Day())


@dataclass(frozen=True, slots=True, kw_only=True)
class Declining(OfOffer):
    """Why a department does not take the case, and on which day it said so."""

    declined_on: date | None
    grounds: str = field(repr=False)


class DecliningForm(OfOfferForm):
    """`decline_offer`."""

    makes = Declining
    declined_on = optional(Day())
    grounds = Text(TEXT, required=True)
