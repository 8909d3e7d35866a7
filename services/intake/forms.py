"""Reads a form against its schema and the city's rules: the content, or every error of both at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from desk.forms import load
from desk.packs import Pack
from desk.packs.codes import Channel, PledgeCode, ProposalKind, ProposerKind
from eventstore.errors import FieldError
from services.intake.domain.admission import Submitted, objections
from services.intake.domain.content import InquiryContent, ProposalContent
from services.intake.schemas import InquirySchema, Problem, ProposalSchema

C = TypeVar("C", bound=StrEnum)
PROPOSAL_FORM: Final = ProposalSchema()
INQUIRY_FORM: Final = InquirySchema()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Where a form is read: in which city, by which way it came, under which pack."""

    municipality: str
    channel: Channel
    pack: Pack


def read_proposal(data: object, at: Counter) -> tuple[ProposalContent | None, list[FieldError]]:
    """A proposal's content, or what the schema and the city's rules have against it."""
    content, errors = load(PROPOSAL_FORM, data)
    told = [*errors, *_misaddressed(data, at)]
    if isinstance(data, dict):
        told += [
            Problem(objection.code, detail=objection.detail, sentence=objection.sentence).at(objection.field)
            for objection in objections(_submitted(data), at.pack, at.channel)
        ]
    return content, told


def read_inquiry(data: object, at: Counter) -> tuple[InquiryContent | None, list[FieldError]]:
    """An inquiry's content, or what the schema and the city's rules have against it."""
    content, errors = load(INQUIRY_FORM, data)
    return content, [*errors, *_misaddressed(data, at)]


def _misaddressed(data: object, at: Counter) -> Iterator[FieldError]:
    municipality = data.get("municipality") if isinstance(data, dict) else None
    if isinstance(municipality, str) and municipality.strip() not in ("", at.municipality):
        yield Problem("other_municipality").at("municipality")


def _submitted(data: dict[str, Any]) -> Submitted:
    """What the city's rules look at, as far as a form that may be wrong elsewhere says it."""
    proposer, terms = data.get("proposer"), data.get("terms_version")
    pledges = [] if data.get("pledges") is None else data["pledges"]
    return Submitted(
        kind=_code(ProposalKind, data.get("kind")),
        call_named=bool(data.get("call_id")),
        proposer_kind=_code(ProposerKind, proposer.get("kind")) if isinstance(proposer, dict) else None,
        pledges=frozenset(filter(None, (_code(PledgeCode, pledge) for pledge in pledges)))
        if isinstance(pledges, list)
        else None,
        terms_version=(terms or "").strip() if isinstance(terms, str | None) else None,
        attachments=bool(data.get("attachments")),
    )


def _code(codes: type[C], given: object) -> C | None:
    """The code, or None for whatever is not one: the schema tells that."""
    return codes(given) if isinstance(given, str) and given in codes._value2member_map_ else None
