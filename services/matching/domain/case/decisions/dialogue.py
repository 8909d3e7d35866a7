"""What follows where city and proposer meet, and confirm the minutes."""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from eventstore.protection import Sealed
from services.matching.domain.case.days import require_begun
from services.matching.domain.case.dialogue import (
    AnswerMinutes,
    ConfirmMinutes,
    DraftMinutes,
    HoldSession,
    MinutesAbsent,
    MinutesConfirmedByCity,
    MinutesConfirmedByProposer,
    MinutesDrafted,
    MinutesObjected,
    MinutesOutdated,
    MinutesSettled,
    SessionHeld,
    SessionUnknown,
)
from services.matching.domain.case.state import Case, Minutes


def hold_session(command: HoldSession, case: Case) -> Sequence[SessionHeld]:
    """As often as they meet, each time under an id of its own; also before the proposal was accepted."""
    if command.session_id in case.sessions:
        return []
    require_begun(command.held_on, command.proposed_on, case.opened_on)
    return [
        SessionHeld(
            session_id=command.session_id,
            held_on=command.held_on,
            setting=command.setting,
            participants_id=command.participants_id,
            participants=Sealed(command.participants),
            subject=Sealed(command.subject),
        )
    ]


def draft_minutes(command: DraftMinutes, case: Case) -> Sequence[MinutesDrafted]:
    """A new edition takes the place of the one before, whoever stood by that; not once both did."""
    minutes = _minutes(case, command.session_id)
    if minutes.is_settled:
        raise MinutesSettled
    return [
        MinutesDrafted(
            session_id=command.session_id,
            edition=minutes.edition + 1,
            drafted_on=command.drafted_on,
            text=Sealed(command.text),
        )
    ]


def confirm_minutes(command: ConfirmMinutes, case: Case) -> Sequence[MinutesConfirmedByCity]:
    """The city stands by the newest edition; its document is kept in a stream of its own (`KeepMinutes`)."""
    minutes = _minutes(case, command.session_id)
    if not minutes.edition:
        raise MinutesAbsent
    if command.edition != minutes.edition:
        raise MinutesOutdated
    if minutes.by_city == minutes.edition:
        return []
    return [
        MinutesConfirmedByCity(
            session_id=command.session_id,
            edition=command.edition,
            confirmed_on=command.confirmed_on,
            file_sha256=Sealed(sha256(command.file).digest()),
        )
    ]


def answer_minutes(command: AnswerMinutes, case: Case) -> Sequence[MinutesConfirmedByProposer | MinutesObjected]:
    """The proposer answers the edition that the city stands by, and not before it does."""
    minutes = _minutes(case, command.session_id)
    if not minutes.edition:
        raise MinutesAbsent
    if 0 < command.edition == minutes.by_proposer and command.objection is None:
        return []
    if minutes.is_settled:
        raise MinutesSettled
    if not command.edition == minutes.edition == minutes.by_city:
        raise MinutesOutdated
    require_begun(command.answered_on, minutes.confirmed_on)
    if command.objection is None:
        return [
            MinutesConfirmedByProposer(
                session_id=command.session_id, edition=command.edition, confirmed_on=command.answered_on
            )
        ]
    return [
        MinutesObjected(
            session_id=command.session_id,
            edition=command.edition,
            objected_on=command.answered_on,
            objection=Sealed(command.objection),
        )
    ]


def _minutes(case: Case, session_id: UUID) -> Minutes:
    if session_id not in case.sessions:
        raise SessionUnknown
    return case.sessions[session_id]
