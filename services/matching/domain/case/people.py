"""Who looks after a case, and how the city keeps in touch: accompaniment (伴走), deputies, hand-over, notes."""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias
from uuid import UUID

from desk.packs.codes import Channel
from eventstore.errors import Refusal
from eventstore.protection import Deliberation, Internal
from services.matching.domain.event_types import EVENTS


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class AccompanimentAssigned:
    """A member of the desk's staff accompanies the case from now on (伴走担当), in the place of who did before."""

    staff_id: UUID
    assigned_on: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyNamed:
    """A person stands in for who accompanies the case (代理)."""

    staff_id: UUID
    named_on: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyReleased:
    """A person stands in no more."""

    staff_id: UUID
    released_on: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerNamed:
    """Another person is in charge in a department that has the case (担当者の変更)."""

    offer_id: UUID
    officer_id: UUID
    named_on: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHandedOver:
    """Whatever one person was in this case another is from now on (引継ぎ、人事異動)."""

    from_id: UUID
    to_id: UUID
    handed_over_on: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProposerContacted:
    """City and proposer were in touch. note: what was said."""

    contacted_on: date
    means: Channel
    note: Internal[str | None]


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFellSilent:
    """Nobody has been in touch with the proposer for longer than the pack allows. last_contact_on: since when."""

    last_contact_on: date
    noted_on: date


@EVENTS.event(category="case", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded:
    """An internal note (庁内メモ): open to disclosure like anything that staff write."""

    note_id: UUID
    noted_on: date
    text: Deliberation[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignAccompaniment:
    """Let a person accompany the case."""

    staff_id: UUID
    assigned_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NameDeputy:
    """Let a person stand in."""

    staff_id: UUID
    named_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDeputy:
    """Let a person stand in no more."""

    staff_id: UUID
    released_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NameOfficer:
    """Let another person be in charge in the department that took the offer."""

    offer_id: UUID
    officer_id: UUID
    named_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverCase:
    """Put one person in the place of another, whatever that one is in the case."""

    from_id: UUID
    to_id: UUID
    handed_over_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContact:
    """Record that city and proposer were in touch.

    proposed_on: the day on which the proposal was received, None where unknown.
    """

    contacted_on: date
    proposed_on: date | None = None
    means: Channel
    note: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSilence:
    """Note that nobody was in touch since a day, if that is still so."""

    last_contact_on: date
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote:
    """Add an internal note."""

    note_id: UUID
    noted_on: date
    text: str = field(repr=False)


PeopleEvent: TypeAlias = (
    AccompanimentAssigned | DeputyNamed | DeputyReleased | OfficerNamed | CaseHandedOver | ProposerContacted
    | CaseFellSilent | NoteAdded
)  # fmt: skip
PeopleCommand: TypeAlias = (
    AssignAccompaniment | NameDeputy | ReleaseDeputy | NameOfficer | HandOverCase | RecordContact | NoteSilence
    | AddNote
)  # fmt: skip


class OfficerElsewhere(Refusal):
    """Who is in charge in a department is one of its people: nobody else would see the case."""

    code = "officer_elsewhere"
    sentence = "この職員は、この部署に所属していません。"


class NotInCharge(Refusal):
    """The department has not taken the case: nobody is in charge there."""

    code = "department_not_in_charge"
    sentence = "この部署は、この案件を担当していません。"
