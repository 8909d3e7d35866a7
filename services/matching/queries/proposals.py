"""What matching reads of a proposal, as intake's record says today: what was told last is true."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from desk.access import RecordOpened
from desk.letters.correspondents import Correspondent, correspondent_of, told_last
from desk.office import Office
from desk.openings import record_opening
from eventstore.protection import Sealed
from eventstore.records import Actor, Recorded, StreamId
from eventstore.store import EventStore

CATEGORY: Final = "proposal"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAsTold:
    """A proposal by the names that intake's events have for what they tell.

    Whatever was not told, or cannot be opened any more, is None. received_on: the legal day. purposes, proposer_kind:
    codes as intake writes them (`desk.packs.codes`). contact_id: by whose key letters to the contact are sealed.
    """

    receipt_number: str | None = field(default=None, repr=False)
    received_on: date | None = None
    proposer_kind: str | None = None
    purposes: tuple[str, ...] | None = None
    title: str | None = field(default=None, repr=False)
    summary: str | None = field(default=None, repr=False)
    problem: str | None = field(default=None, repr=False)
    proposer_name: str | None = field(default=None, repr=False)
    proposer_address: str | None = field(default=None, repr=False)
    contact_id: UUID | None = None
    contact_affiliation: str | None = field(default=None, repr=False)
    contact_name: str | None = field(default=None, repr=False)
    contact_phone: str | None = field(default=None, repr=False)
    contact_email: str | None = field(default=None, repr=False)

    @property
    def without_contact(self) -> "ProposalAsTold":
        """What it is about and who proposes it, and not whom to talk to, nor where."""
        hidden = (name for name in NAMES if name.startswith("contact_"))
        return replace(self, proposer_address=None, **dict.fromkeys(hidden))


NAMES: Final = tuple(one.name for one in fields(ProposalAsTold))
FORMS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "received_on": date.fromisoformat,
    "purposes": tuple,
    "contact_id": UUID,
}
"""What is not a text → how it is read of JSON."""


def proposal_as_told(store: EventStore, proposal_id: UUID) -> ProposalAsTold:
    """The proposal of this id as it stands now; of one that there is not, nothing is told."""
    return _as_told(store.load_fields(StreamId(CATEGORY, proposal_id)))


def opened_proposal(office: Office, proposal_id: UUID, actor: Actor, purpose: str | None) -> ProposalAsTold:
    """The same, after it was recorded that the actor opens it; of one that there is not, nothing is recorded."""
    read = office.store.load_foreign(StreamId(CATEGORY, proposal_id))
    told = _as_told(read.events)
    if read.events:
        opening = RecordOpened(category=CATEGORY, record_id=proposal_id, version=read.version, purpose=Sealed(purpose))
        record_opening(office, office.service, opening, actor)
    return told


def correspondent(told: ProposalAsTold) -> Correspondent:
    """Whom to write to about a proposal's case. Raises `LetterErased` where the contact's key is gone."""
    return correspondent_of(asdict(told))


def _as_told(recorded: Iterable[Recorded]) -> ProposalAsTold:
    told = told_last((one.event for one in recorded), NAMES)
    return ProposalAsTold(**{name: _read(name, value) for name, value in told.items()})


def _read(name: str, value: Any) -> Any:
    return FORMS[name](value) if name in FORMS and value is not None else value
