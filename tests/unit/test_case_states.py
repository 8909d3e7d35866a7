"""Every command in every state of a case: it leads on, or is refused in that state's own words and changes nothing."""

from itertools import product
from typing import Any, Final, get_args

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from eventstore.errors import NotFound, Refusal
from services.matching.domain.case import CASE, Status
from services.matching.domain.case.assignment import (
    DeclineOffer,
    OfferCase,
    OfferUnknown,
    SuggestDepartments,
    TakeOffer,
    WithdrawOffer,
)
from services.matching.domain.case.decider import BY_ITSELF, DECISIONS, FROM, CaseCommand, standing_refusals
from services.matching.domain.case.dialogue import (
    AnswerMinutes,
    ConfirmMinutes,
    DraftMinutes,
    HoldSession,
    SessionUnknown,
)
from services.matching.domain.case.evolution import CaseEvent
from services.matching.domain.case.feasibility import (
    AnswerProposer,
    DecideFeasibility,
    GiveOpinion,
    NoteKeptDue,
    ResumeCase,
)
from services.matching.domain.case.goals import AgreeGoals
from services.matching.domain.case.opening import ClearCaseFlag, FlagCase, OpenCase, WithdrawCase
from services.matching.domain.case.people import (
    AddNote,
    AssignAccompaniment,
    HandOverCase,
    NameDeputy,
    NameOfficer,
    NoteSilence,
    NotInCharge,
    RecordContact,
    ReleaseDeputy,
)
from services.matching.domain.case.status import REFUSALS
from tests.cases import COMMANDS, events_to, state_of
from tests.strategies import EVENT_TYPES, events_of

ABSENT, UNASSIGNED, OFFERED, TAKEN, IN_DIALOGUE, AGREED, DECIDED, ANSWERED, KEPT, WITHDRAWN = Status
OPEN: Final = {UNASSIGNED, OFFERED, TAKEN, IN_DIALOGUE, AGREED}
LED: Final = {TAKEN, IN_DIALOGUE, AGREED}
NOT_WITHDRAWN: Final = {*OPEN, DECIDED, ANSWERED, KEPT}
ALWAYS: Final = {*NOT_WITHDRAWN, WITHDRAWN}
DRAWN: Final[dict[type[Any], set[Status]]] = {
    SuggestDepartments: OPEN,
    OfferCase: OPEN,
    TakeOffer: OPEN - {UNASSIGNED},
    DeclineOffer: OPEN - {UNASSIGNED},
    WithdrawOffer: ALWAYS - {UNASSIGNED},
    AssignAccompaniment: NOT_WITHDRAWN,
    NameDeputy: NOT_WITHDRAWN,
    ReleaseDeputy: NOT_WITHDRAWN,
    NameOfficer: NOT_WITHDRAWN - {UNASSIGNED, OFFERED},
    HandOverCase: ALWAYS,
    RecordContact: NOT_WITHDRAWN,
    AddNote: ALWAYS,
    HoldSession: LED,
    DraftMinutes: NOT_WITHDRAWN - {UNASSIGNED, OFFERED, TAKEN},
    ConfirmMinutes: NOT_WITHDRAWN - {UNASSIGNED, OFFERED, TAKEN},
    AnswerMinutes: NOT_WITHDRAWN - {UNASSIGNED, OFFERED, TAKEN},
    AgreeGoals: {IN_DIALOGUE, AGREED},
    GiveOpinion: LED,
    DecideFeasibility: {*OPEN, DECIDED},
    ResumeCase: {DECIDED, KEPT},
}
"""Command of a person → where it leads on, as the office draws it."""
DRAWN_BY_ITSELF: Final[dict[type[Any], set[Status]]] = {
    OpenCase: {ABSENT},
    FlagCase: NOT_WITHDRAWN,
    ClearCaseFlag: ALWAYS,
    WithdrawCase: NOT_WITHDRAWN,
    NoteSilence: {*OPEN, DECIDED},
    AnswerProposer: {DECIDED},
    NoteKeptDue: {KEPT},
}
"""Command that follows from an event or a timer → where something follows."""
LACKING: Final[dict[tuple[Status, type[Any]], type[Refusal]]] = {
    **{(UNASSIGNED, command): OfferUnknown for command in (TakeOffer, DeclineOffer, WithdrawOffer, NameOfficer)},
    (OFFERED, NameOfficer): NotInCharge,
    **{
        (status, command): SessionUnknown
        for status in (UNASSIGNED, OFFERED, TAKEN)
        for command in (DraftMinutes, ConfirmMinutes, AnswerMinutes)
    },
}
"""Where a state would lead on, and what was never asked or held is not there."""
PAIRS: Final = list(product(Status, COMMANDS))
EVENTS: Final = st.lists(
    st.one_of([events_of(declared) for declared in EVENT_TYPES if declared.category == "case"]), max_size=6
)


def test_there_is_an_example_of_every_command_and_a_decision_for_it() -> None:
    commands = {command for kind in get_args(CaseCommand) for command in get_args(kind) or (kind,)}

    assert set(COMMANDS) == set(DECISIONS) == commands
    assert set(FROM) == set(DRAWN)
    assert set(BY_ITSELF) == set(DRAWN_BY_ITSELF)
    assert set(FROM) | set(BY_ITSELF) == commands
    assert not set(FROM) & set(BY_ITSELF)


def test_there_is_a_place_in_the_state_for_every_declared_event_of_a_case() -> None:
    declared = {declared.cls for declared in EVENT_TYPES if declared.category == "case"}
    assert declared == {event for kind in get_args(CaseEvent) for event in get_args(kind) or (kind,)}


@pytest.mark.parametrize("status", Status)
def test_the_examples_reach_every_state(status: Status) -> None:
    assert state_of(events_to(status)).status is status


@pytest.mark.row("S04", "S07", "S08", "S37")
@pytest.mark.parametrize(("status", "command"), PAIRS, ids=lambda one: getattr(one, "__name__", str(one)))
def test_a_command_leads_on_where_it_is_drawn_and_nowhere_else(status: Status, command: type[Any]) -> None:
    case, asked = state_of(events_to(status)), COMMANDS[command]
    if command in DRAWN_BY_ITSELF:
        assert bool(CASE.decide(asked, case)) is (status in DRAWN_BY_ITSELF[command])
    elif status in DRAWN[command]:
        assert CASE.decide(asked, case)
    else:
        refusal = NotFound if status is ABSENT else LACKING.get((status, command), REFUSALS.get(status))
        with pytest.raises(refusal or NotFound) as raised:
            CASE.decide(asked, case)
        assert type(raised.value) is refusal


def test_each_state_refuses_by_a_code_of_its_own_and_in_a_plain_sentence() -> None:
    refusals = {status: refusal() for status, refusal in REFUSALS.items()}

    assert set(refusals) == set(Status) - {ABSENT}
    assert {refusal.stable_code for refusal in refusals.values()} == {f"case_{status}" for status in refusals}
    assert all(refusal.message.endswith("。") for refusal in refusals.values())


def test_what_a_method_says_of_its_refusals_is_what_the_states_say() -> None:
    told = standing_refusals(ResumeCase)

    assert set(told) == {NotFound, *(refusal for at, refusal in REFUSALS.items() if at not in (DECIDED, KEPT))}
    assert standing_refusals(AddNote) == (NotFound,)


@generated(EVENTS, st.sampled_from(list(COMMANDS.values())))
def test_a_decision_on_whatever_happened_gives_events_or_a_refusal(events: list[Any], command: Any) -> None:
    try:
        decided = CASE.decide(command, state_of(events))
    except (Refusal, NotFound):
        return
    state_of([*events, *decided])
