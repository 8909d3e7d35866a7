"""How far a screening has come: what the pack in force asks to have checked, what was found last, and every step."""

from collections.abc import Iterable, Sequence
from typing import Any

from desk.office import Office
from desk.openings import opened
from eventstore.events import as_json
from eventstore.records import Actor, Recorded, StreamId
from eventstore.store import Stream
from services.intake.domain.exclusions import Asked, Catalogue, Ground, asked_by
from services.intake.domain.proposal import PROPOSAL, Proposal
from services.intake.domain.proposal.outcomes import (
    ProposalAccepted,
    ProposalFoundIneligible,
    ProposalRedirected,
    ProposalWithdrawn,
)
from services.intake.domain.proposal.screening import (
    ExclusionChecked,
    ProposalHeld,
    ProposalResumed,
    ProposalReturned,
    ProposerContacted,
    ScreeningBegun,
)
from services.intake.queries.records import opened_fields

STEPS = (
    ScreeningBegun, ProposerContacted, ProposalReturned, ProposalHeld, ProposalResumed, ProposalAccepted,
    ProposalFoundIneligible, ProposalRedirected, ProposalWithdrawn,
)  # fmt: skip


def screening(office: Office, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """A proposal's screening with its fields opened, after it was recorded that the actor opens it.

    Raises as `opened` does.
    """
    return opened(office, stream, actor, purpose, lambda read: _told(read, asked_by(office.pack())))


def _told(read: Stream, catalogue: Catalogue) -> dict[str, Any]:
    events, proposal = read.events, PROPOSAL.fold(read.events)
    return {
        "proposal_id": str(read.id.id),
        "version": read.version,
        "status": proposal.status,
        "edition": proposal.edition,
        "pledges_pending": proposal.pledges_pending,
        "checks": list(_checks(catalogue, proposal, events)),
        "steps": [_step(recorded) for recorded in events if isinstance(recorded.event, STEPS)],
    }


def _checks(catalogue: Catalogue, proposal: Proposal, events: Sequence[Recorded]) -> Iterable[dict[str, Any]]:
    """Each ground of the catalogue in its order, with the latest check where one counts still."""
    latest = {_ground(one.event): one for one in events if isinstance(one.event, ExclusionChecked)}
    for ground, asked in catalogue.items():
        counts = ground in latest and ground in proposal.checks
        yield {**_asked(ground, asked), "check": _step(latest[ground]) if counts else None}


def _ground(checked: ExclusionChecked) -> Ground | None:
    """What a check was about; None where that cannot be opened any more."""
    if not (checked.rule.is_open and checked.clause.is_open):
        return None
    return (checked.about, checked.rule.reveal(), checked.clause.reveal())


def _asked(ground: Ground, asked: Asked) -> dict[str, Any]:
    about, rule, clause = ground
    return {
        "about": about,
        "rule": rule,
        "clause": clause,
        "text": asked.text,
        "clause_text": asked.clause_text,
        "discretionary": asked.discretionary,
        "at_most_years": asked.at_most_years,
        "asked_of_police": asked.asked_of_police,
    }


def _step(recorded: Recorded) -> dict[str, Any]:
    """An event of screening as staff see it: what, when, by whom, why."""
    reason = recorded.reason
    return {
        "type": recorded.type,
        "version": recorded.version,
        "recorded_at": recorded.recorded_at.isoformat(),
        "actor_id": str(recorded.actor.id),
        "role": recorded.actor.role,
        "reason": as_json(reason.reveal()) if reason is not None and reason.is_open else None,
        **opened_fields(recorded.event),
    }
