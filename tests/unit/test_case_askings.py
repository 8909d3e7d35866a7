"""The askings of departments once a case is decided or over: who still sees it, and how the desk takes them back."""

from datetime import date
from uuid import UUID

import pytest

from eventstore.events import Event
from eventstore.testing import given
from services.matching.domain.case import CASE
from services.matching.domain.case.assignment import OfferWithdrawn, Part, WithdrawOffer
from services.matching.domain.case.feasibility import CaseResumed, OpinionsMissing, Outcome
from services.matching.domain.case.people import HandOverCase
from services.matching.domain.case.state import Standing
from tests.feasibility import DAY, DECISION, LEAD, OFFICER, RIPE, SUPPORTING, decided, happened, offered

UNTIL = date(2027, 4, 1)
ASKED = (*RIPE, offered(SUPPORTING, Part.SUPPORTING))
ASK_NO_MORE = WithdrawOffer(offer_id=SUPPORTING, withdrawn_on=DAY)


def test_a_no_that_is_decided_anew_as_a_yes_is_not_held_up_by_who_never_answered() -> None:
    no = (*ASKED, decided(1, Outcome.NO))
    given(CASE, *no).when(DECISION).refused(OpinionsMissing)
    withdrawn = given(CASE, *no).when(ASK_NO_MORE).event()
    assert given(CASE, *no, withdrawn).when(DECISION).event().outcome is Outcome.PARTNERSHIP


ANSWERED = (decided(1, Outcome.NO), happened("ProposerAnswered", decision=1, answered_on=DAY))


@pytest.mark.row("N3")
@pytest.mark.parametrize("over", [ANSWERED, (happened("CaseWithdrawn"),)], ids=["answered", "withdrawn"])
def test_of_a_case_that_is_over_nobody_waits_for_an_answer_and_who_has_it_keeps_it(over: tuple[Event, ...]) -> None:
    assert {one.id for one in given(CASE, *ASKED).state.current} == {LEAD, SUPPORTING}
    case = given(CASE, *ASKED, *over).state
    assert [one.id for one in case.current] == [LEAD]
    assert (case.people, case.offers[SUPPORTING].standing) == ({OFFICER}, Standing.OFFERED)
    given(CASE, *ASKED, *over).when(ASK_NO_MORE).then(
        OfferWithdrawn(offer_id=SUPPORTING, department="department_12", withdrawn_on=DAY)
    )
    withdrawn = happened("OfferWithdrawn", offer_id=LEAD)
    assert given(CASE, *ASKED, *over, withdrawn).state.current == ()


@pytest.mark.row("N3")
def test_who_was_asked_is_asked_again_with_a_case_that_is_resumed() -> None:
    kept = (*ASKED, decided(1, Outcome.KEPT, UNTIL), happened("ProposerAnswered", decision=1, answered_on=DAY))
    assert [one.id for one in given(CASE, *kept).state.current] == [LEAD]
    resumed = given(CASE, *kept, CaseResumed(resumed_on=DAY)).state
    assert {one.id for one in resumed.current} == {LEAD, SUPPORTING}


def test_who_had_a_case_that_was_taken_back_is_not_replaced_there_by_a_hand_over() -> None:
    again = UUID(int=51)
    taken_back = (
        *RIPE,
        happened("OfferWithdrawn", offer_id=LEAD),
        offered(again, Part.SUPPORTING),
        happened("OfferTaken", offer_id=again, officer_id=OFFICER),
    )
    command = HandOverCase(from_id=OFFICER, to_id=UUID(int=52), handed_over_on=DAY)
    handed_over = given(CASE, *taken_back).when(command).event()
    offers = given(CASE, *taken_back, handed_over).state.offers
    assert {id_: one.officer_id for id_, one in offers.items()} == {LEAD: OFFICER, again: command.to_id}
