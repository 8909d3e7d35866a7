"""What companies offer: posted until a day, answered by departments that may think again, closed or withdrawn."""

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import uuid4

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from desk.packs.codes import ProposerKind
from eventstore.errors import NotFound, Refusal
from eventstore.protection import Sealed
from eventstore.testing import given
from services.intake.domain.offer import OFFER
from services.intake.domain.offer.commands import AnswerOffer, CloseOffer, LapseOffer, Offeror, WithdrawOffer
from services.intake.domain.offer.decider import (
    WHEN,
    AnsweringDepartmentUnknown,
    OfferAlreadyPosted,
    OfferEndsInThePast,
    OfferHasLapsed,
    OfferIsClosed,
    OfferIsWithdrawn,
    standing_otherwise,
)
from services.intake.domain.offer.events import (
    DepartmentAnswer,
    OfferAnswered,
    OfferClosed,
    OfferLapsed,
    OfferPosted,
    OfferWithdrawn,
)
from services.intake.domain.offer.state import Standing
from services.intake.domain.party_rules import KindNotTaken, SubjectUnknown
from tests.companies import DAY, HASEGAWA, TEXT, YUKIMICHI, post
from tests.strategies import EVENT_TYPES, events_of

POSTED: Final[OfferPosted] = given(OFFER).when(post()).event()
CLOSED, WITHDRAWN = OfferClosed(closed_on=DAY), OfferWithdrawn(withdrawn_on=DAY)
LAST, AFTER = date(2026, 12, 31), date(2027, 1, 1)
CLOSE, WITHDRAW = CloseOffer(today=DAY), WithdrawOffer(today=DAY)
ANSWER: Final = AnswerOffer(
    department="roads",
    answer=DepartmentAnswer.TALK,
    note="二月に",
    today=DAY,
    departments=frozenset({"roads", "tourism"}),
)
ANSWERED: Final = OfferAnswered(
    department="roads", answer=DepartmentAnswer.TALK, answered_on=DAY, note=Sealed("二月に")
)
HISTORIES: Final[dict[Standing, tuple[Any, ...]]] = {
    Standing.ABSENT: (),
    Standing.OPEN: (POSTED,),
    Standing.LAPSED: (POSTED,),
    Standing.CLOSED: (POSTED, CLOSED),
    Standing.WITHDRAWN: (POSTED, WITHDRAWN),
}
COMMANDS: Final[tuple[Any, ...]] = (post(), ANSWER, CLOSE, WITHDRAW)
REFUSED: Final[dict[Standing, Any]] = {
    Standing.ABSENT: NotFound,
    Standing.OPEN: OfferAlreadyPosted,
    Standing.LAPSED: OfferHasLapsed,
    Standing.CLOSED: OfferIsClosed,
    Standing.WITHDRAWN: OfferIsWithdrawn,
}
ALREADY: Final = {(Standing.CLOSED, CloseOffer), (Standing.WITHDRAWN, WithdrawOffer)}


@pytest.mark.row("B26")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
@pytest.mark.parametrize("standing", list(Standing))
def test_whatever_the_table_does_not_draw_is_refused_with_the_standings_own_code(
    standing: Standing, command: Any
) -> None:
    at = replace(command, today=AFTER if standing is Standing.LAPSED else DAY)
    before = given(OFFER, *HISTORIES[standing])
    if (standing, type(command)) in ALREADY:
        before.when(at).nothing()
    elif standing in WHEN[type(command)]:
        assert before.when(at).event()
    elif standing is Standing.ABSENT:
        with pytest.raises(NotFound):
            before.when(at)
    else:
        before.when(at).refused(REFUSED[standing])


def test_every_standing_that_refuses_has_a_code_of_its_own() -> None:
    assert {standing: type(standing_otherwise(standing)) for standing in Standing} == REFUSED
    assert len({refusal.code for refusal in REFUSED.values()}) == len(Standing)


class TestPosting:
    @pytest.mark.row("B26")
    def test_what_is_offered_and_by_whom_is_sealed(self) -> None:
        assert POSTED.title == Sealed(TEXT.title)
        assert (POSTED.offeror_name, POSTED.contact_email) == (Sealed(YUKIMICHI.name), Sealed(HASEGAWA.email))
        assert (POSTED.subjects, POSTED.until, POSTED.company_id) == (("snow",), LAST, None)

    def test_an_offer_of_a_registered_company_names_its_entry_alone(self) -> None:
        company_id = uuid4()
        of_entry = post(offeror=Offeror(company_id=company_id, proposer=None, contact=None), is_registered=True)
        posted = given(OFFER).when(of_entry).event()
        assert (posted.company_id, posted.offeror_kind, posted.offeror_name) == (company_id, None, Sealed(None))
        with pytest.raises(NotFound):
            given(OFFER).when(replace(of_entry, is_registered=False))

    @pytest.mark.parametrize(
        ("command", "refusal"),
        [
            (post(replace(TEXT, subjects=("harbour",))), SubjectUnknown),
            (post(replace(TEXT, until=date(2026, 11, 21))), OfferEndsInThePast),
            (
                post(
                    offeror=Offeror(
                        company_id=None,
                        proposer=replace(YUKIMICHI, kind=ProposerKind.INDIVIDUAL),
                        contact=HASEGAWA,
                    )
                ),
                KindNotTaken,
            ),
        ],
    )
    def test_what_the_rules_do_not_take_is_refused(self, command: Any, refusal: type[Refusal]) -> None:
        given(OFFER).when(command).refused(refusal)

    def test_its_last_day_may_be_today(self) -> None:
        assert given(OFFER).when(post(replace(TEXT, until=DAY))).event().until == DAY


class TestAnswers:
    @pytest.mark.row("B26")
    def test_a_department_answers_once_and_may_think_again(self) -> None:
        given(OFFER, POSTED).when(ANSWER).then(ANSWERED)
        given(OFFER, POSTED, ANSWERED).when(ANSWER).nothing()
        other = replace(ANSWER, answer=DepartmentAnswer.INTERESTED)
        changed = given(OFFER, POSTED, ANSWERED).when(other).event()
        answered = given(OFFER, POSTED, ANSWERED, changed).state
        assert {name: one.answer for name, one in answered.answers.items()} == {"roads": DepartmentAnswer.INTERESTED}

    def test_departments_answer_beside_each_other(self) -> None:
        second = given(OFFER, POSTED, ANSWERED).when(replace(ANSWER, department="tourism")).event()
        assert sorted(given(OFFER, POSTED, ANSWERED, second).state.answers) == ["roads", "tourism"]

    def test_a_department_that_the_pack_does_not_have_is_refused(self) -> None:
        given(OFFER, POSTED).when(replace(ANSWER, department="harbour")).refused(AnsweringDepartmentUnknown)

    def test_it_is_open_on_its_last_day_and_lapsed_after_it(self) -> None:
        offer = given(OFFER, POSTED).state
        assert (offer.standing(LAST), offer.standing(AFTER)) == (Standing.OPEN, Standing.LAPSED)

    def test_an_offer_without_a_last_day_stays_open(self) -> None:
        assert given(OFFER, replace(POSTED, until=None)).state.standing(date.max) is Standing.OPEN


@generated(st.lists(st.one_of([events_of(one) for one in EVENT_TYPES if one.category == "offer"]), max_size=6))
def test_any_events_make_an_offer(events: list[Any]) -> None:
    ends = [event for event in events if not isinstance(event, OfferAnswered)]
    assert (given(OFFER, *events).state.recorded is Standing.ABSENT) == (not ends)


@pytest.mark.row("B26")
def test_an_offer_lapses_on_the_day_after_its_last_however_late_that_is_recorded() -> None:
    late = date(2027, 3, 1)
    given(OFFER, POSTED).when(LapseOffer(today=LAST)).nothing()
    lapsed = OfferLapsed(lapsed_on=AFTER)
    given(OFFER, POSTED).when(LapseOffer(today=late)).then(lapsed)
    given(OFFER, POSTED, lapsed).when(LapseOffer(today=late)).nothing()
    given(OFFER, POSTED, lapsed).when(replace(ANSWER, today=LAST)).refused(OfferHasLapsed)
    for over in (CLOSED, WITHDRAWN):
        given(OFFER, POSTED, over).when(LapseOffer(today=late)).nothing()
    for_ever = given(OFFER).when(post(replace(TEXT, until=None))).event()
    given(OFFER, for_ever).when(LapseOffer(today=late)).nothing()
    with pytest.raises(NotFound):
        given(OFFER).when(LapseOffer(today=late))
