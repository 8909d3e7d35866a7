"""Inquiries to the police: everything sealed as strictly as can be, and nothing told of their being there."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from eventstore.errors import NotFound
from eventstore.protection import Protection, Sealed
from eventstore.testing import given
from services.intake.domain.police_inquiry import (
    POLICE_INQUIRY,
    InquirePolice,
    Person,
    PoliceAlreadyInquired,
    PoliceAnswered,
    PoliceAnsweredBeforeAsked,
    PoliceDayInFuture,
    PoliceInquired,
    PoliceResult,
    RecordPoliceAnswer,
)
from tests.strategies import EVENT_TYPES, events_of

TODAY, EARLIER, TOMORROW = date(2026, 11, 22), date(2026, 11, 20), date(2026, 11, 23)
OFFICER = Person(name="北川 修", kana="キタガワ オサム", birth_date=date(1970, 1, 2), position="代表取締役")
TYPES = [declared for declared in EVENT_TYPES if declared.category == "police_inquiry"]


def ask(asked_on: date = EARLIER) -> InquirePolice:
    return InquirePolice(
        proposal_id=UUID(int=1),
        asked_on=asked_on,
        party="株式会社ゆきみち",
        persons=(OFFICER,),
        authority="埼玉県警察本部",
        reference="企連第12号",
        today=TODAY,
    )


def answer(result: PoliceResult = PoliceResult.CLEAR, answered_on: date = TODAY) -> RecordPoliceAnswer:
    return RecordPoliceAnswer(answered_on=answered_on, result=result, reference="組対第3号", today=TODAY)


def answered(result: PoliceResult = PoliceResult.CLEAR) -> PoliceAnswered:
    return PoliceAnswered(answered_on=Sealed(TODAY), result=Sealed(result), reference=Sealed("組対第3号"))


ASKED = PoliceInquired(
    proposal_id=Sealed(str(UUID(int=1))),
    asked_on=Sealed(EARLIER),
    party=Sealed("株式会社ゆきみち"),
    persons=Sealed((OFFICER,)),
    authority=Sealed("埼玉県警察本部"),
    reference=Sealed("企連第12号"),
)


@pytest.mark.row("S25")
def test_every_field_of_an_inquiry_is_of_the_highest_class_and_its_existence_is_protected() -> None:
    assert {one.name for one in TYPES} == {"PoliceInquired", "PoliceAnswered"}
    for declared in TYPES:
        assert declared.existence_protected
        assert declared.reason_protection is Protection.SAFETY
        assert {field.seal and field.seal.protection for field in declared.fields} == {Protection.SAFETY}


def test_the_police_are_asked_and_answer() -> None:
    given(POLICE_INQUIRY).when(ask()).then(ASKED)
    given(POLICE_INQUIRY, ASKED).when(answer()).then(answered())
    given(POLICE_INQUIRY, ASKED, answered()).when(answer()).nothing()


def test_a_later_answer_counts_and_the_earlier_one_stays_on_record() -> None:
    hit = answered(PoliceResult.HIT)
    given(POLICE_INQUIRY, ASKED, answered()).when(answer(PoliceResult.HIT)).then(hit)
    assert given(POLICE_INQUIRY, ASKED, answered(), hit).state.answered == hit


def test_an_inquiry_is_recorded_once() -> None:
    given(POLICE_INQUIRY, ASKED).when(ask()).refused(PoliceAlreadyInquired)


def test_letters_of_days_to_come_are_refused() -> None:
    given(POLICE_INQUIRY).when(ask(TOMORROW)).refused(PoliceDayInFuture)
    given(POLICE_INQUIRY, ASKED).when(answer(answered_on=TOMORROW)).refused(PoliceDayInFuture)


def test_no_answer_comes_before_the_question() -> None:
    given(POLICE_INQUIRY, ASKED).when(answer(answered_on=date(2026, 11, 19))).refused(PoliceAnsweredBeforeAsked)
    with pytest.raises(NotFound):
        given(POLICE_INQUIRY).when(answer())


def test_nothing_of_a_command_is_shown_by_chance() -> None:
    for secret in ("北川", "ゆきみち", "埼玉", "企連", "00000001"):
        assert secret not in repr(ask())
    assert "clear" not in repr(answer())


@generated(st.lists(st.one_of([events_of(declared) for declared in TYPES]), max_size=4))
def test_any_events_make_an_inquiry(events: list[Any]) -> None:
    state = given(POLICE_INQUIRY, *events).state
    assert (state.asked is not None) == any(isinstance(event, PoliceInquired) for event in events)
