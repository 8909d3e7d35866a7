"""A case at each place where it may stand, and a command of every kind: for the tests of its rules."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Any, Final
from uuid import UUID

from desk.packs.codes import Channel
from services.matching.domain.case import CASE, Case, Status
from services.matching.domain.case.assignment import (
    Asked,
    DeclineOffer,
    OfferCase,
    Part,
    SuggestDepartments,
    TakeOffer,
    WithdrawOffer,
)
from services.matching.domain.case.decider import CaseCommand
from services.matching.domain.case.dialogue import (
    AnswerMinutes,
    ConfirmMinutes,
    DraftMinutes,
    HoldSession,
    Participant,
    Setting,
    Side,
)
from services.matching.domain.case.evolution import CaseEvent
from services.matching.domain.case.feasibility import (
    AnswerProposer,
    GiveOpinion,
    NoteKeptDue,
    Outcome,
    ResumeCase,
    View,
)
from services.matching.domain.case.goals import AgreeGoals, Goal, Shares
from services.matching.domain.case.opening import ClearCaseFlag, FlagCase, OpenCase, WithdrawCase
from services.matching.domain.case.people import (
    AddNote,
    AssignAccompaniment,
    HandOverCase,
    NameDeputy,
    NameOfficer,
    NoteSilence,
    RecordContact,
    ReleaseDeputy,
)
from tests.feasibility import decision

DAY: Final = date(2026, 11, 22)
LATER: Final = date(2027, 4, 1)
"""Until when a case is kept."""
PROPOSAL, ENTRY, OTHER_ENTRY, SUGGESTION, LETTER, NOTE = (UUID(int=n) for n in range(1, 7))
LEAD, SUPPORTING, THIRD = (UUID(int=n) for n in range(11, 14))
SETTLED, DRAFTED, CONFIRMED, ANOTHER = (UUID(int=n) for n in range(21, 25))
"""Sessions: with minutes of both sides, with minutes, with minutes of the city's side, and one that is not held yet."""
OFFICER, COMPANION, DEPUTY, SOMEBODY = (UUID(int=n) for n in range(31, 35))
GOAL: Final = Goal(indicator="利用者の数", baseline="0人", target="100人", due_on=LATER)
SHARES: Final = Shares(city="場所を貸す", proposer="運営する", citizens=None)


def offer(*asked: tuple[UUID, str, Part], suggestion_id: UUID | None = None) -> OfferCase:
    """The asking of departments."""
    made = tuple(Asked(offer_id=offer_id, department=department, part=part) for offer_id, department, part in asked)
    return OfferCase(asked=made, offered_on=DAY, suggestion_id=suggestion_id, message="ご検討ください。")


def take(offer_id: UUID, officer_id: UUID = OFFICER) -> TakeOffer:
    """A department takes the case."""
    return TakeOffer(offer_id=offer_id, officer_id=officer_id, taken_on=DAY)


def hold(session_id: UUID, held_on: date = DAY) -> HoldSession:
    """A session."""
    return HoldSession(
        session_id=session_id,
        held_on=held_on,
        setting=Setting.ONLINE,
        participants_id=session_id,
        participants=(Participant(side=Side.CITY, name="工藤 誠", position=None),),
        subject="教室の鍵",
    )


def draft(session_id: UUID) -> DraftMinutes:
    """An edition of minutes."""
    return DraftMinutes(session_id=session_id, drafted_on=DAY, text="教室は市が開ける。")


def confirm(session_id: UUID, edition: int = 1) -> ConfirmMinutes:
    """The city stands by an edition."""
    return ConfirmMinutes(session_id=session_id, edition=edition, confirmed_on=DAY, file=b"%PDF-1.7")


def answer(session_id: UUID, edition: int = 1, objection: str | None = None, on: date = DAY) -> AnswerMinutes:
    """What the proposer says of an edition."""
    return AnswerMinutes(session_id=session_id, edition=edition, answered_on=on, objection=objection)


def agree(session_id: UUID) -> AgreeGoals:
    """What both agree."""
    return AgreeGoals(session_id=session_id, agreed_on=DAY, goals=(GOAL,), roles=SHARES, merits=SHARES)


def opine(offer_id: UUID, given_by: UUID = OFFICER) -> GiveOpinion:
    """What a department thinks."""
    return GiveOpinion(offer_id=offer_id, view=View.FEASIBLE, given_on=DAY, given_by=given_by, grounds="可能なため")


COMMANDS: Final[Mapping[type[Any], CaseCommand]] = {
    type(command): command
    for command in (
        OpenCase(proposal_id=PROPOSAL, opened_on=DAY),
        FlagCase(entry_id=OTHER_ENTRY, flagged_on=DAY),
        ClearCaseFlag(entry_id=ENTRY, cleared_on=DAY),
        WithdrawCase(withdrawn_on=DAY),
        SuggestDepartments(suggestion_id=SUGGESTION, suggested_on=DAY, ranking=(), terms=()),
        offer((THIRD, "parks", Part.SUPPORTING)),
        take(SUPPORTING),
        DeclineOffer(offer_id=SUPPORTING, declined_on=DAY, grounds="担当外のため"),
        WithdrawOffer(offer_id=SUPPORTING, withdrawn_on=DAY),
        AssignAccompaniment(staff_id=SOMEBODY, assigned_on=DAY),
        NameDeputy(staff_id=SOMEBODY, named_on=DAY),
        ReleaseDeputy(staff_id=DEPUTY, released_on=DAY),
        NameOfficer(offer_id=LEAD, officer_id=SOMEBODY, named_on=DAY),
        HandOverCase(from_id=DEPUTY, to_id=SOMEBODY, handed_over_on=DAY),
        RecordContact(contacted_on=DAY, means=Channel.PHONE, note=None),
        NoteSilence(last_contact_on=DAY, today=LATER),
        AddNote(note_id=NOTE, noted_on=DAY, text="鍵は二階にある。"),
        hold(ANOTHER),
        draft(DRAFTED),
        confirm(DRAFTED),
        answer(CONFIRMED),
        agree(SETTLED),
        opine(LEAD),
        decision(Outcome.NO),
        AnswerProposer(decision=1, letter_id=LETTER, answered_on=DAY),
        NoteKeptDue(today=LATER),
        ResumeCase(resumed_on=LATER),
    )
}
"""A command of every kind, which leads on in any state that it is drawn from where `events_to` left it."""
OPENING: Final[Sequence[CaseCommand]] = (
    COMMANDS[OpenCase],
    FlagCase(entry_id=ENTRY, flagged_on=DAY),
    AssignAccompaniment(staff_id=COMPANION, assigned_on=DAY),
    NameDeputy(staff_id=DEPUTY, named_on=DAY),
)
OFFERED: Final = (*OPENING, offer((LEAD, "tourism", Part.LEAD), (SUPPORTING, "roads", Part.SUPPORTING)))
TAKEN: Final = (*OFFERED, take(LEAD))
TALKING: Final = (
    *TAKEN,
    *(step for session in (SETTLED, DRAFTED, CONFIRMED) for step in (hold(session), draft(session))),
    *(confirm(session) for session in (SETTLED, CONFIRMED)),
    answer(SETTLED),
)
AGREED: Final = (*TALKING, agree(SETTLED))
KEPT: Final = (*AGREED, decision(Outcome.KEPT), COMMANDS[AnswerProposer])
STEPS: Final[Mapping[Status, Sequence[CaseCommand]]] = {
    Status.ABSENT: (),
    Status.UNASSIGNED: OPENING,
    Status.OFFERED: OFFERED,
    Status.TAKEN: TAKEN,
    Status.IN_DIALOGUE: TALKING,
    Status.AGREED: AGREED,
    Status.DECIDED: (*AGREED, decision(Outcome.NO)),
    Status.ANSWERED: (*AGREED, decision(Outcome.NO), COMMANDS[AnswerProposer]),
    Status.KEPT: KEPT,
    Status.WITHDRAWN: (*AGREED, COMMANDS[WithdrawCase]),
}
"""How a case comes to each state."""


def state_of(events: Sequence[CaseEvent]) -> Case:
    """What the events amount to."""
    return reduce(CASE.evolve, events, CASE.initial)


def events_to(status: Status) -> list[CaseEvent]:
    """What has happened to a case that stands so."""
    events: list[CaseEvent] = []
    for command in STEPS[status]:
        decided = CASE.decide(command, state_of(events))
        assert decided, f"{type(command).__name__} leads to nothing"
        events += decided
    return events
