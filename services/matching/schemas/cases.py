"""What is stated of cases, whatever is done with them."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from desk.forms import CommandForm, ListForm, Listing, Stated, optional
from desk.forms.fields import Choice, Id
from services.matching.domain.case import Status
from services.matching.schemas.words import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCase(Stated):
    """Which case a command is about."""

    case_id: UUID


class OfCaseForm(CommandForm):
    """A command on a case that states nothing else, or what its own form adds."""

    makes: ClassVar[type[Any]] = OfCase
    words = WORDS
    case_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseListing(Listing):
    """Which cases: those of a status, that of one proposal, or all."""

    status: Status | None
    proposal_id: UUID | None


class CaseListingSchema(ListForm):
    """`list_cases`."""

    makes = CaseListing
    words = WORDS
    status = optional(Choice(Status))
    proposal_id = optional(Id())
