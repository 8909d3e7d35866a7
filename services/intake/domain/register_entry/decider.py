"""Enters, corrects and lifts a measure, notes its period's beginning and end, and keeps what is found of candidates."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Final, assert_never
from uuid import UUID, uuid5

from eventstore.decider import Decider
from eventstore.errors import NotFound, Refusal
from eventstore.protection import Sealed
from services.intake.domain.register_entry.commands import (
    BeginMeasure,
    CandidateCommand,
    ConfirmCandidate,
    CorrectMeasure,
    DismissCandidate,
    EndMeasure,
    EnterMeasure,
    LiftMeasure,
    NoteCandidate,
    PeriodCommand,
    RegisterEntryCommand,
)
from services.intake.domain.register_entry.events import (
    CandidateConfirmed,
    CandidateDismissed,
    CandidateFound,
    MeasureBegun,
    MeasureCorrected,
    MeasureEnded,
    MeasureEntered,
    MeasureLifted,
    MeasureStated,
    RegisterEntryEvent,
)
from services.intake.domain.register_entry.measure import Measure, Standing, require_allowed, standing_on
from services.intake.domain.register_entry.state import Candidacy, RegisterEntry, evolve


class MeasureAlreadyEntered(Refusal):
    """An entry is made once; what is wrong with it is corrected."""

    code = "measure_already_entered"
    sentence = "この措置はすでに登録しています。"


class MeasureNoLongerStands(Refusal):
    """The measure was lifted: nothing about it changes any more."""

    code = "measure_lifted"
    sentence = "この措置はすでに解除されています。"


class LiftedInTheFuture(Refusal):
    """A measure is lifted on a day that has come."""

    code = "lifted_in_the_future"
    sentence = "解除の日に未来の日付は指定できません。"


class CandidateUnknown(Refusal):
    """The proposal is no candidate of this entry."""

    code = "candidate_unknown"
    sentence = "この提案は、この措置の確認対象になっていません。"


def decide(command: RegisterEntryCommand, entry: RegisterEntry) -> Sequence[RegisterEntryEvent]:
    """The events that follow from a command; none where it was already so."""
    if isinstance(command, EnterMeasure):
        return _enter(command, entry)
    if entry.stated is None:
        raise NotFound
    match command:
        case CorrectMeasure():
            _require_standing(entry)
            return _correct(command, entry.stated)
        case LiftMeasure():
            return _lift(command, entry)
        case BeginMeasure() | EndMeasure():
            return _pass_time(command, entry.stated, entry.standing)
        case NoteCandidate() | ConfirmCandidate() | DismissCandidate():
            return _keep_candidate(command, entry)
        case _:
            assert_never(command)


def _require_standing(entry: RegisterEntry) -> None:
    if entry.standing is Standing.LIFTED:
        raise MeasureNoLongerStands


def _enter(command: EnterMeasure, entry: RegisterEntry) -> Sequence[RegisterEntryEvent]:
    if entry.stated is not None:
        raise MeasureAlreadyEntered
    require_allowed(command.measure, command.exclusions, has_reason=command.has_reason)
    return [_entered(command.entry_id, command.measure, command.today)]


def _entered(entry_id: UUID, measure: Measure, today: date) -> MeasureEntered:
    return MeasureEntered(
        from_day=measure.from_day,
        until_day=measure.until_day,
        standing=standing_on(today, measure.from_day, measure.until_day),
        party_id=uuid5(entry_id, "party"),
        party_name=Sealed(measure.party_name),
        corporate_number=Sealed(measure.corporate_number),
        address=Sealed(measure.address),
        kind=Sealed(measure.kind),
        rule=Sealed(measure.rule),
        clause=Sealed(measure.clause),
        law=Sealed(measure.law),
        source=Sealed(measure.source),
        decided_by=Sealed(measure.decided_by),
        approval=Sealed(measure.approval),
    )


def _correct(command: CorrectMeasure, before: MeasureStated) -> Sequence[MeasureCorrected]:
    """What stands so already is no correction: that the period went on meanwhile is not for a person to state."""
    require_allowed(command.measure, command.exclusions, has_reason=command.has_reason)
    now = _entered(command.entry_id, command.measure, command.today)
    values = {one.name: getattr(now, one.name) for one in fields(now)}
    if all(getattr(before, name) == value for name, value in values.items() if name != "standing"):
        return []
    party = ("party_name", "corporate_number")
    return [MeasureCorrected(is_another_party=any(getattr(before, name) != values[name] for name in party), **values)]


def _lift(command: LiftMeasure, entry: RegisterEntry) -> Sequence[MeasureLifted]:
    if entry.standing is Standing.LIFTED:
        return []
    if command.lifted_on > command.today:
        raise LiftedInTheFuture
    return [MeasureLifted(lifted_on=command.lifted_on)]


def _pass_time(
    command: PeriodCommand, stated: MeasureStated, standing: Standing | None
) -> Sequence[MeasureBegun | MeasureEnded]:
    """A timer may be older than the entry: what the period as it is stated now does not say leads to nothing."""
    match command:
        case BeginMeasure():
            begins = standing is Standing.COMING and stated.from_day <= command.today
            return [MeasureBegun(begun_on=stated.from_day)] if begins else []
        case EndMeasure():
            if standing not in (Standing.COMING, Standing.BARRING) or stated.until_day is None:
                return []
            is_over = stated.until_day < command.today
            return [MeasureEnded(ended_on=stated.until_day + timedelta(days=1))] if is_over else []
        case _:
            assert_never(command)


def _keep_candidate(
    command: CandidateCommand, entry: RegisterEntry
) -> Sequence[CandidateFound | CandidateConfirmed | CandidateDismissed]:
    """A person may think again: what was dismissed can be confirmed, and the other way round."""
    known = entry.candidates.get(command.proposal_id)
    if isinstance(command, NoteCandidate):
        is_new = known is None and entry.standing is not Standing.LIFTED
        return [CandidateFound(proposal_id=command.proposal_id)] if is_new else []
    _require_standing(entry)
    if known is None:
        raise CandidateUnknown
    if isinstance(command, ConfirmCandidate):
        return [] if known is Candidacy.CONFIRMED else [CandidateConfirmed(proposal_id=command.proposal_id)]
    return [] if known is Candidacy.DISMISSED else [CandidateDismissed(proposal_id=command.proposal_id)]


REGISTER_ENTRY: Final = Decider(category="register_entry", initial=RegisterEntry(), decide=decide, evolve=evolve)
