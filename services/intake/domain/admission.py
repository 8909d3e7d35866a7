"""Which submissions a city takes: what its pack in force says of proposers, pledges, terms and ways to hand in."""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.packs import Pack
from desk.packs.codes import Channel, PledgeCode, ProposalKind
from services.intake.domain.content import ProposalContent


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why a submission is not taken: at which field, with which stable code.

    detail goes into the standard sentence; sentence is the pack's own and stands as it is.
    """

    field: str
    code: str
    detail: str | None = None
    sentence: str | None = None


def objections(content: ProposalContent, pack: Pack, channel: Channel) -> Iterator[Objection]:
    """Everything that the city's rules hold against a proposal; nothing where it is taken.

    What staff enter on someone's behalf may lack pledges and terms: they are asked for until acceptance.
    """
    refusal = pack.refusal_of(content.proposer.kind)
    if refusal is not None:
        yield Objection(field="proposer.kind", code=refusal.code, sentence=refusal.message)
    if not pack.accepts_channel(channel):
        yield Objection(field="channel", code="channel_not_accepted")
    if content.kind is ProposalKind.CALL:
        yield Objection(field="call_id", code="call_unknown")
    if content.attachments:
        yield Objection(field="attachments", code="attachment_unknown")
    yield from _terms(content, pack, channel)


def _terms(content: ProposalContent, pack: Pack, channel: Channel) -> Iterator[Objection]:
    if content.terms_version is None and channel is Channel.PORTAL:
        yield Objection(field="terms_version", code="required")
    elif content.terms_version not in (None, pack.terms.version):
        yield Objection(field="terms_version", code="terms_version", detail=pack.terms.version)
    if channel is Channel.PORTAL:
        for missing in sorted(missing_pledges(content, pack)):
            yield Objection(field="pledges", code="pledge_missing", detail=pack.pledges[missing].text)


def missing_pledges(content: ProposalContent, pack: Pack) -> frozenset[PledgeCode]:
    """The pledges that the city asks for and the submission does not give."""
    return frozenset(pack.required_pledges - set(content.pledges))
