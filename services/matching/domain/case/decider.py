"""A case (案件): what becomes of one accepted proposal, from the search for a department to the answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from eventstore.decider import Decider
from eventstore.errors import NotFound, RenkeiError
from services.matching.domain.case.assignment import (
    AssignmentCommand,
    DeclineOffer,
    OfferCase,
    SuggestDepartments,
    TakeOffer,
    WithdrawOffer,
)
from services.matching.domain.case.decisions import assignment, dialogue, feasibility, goals, opening, people
from services.matching.domain.case.dialogue import (
    AnswerMinutes,
    ConfirmMinutes,
    DialogueCommand,
    DraftMinutes,
    HoldSession,
)
from services.matching.domain.case.evolution import CaseEvent, evolve
from services.matching.domain.case.feasibility import (
    AnswerProposer,
    DecideFeasibility,
    FeasibilityCommand,
    GiveOpinion,
    NoteKeptDue,
    ResumeCase,
)
from services.matching.domain.case.goals import AgreeGoals, GoalsCommand
from services.matching.domain.case.opening import ClearCaseFlag, FlagCase, OpenCase, OpeningCommand, WithdrawCase
from services.matching.domain.case.people import (
    AddNote,
    AssignAccompaniment,
    HandOverCase,
    NameDeputy,
    NameOfficer,
    NoteSilence,
    PeopleCommand,
    RecordContact,
    ReleaseDeputy,
)
from services.matching.domain.case.state import Case
from services.matching.domain.case.status import IN_HAND, PURSUED, REFUSALS, UNDECIDED, Status

CaseCommand: TypeAlias = (
    OpeningCommand | AssignmentCommand | PeopleCommand | DialogueCommand | GoalsCommand | FeasibilityCommand
)
EVERYWHERE: Final = frozenset(Status) - {Status.ABSENT}

FROM: Final[Mapping[type[Any], frozenset[Status]]] = {
    SuggestDepartments: UNDECIDED,
    OfferCase: UNDECIDED,
    TakeOffer: UNDECIDED,
    DeclineOffer: UNDECIDED,
    WithdrawOffer: EVERYWHERE,
    AssignAccompaniment: PURSUED,
    NameDeputy: PURSUED,
    ReleaseDeputy: PURSUED,
    NameOfficer: PURSUED,
    HandOverCase: EVERYWHERE,
    RecordContact: PURSUED,
    AddNote: EVERYWHERE,
    HoldSession: IN_HAND,
    DraftMinutes: PURSUED,
    ConfirmMinutes: PURSUED,
    AnswerMinutes: PURSUED,
    AgreeGoals: frozenset({Status.IN_DIALOGUE, Status.AGREED}),
    GiveOpinion: IN_HAND,
    DecideFeasibility: UNDECIDED | {Status.DECIDED},
    ResumeCase: frozenset({Status.DECIDED, Status.KEPT}),
}
"""Command of a person → the states from which it leads on; the drawn transitions, and nothing beside them."""
BY_ITSELF: Final[Mapping[type[Any], frozenset[Status]]] = {
    OpenCase: frozenset({Status.ABSENT}),
    FlagCase: PURSUED,
    ClearCaseFlag: EVERYWHERE,
    WithdrawCase: PURSUED,
    NoteSilence: UNDECIDED | {Status.DECIDED},
    AnswerProposer: frozenset({Status.DECIDED}),
    NoteKeptDue: frozenset({Status.KEPT}),
}
"""Command that follows from an event or a timer → where something follows; elsewhere nothing does, and no one hears."""
DECISIONS: Final[Mapping[type[Any], Callable[[Any, Case], Sequence[CaseEvent]]]] = {
    OpenCase: opening.open_case,
    FlagCase: opening.flag,
    ClearCaseFlag: opening.clear_flag,
    WithdrawCase: opening.withdraw,
    SuggestDepartments: assignment.suggest,
    OfferCase: assignment.offer,
    TakeOffer: assignment.take,
    DeclineOffer: assignment.decline,
    WithdrawOffer: assignment.withdraw_offer,
    AssignAccompaniment: people.assign_accompaniment,
    NameDeputy: people.name_deputy,
    ReleaseDeputy: people.release_deputy,
    NameOfficer: people.name_officer,
    HandOverCase: people.hand_over,
    RecordContact: people.record_contact,
    NoteSilence: people.note_silence,
    AddNote: people.add_note,
    HoldSession: dialogue.hold_session,
    DraftMinutes: dialogue.draft_minutes,
    ConfirmMinutes: dialogue.confirm_minutes,
    AnswerMinutes: dialogue.answer_minutes,
    AgreeGoals: goals.agree_goals,
    GiveOpinion: feasibility.give_opinion,
    DecideFeasibility: feasibility.decide_feasibility,
    AnswerProposer: feasibility.answer_proposer,
    NoteKeptDue: feasibility.note_kept_due,
    ResumeCase: feasibility.resume,
}
"""Command → what follows from it where it leads on."""


def standing_refusals(command: type[CaseCommand]) -> tuple[type[RenkeiError], ...]:
    """What is said of a command where it does not lead on: `NotFound`, and each other state's own refusal."""
    return (NotFound, *(refusal for status, refusal in REFUSALS.items() if status not in FROM[command]))


def decide(command: CaseCommand, case: Case) -> Sequence[CaseEvent]:
    """The events that follow from a command; none where it was already so."""
    by_itself = BY_ITSELF.get(type(command))
    if by_itself is None and case.status is Status.ABSENT:
        raise NotFound
    if case.status not in (by_itself or FROM[type(command)]):
        if by_itself is not None:
            return []
        raise REFUSALS[case.status]
    return DECISIONS[type(command)](command, case)


CASE: Final = Decider(category="case", initial=Case(), decide=decide, evolve=evolve)
