"""Which submissions a city takes: what its pack in force says of proposers, pledges, terms and ways to hand in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from desk.packs import Pack
from desk.packs.codes import Channel, PledgeCode, ProposalKind, ProposerKind
from desk.wareki import wareki_moment
from services.intake.domain.call.state import Schedule, Standing
from services.intake.domain.content import ProposalContent


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCall:
    """The call that a proposal names. schedule: None where there is none. counted: the instant that counts."""

    schedule: Schedule | None
    counted: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What the rules look at. None where the form is not readable there, so that nothing can be held against it.

    terms_version is empty where none is named. call: None where no call is named.
    """

    kind: ProposalKind | None
    call: NamedCall | None
    proposer_kind: ProposerKind | None
    pledges: frozenset[PledgeCode] | None
    terms_version: str | None
    attachments: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why a submission is not taken: at which field, with which stable code.

    detail goes into the standard sentence; sentence is the pack's own and stands as it is.
    """

    field: str
    code: str
    detail: str | None = None
    sentence: str | None = None


def objections(submitted: Submitted, pack: Pack, channel: Channel) -> Iterator[Objection]:
    """Everything that the city's rules hold against a proposal; nothing where it is taken.

    What staff enter on someone's behalf may lack pledges and terms: they are asked for until acceptance.
    """
    refusal = submitted.proposer_kind and pack.refusal_of(submitted.proposer_kind)
    if refusal:
        yield Objection(field="proposer.kind", code=refusal.code, sentence=refusal.message)
    if not pack.accepts_channel(channel):
        yield Objection(field="channel", code="channel_not_accepted")
    if submitted.kind is ProposalKind.CALL and submitted.call:
        yield from _not_open(submitted.call, pack)
    if submitted.attachments:
        yield Objection(field="attachments", code="attachment_unknown")
    if submitted.terms_version not in (None, "", pack.terms.version):
        yield Objection(field="terms_version", code="terms_version", detail=pack.terms.version)
    if channel is Channel.PORTAL:
        yield from _undeclared(submitted, pack)


def _not_open(call: NamedCall, pack: Pack) -> Iterator[Objection]:
    """A call that is still to open is told like one that does not exist: that there is one is not public yet."""
    standing = call.schedule.standing(call.counted) if call.schedule else Standing.ABSENT
    if call.schedule and standing is Standing.CLOSED:
        yield Objection(field="call_id", code="call_closed", detail=wareki_moment(call.schedule.closes_at, pack.zone))
    elif standing is not Standing.OPEN:
        yield Objection(field="call_id", code="call_unknown")


def _undeclared(submitted: Submitted, pack: Pack) -> Iterator[Objection]:
    """What a portal's proposer has not declared."""
    if submitted.terms_version == "":
        yield Objection(field="terms_version", code="required")
    if submitted.pledges is not None:
        for missing in sorted(pack.required_pledges - submitted.pledges):
            yield Objection(field="pledges", code="pledge_missing", detail=pack.pledges[missing].text)


def is_pledge_pending(content: ProposalContent, pack: Pack) -> bool:
    """Whether pledges or terms are still to be declared before the proposal can be accepted."""
    return not pack.required_pledges <= set(content.pledges) or content.terms_version is None
