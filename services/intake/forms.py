"""Reads a form against its schema and the city's rules: the content, or every error of both at once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

from desk.forms import Form, load
from desk.packs import Pack
from desk.packs.codes import Channel, PledgeCode, ProposalKind, ProposerKind
from desk.portal.messages import misaddressed
from eventstore.errors import FieldError
from services.intake.domain.admission import NamedCall, Submitted, objections
from services.intake.domain.call.state import Schedule
from services.intake.domain.content import InquiryContent, ProposalContent
from services.intake.schemas import InquirySchema, Problem, ProposalSchema
from services.intake.schemas.later import Correction, CorrectionSchema, Later

C = TypeVar("C", bound=StrEnum)
PROPOSAL_FORM: Final = ProposalSchema()
INQUIRY_FORM: Final = InquirySchema()
CORRECTION_FORM: Final = CorrectionSchema()
ScheduleOf: TypeAlias = Callable[[UUID], Schedule | None]
"""When a call takes proposals; None where there is no such call, or nothing is decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Where a form is read: in which city, by which way it came, under which pack.

    counted: the instant that counts. schedule_of: when a call takes proposals.
    """

    municipality: str
    channel: Channel
    pack: Pack
    counted: datetime
    schedule_of: ScheduleOf


def read_proposal(data: object, at: Counter) -> tuple[ProposalContent | None, list[FieldError]]:
    """A proposal's content, or what the schema and the city's rules have against it."""
    content, errors = load(PROPOSAL_FORM, data)
    told = [*errors, *misaddressed(data, at.municipality)]
    if isinstance(data, dict):
        told += _objected(_submitted(data, _named_call(data.get("call_id"), at)), at)
    return content, told


def read_inquiry(data: object, at: Counter) -> tuple[InquiryContent | None, list[FieldError]]:
    """An inquiry's content, or what the schema and the city's rules have against it."""
    content, errors = load(INQUIRY_FORM, data)
    return content, [*errors, *misaddressed(data, at.municipality)]


def read_correction(data: object, at: Counter) -> tuple[Correction | None, list[FieldError]]:
    """A corrected proposal, read as `read_proposal` reads one.

    Whether its call is open is not asked again: that was when the proposal came, and a correction changes no call.
    """
    content, errors = load(CORRECTION_FORM, data)
    told = [*errors, *misaddressed(data, at.municipality)]
    corrected = data.get("proposal") if isinstance(data, dict) else None
    if isinstance(corrected, dict):
        against = [*misaddressed(corrected, at.municipality), *_objected(_submitted(corrected, None), at)]
        told += [replace(error, field=f"proposal.{error.field}") for error in against]
    return content, told


def read_later(form: Form, data: object, at: Counter) -> tuple[Later | None, list[FieldError]]:
    """What a company sends later by a form, or what the schema has against it."""
    content, errors = load(form, data)
    return content, [*errors, *misaddressed(data, at.municipality)]


def _objected(submitted: Submitted, at: Counter) -> list[FieldError]:
    """What the city's rules have against a proposal."""
    return [
        Problem(objection.code, detail=objection.detail, sentence=objection.sentence).at(objection.field)
        for objection in objections(submitted, at.pack, at.channel)
    ]


def _submitted(data: dict[str, Any], call: NamedCall | None) -> Submitted:
    """What the city's rules look at, as far as a form that may be wrong elsewhere says it."""
    proposer, terms = data.get("proposer"), data.get("terms_version")
    pledges = [] if data.get("pledges") is None else data["pledges"]
    return Submitted(
        kind=_code(ProposalKind, data.get("kind")),
        call=call,
        proposer_kind=_code(ProposerKind, proposer.get("kind")) if isinstance(proposer, dict) else None,
        pledges=frozenset(filter(None, (_code(PledgeCode, pledge) for pledge in pledges)))
        if isinstance(pledges, list)
        else None,
        terms_version=(terms or "").strip() if isinstance(terms, str | None) else None,
        attachments=bool(data.get("attachments")),
    )


def _named_call(given: object, at: Counter) -> NamedCall | None:
    """The call that is named; None for whatever is not an id: the schema tells that."""
    try:
        named = UUID(given) if isinstance(given, str) else None
    except ValueError:
        return None
    return NamedCall(schedule=at.schedule_of(named), counted=at.counted) if named else None


def _code(codes: type[C], given: object) -> C | None:
    """The code, or None for whatever is not one: the schema tells that."""
    return codes(given) if isinstance(given, str) and given in codes._value2member_map_ else None
