"""A record opened for staff, and a status for who holds number and code."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from desk.office import Office
from desk.openings import opened, opened_values
from desk.packs.letters import LetterCode
from eventstore.decider import Decider
from eventstore.errors import NotFound
from eventstore.events import Event, as_json
from eventstore.records import Actor, Recorded, StreamId
from services.intake.domain.inquiry import INQUIRY
from services.intake.domain.proposal import PROPOSAL, Proposal, Status
from services.intake.domain.receipts import ReceiptKeys, is_access_code, normalised
from services.intake.queries.decided import has_answer, letter_went_out
from services.intake.queries.lineage import links
from services.intake.queries.progress import steps
from services.intake.queries.versions import NOT_SHOWN, claims, latest

RULES: Final[Mapping[str, Decider[Any, Any]]] = {rules.category: rules for rules in (PROPOSAL, INQUIRY)}
TOLD_AS: Final[Mapping[str, str]] = {Status.ON_HOLD: Status.SCREENING}
"""Status → what who holds number and code is told instead: that it is on hold is the office's own matter."""
ANSWERED: Final = "answered"
"""What is told of an accepted proposal once the letter that says what becomes of it has gone out."""
TOLD_BY: Final[Mapping[str, LetterCode]] = {
    Status.INELIGIBLE: LetterCode.INELIGIBLE_NOTICE,
    Status.REDIRECTED: LetterCode.REDIRECTION_NOTICE,
}
"""Status → the letter that tells it; until then whoever asks hears that the proposal is being screened."""


def opened_record(office: Office, stream: StreamId, actor: Actor, purpose: object) -> dict[str, Any]:
    """A proposal or inquiry with its fields opened, after it was recorded that the actor opens it.

    `closed` names the fields that cannot be opened any more. Raises as `opened` does.
    """
    return opened(office, stream, actor, purpose, lambda read: shown(read.events))


def shown(events: Sequence[Recorded]) -> dict[str, Any]:
    """What the events of a proposal or inquiry tell, opened: what it says now, and where it stands."""
    first = events[0]
    matter = RULES[first.stream.category].fold(events)
    return {
        f"{first.stream.category}_id": str(first.stream.id),
        "version": events[-1].version,
        "status": matter.status,
        "channel": first.channel,
        "recorded_at": first.recorded_at.isoformat(),
        **(_proposal(matter, events) if isinstance(matter, Proposal) else opened_fields(first.event)),
    }


def _proposal(proposal: Proposal, events: Sequence[Recorded]) -> dict[str, Any]:
    """The edition that counts with later changes, whom it concerns, and every claim with its date."""
    told = {
        **opened_values(latest(events)),
        "edition": proposal.edition,
        "flags": sorted(map(str, proposal.flags)),
        "absorbed": sorted(map(str, proposal.absorbed)),
        **links(events),
    }
    return told if "claims" in told["closed"] else {**told, "claims": as_json(claims(events))}


def opened_fields(event: Event) -> dict[str, Any]:
    """The fields of an event, opened as far as they can be; `closed` names the others."""
    return opened_values({f.name: getattr(event, f.name) for f in fields(event) if f.name not in NOT_SHOWN})


def code_generation(events: Sequence[Recorded]) -> int:
    """How often the access code of a proposal was replaced, as of these events; that of an inquiry never is."""
    matter = RULES[events[0].stream.category].fold(events)
    return matter.code_generation if isinstance(matter, Proposal) else 0


def submission_status(office: Office, keys: ReceiptKeys, receipt_number: str, code: str) -> dict[str, Any]:
    """Where a submission stands, for who holds both its number and its code.

    Raises `NotFound`, in the same words, for a number that does not exist and for a code that is not its own, or not
    any more.
    """
    for stream in office.store.find("receipt_number", normalised(receipt_number)):
        events = office.store.load(stream).events
        if is_access_code(keys, stream.id, code, code_generation(events)):
            matter = RULES[stream.category].fold(events)
            answered_by_case = matter.status == Status.ACCEPTED and has_answer(office, stream)
            return {
                "kind": stream.category,
                "receipt_number": normalised(receipt_number),
                "status": ANSWERED if answered_by_case else _told_as(office, stream, matter.status),
                "received_on": matter.received_on.isoformat(),
                "progress": _progress(office, events),
            }
    raise NotFound


def _progress(office: Office, events: Sequence[Recorded]) -> list[dict[str, str]] | None:
    """The steps of the case, where the city's pack says that proposers are told of them."""
    rules = office.pack().accompaniment
    if rules is None or rules.tells_progress is None or not rules.tells_progress.value:
        return None
    return [{"step": step, "on": on.isoformat()} for step, on in steps(office.store, events)]


def _told_as(office: Office, stream: StreamId, status: str) -> str:
    """What is told of a status: an adverse decision only once its letter, with the remedies (教示), has gone out."""
    template = TOLD_BY.get(status)
    if template is not None and not letter_went_out(office, stream, template):
        return Status.SCREENING
    return TOLD_AS.get(status, status)
