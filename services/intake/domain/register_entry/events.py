"""What is recorded of a measure and of the proposals whose proposer may be its party."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias
from uuid import UUID

from desk.packs.codes import MeasureKind
from eventstore.protection import Internal, Sealed, personal
from services.intake.domain.event_types import EVENTS
from services.intake.domain.parties import NUMBER_INDEX, found_by_name
from services.intake.domain.register_entry.measure import Standing


@EVENTS.event(category="register_entry", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureEntered:
    """A measure stands in the register (措置の登録); the fields are those of `Measure`.

    standing: coming, barring or over, on the day on which it is recorded. party_id: a random id with a data key of its
    own. Its kind, rule and clause are sealed: that somebody is deemed unfit, or shut out for ties to organised crime,
    is nobody's to read in passing.
    """

    from_day: date
    until_day: date | None
    standing: Standing
    party_id: UUID
    party_name: Annotated[Sealed[str], found_by_name(of="party_id")]
    corporate_number: Annotated[Sealed[str | None], personal(of="party_id", blind_index=NUMBER_INDEX)]
    address: Annotated[Sealed[str | None], personal(of="party_id")]
    kind: Internal[MeasureKind]
    rule: Internal[str]
    clause: Internal[str | None]
    law: Internal[str]
    source: Internal[str]
    decided_by: Internal[str | None]
    approval: Internal[str | None]


@EVENTS.event(category="register_entry", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureCorrected:
    """The entry was wrong or has changed; it stands whole as it is from now on.

    standing: by the days as they are stated now, so that a period that was over may run again. is_another_party: name
    or number changed, so that whoever was taken for the party is looked at again.
    """

    is_another_party: bool
    from_day: date
    until_day: date | None
    standing: Standing
    party_id: UUID
    party_name: Annotated[Sealed[str], found_by_name(of="party_id")]
    corporate_number: Annotated[Sealed[str | None], personal(of="party_id", blind_index=NUMBER_INDEX)]
    address: Annotated[Sealed[str | None], personal(of="party_id")]
    kind: Internal[MeasureKind]
    rule: Internal[str]
    clause: Internal[str | None]
    law: Internal[str]
    source: Internal[str]
    decided_by: Internal[str | None]
    approval: Internal[str | None]


@EVENTS.event(category="register_entry", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureBegun:
    """A period that was to come has begun. begun_on: its first day."""

    begun_on: date


@EVENTS.event(category="register_entry", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureEnded:
    """The period is over (期間満了). ended_on: the day after its last one, from which it bars no more."""

    ended_on: date


@EVENTS.event(category="register_entry", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureLifted:
    """The measure was lifted (解除) before its period ended. lifted_on: the legal day from which it bars no more."""

    lifted_on: date


@EVENTS.event(category="register_entry", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFound:
    """A proposal's proposer has the party's name, but not its number: a person has to look."""

    proposal_id: UUID


@EVENTS.event(category="register_entry", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateConfirmed:
    """Somebody found that the proposer is the party: the proposal is flagged."""

    proposal_id: UUID


@EVENTS.event(category="register_entry", version=1)
@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateDismissed:
    """Somebody found that the proposer is another one. Why stands in the envelope's reason."""

    proposal_id: UUID


MeasureStated: TypeAlias = MeasureEntered | MeasureCorrected
PeriodEvent: TypeAlias = MeasureBegun | MeasureEnded | MeasureLifted
CandidateEvent: TypeAlias = CandidateFound | CandidateConfirmed | CandidateDismissed
RegisterEntryEvent: TypeAlias = MeasureStated | PeriodEvent | CandidateEvent
