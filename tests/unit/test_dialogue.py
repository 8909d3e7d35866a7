"""Dialogue: who stands by which edition of the minutes, and what is settled only where both stand by the same."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from eventstore.errors import Refusal
from eventstore.protection import Sealed
from eventstore.testing import given
from services.matching.domain.case import CASE, Status
from services.matching.domain.case.assignment import CaseOffered, OfferTaken, Part
from services.matching.domain.case.days import BeforeItBegan
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
    Participant,
    SessionHeld,
    SessionUnknown,
    Setting,
    Side,
    edition_id,
)
from services.matching.domain.case.opening import CaseOpened, CaseWithdrawn
from services.matching.domain.case.state import Minutes
from services.matching.domain.case.status import AlreadyWithdrawn, OnOffer
from services.matching.domain.minutes import MINUTES, KeepMinutes, MinutesKept

pytestmark = pytest.mark.row("S07")

DAY, NEXT = date(2026, 11, 22), date(2026, 11, 29)
OFFER, SESSION, OTHER, NAMES = (UUID(int=n) for n in range(1, 5))
PEOPLE = (
    Participant(side=Side.CITY, name="工藤 健", position="課長"),
    Participant(side=Side.PROPOSER, name="長谷川 美咲", position=None),
)
OPENED = CaseOpened(proposal_id=UUID(int=9), opened_on=DAY)
OFFERED = CaseOffered(
    offer_id=OFFER, department="parks", part=Part.LEAD, offered_on=DAY, suggestion_id=None, message=Sealed(None)
)
TAKEN = OfferTaken(offer_id=OFFER, department="parks", officer_id=UUID(int=8), taken_on=DAY)
IN_HAND = (OPENED, OFFERED, TAKEN)
HOLD = HoldSession(
    session_id=SESSION,
    held_on=NEXT,
    setting=Setting.ONLINE,
    participants_id=NAMES,
    participants=PEOPLE,
    subject="停留所の使い方",
)
HELD = SessionHeld(
    session_id=SESSION,
    held_on=NEXT,
    setting=Setting.ONLINE,
    participants_id=NAMES,
    participants=Sealed(PEOPLE),
    subject=Sealed("停留所の使い方"),
)
TALKED = (*IN_HAND, HELD)
DRAFT = DraftMinutes(session_id=SESSION, drafted_on=NEXT, text="停留所は12か所とする。")


def drafted(edition: int, text: str = "停留所は12か所とする。") -> MinutesDrafted:
    return MinutesDrafted(session_id=SESSION, edition=edition, drafted_on=NEXT, text=Sealed(text))


def confirm(edition: int) -> ConfirmMinutes:
    return ConfirmMinutes(session_id=SESSION, edition=edition, confirmed_on=NEXT, file=b"%PDF")


def by_city(edition: int) -> MinutesConfirmedByCity:
    return MinutesConfirmedByCity(
        session_id=SESSION,
        edition=edition,
        confirmed_on=NEXT,
        file_sha256=Sealed(sha256(b"%PDF").digest()),
    )


def answer(edition: int, objection: str | None = None) -> AnswerMinutes:
    return AnswerMinutes(session_id=SESSION, edition=edition, answered_on=NEXT, objection=objection)


def by_proposer(edition: int) -> MinutesConfirmedByProposer:
    return MinutesConfirmedByProposer(session_id=SESSION, edition=edition, confirmed_on=NEXT)


def objected(edition: int) -> MinutesObjected:
    return MinutesObjected(session_id=SESSION, edition=edition, objected_on=NEXT, objection=Sealed("10か所です。"))


SETTLED = (*TALKED, drafted(1), by_city(1), by_proposer(1))


def test_a_session_is_held_once_the_lead_department_has_the_case_and_is_contact() -> None:
    given(CASE, OPENED, OFFERED).when(HOLD).refused(OnOffer)
    given(CASE, *IN_HAND).when(HOLD).then(HELD)
    state = given(CASE, *TALKED).state
    assert (state.status, state.last_contact_on) == (Status.IN_DIALOGUE, NEXT)


def test_a_session_that_is_on_record_keeps_its_minutes_when_it_is_recorded_again() -> None:
    given(CASE, *SETTLED).when(HOLD).nothing()


def test_of_a_session_that_was_not_held_there_are_no_minutes() -> None:
    for command in (DRAFT, confirm(1), answer(1)):
        given(CASE, *IN_HAND).when(command).refused(SessionUnknown)


def test_each_draft_is_the_next_edition() -> None:
    given(CASE, *TALKED).when(DRAFT).then(drafted(1))
    given(CASE, *TALKED, drafted(1), by_city(1)).when(DRAFT).then(drafted(2))
    given(CASE, *TALKED, drafted(1), by_city(1), objected(1)).when(DRAFT).then(drafted(2))


def test_the_city_confirms_the_newest_edition_once_and_its_file_with_it() -> None:
    given(CASE, *TALKED).when(confirm(1)).refused(MinutesAbsent)
    given(CASE, *TALKED, drafted(1)).when(confirm(1)).then(by_city(1))
    given(CASE, *TALKED, drafted(1), by_city(1)).when(confirm(1)).nothing()


@pytest.mark.parametrize("edition", [0, 1, 3])
def test_neither_an_older_edition_nor_one_to_come_is_confirmed_or_answered(edition: int) -> None:
    rewritten = given(CASE, *TALKED, drafted(1), by_city(1), drafted(2), by_city(2))
    for command in (confirm(edition), answer(edition), answer(edition, "10か所です。")):
        rewritten.when(command).refused(MinutesOutdated)


def test_the_proposer_answers_only_what_the_city_stands_by() -> None:
    given(CASE, *TALKED).when(answer(1)).refused(MinutesAbsent)
    for objection in (None, "10か所です。"):
        given(CASE, *TALKED, drafted(1)).when(answer(1, objection)).refused(MinutesOutdated)
        given(CASE, *TALKED, drafted(1), by_city(1), drafted(2)).when(answer(1, objection)).refused(MinutesOutdated)
    given(CASE, *TALKED, drafted(1), by_city(1)).when(answer(1)).then(by_proposer(1))
    given(CASE, *TALKED, drafted(1), by_city(1)).when(answer(1, "10か所です。")).then(objected(1))


@pytest.mark.parametrize("objection", [None, "10か所です。"])
def test_the_proposer_answers_on_no_day_before_the_city_stood_by_it(objection: str | None) -> None:
    rewritten = (*TALKED, drafted(1), replace(by_city(1), confirmed_on=DAY), drafted(2), by_city(2))
    for day in (DAY, NEXT - timedelta(days=1)):
        given(CASE, *rewritten).when(replace(answer(2, objection), answered_on=day)).refused(BeforeItBegan)
    answered = given(CASE, *rewritten).when(replace(answer(2, objection), answered_on=NEXT))
    answered.then(objected(2) if objection else by_proposer(2))


def test_a_document_is_kept_once_and_stays_as_it_is() -> None:
    place = {"case_id": UUID(int=9), "session_id": SESSION, "edition": 1}
    keep, kept = KeepMinutes(**place, file=b"%PDF"), MinutesKept(**place, file=Sealed(b"%PDF"))
    given(MINUTES).when(keep).then(kept)
    given(MINUTES, kept).when(keep).nothing()
    given(MINUTES, kept).when(replace(keep, file=b"%PDF of another")).nothing()


def test_whoever_objected_may_still_confirm_the_same_edition() -> None:
    given(CASE, *TALKED, drafted(1), by_city(1), objected(1)).when(answer(1)).then(by_proposer(1))


def test_what_both_confirmed_is_neither_written_again_nor_objected_to() -> None:
    settled = given(CASE, *SETTLED)
    assert settled.state.sessions[SESSION].is_settled
    settled.when(DRAFT).refused(MinutesSettled)
    settled.when(answer(1, "やはり違います。")).refused(MinutesSettled)
    settled.when(confirm(1)).nothing()
    settled.when(answer(1)).nothing()


@pytest.mark.parametrize(
    "minutes", [Minutes(), Minutes(edition=1, by_proposer=1), Minutes(edition=2, by_city=1, by_proposer=1)]
)
def test_only_the_newest_edition_that_both_stand_by_is_settled(minutes: Minutes) -> None:
    assert not minutes.is_settled
    assert Minutes(edition=2, by_city=2, by_proposer=2).is_settled


def test_a_session_has_minutes_of_its_own() -> None:
    both = given(CASE, *SETTLED, replace(HELD, session_id=OTHER)).state
    settled = Minutes(held_on=NEXT, edition=1, by_city=1, confirmed_on=NEXT, by_proposer=1)
    assert both.sessions == {SESSION: settled, OTHER: Minutes(held_on=NEXT)}


def test_an_edition_is_known_by_an_id_of_its_own_once_it_is_written() -> None:
    case = given(CASE, *TALKED, drafted(1), drafted(2), replace(HELD, session_id=OTHER)).state
    assert [case.edition_by(edition_id(SESSION, n)) for n in range(4)] == [None, (SESSION, 1), (SESSION, 2), None]
    assert case.edition_by(edition_id(OTHER, 1)) is None
    assert case.edition_by(SESSION) is None


def test_nothing_is_said_of_minutes_in_a_case_that_was_withdrawn() -> None:
    withdrawn = given(CASE, *TALKED, drafted(1), by_city(1), CaseWithdrawn(withdrawn_on=NEXT))
    for command in (HOLD, DRAFT, confirm(1), answer(1)):
        withdrawn.when(command).refused(AlreadyWithdrawn)


def test_what_the_proposer_says_is_contact() -> None:
    later = date(2026, 12, 3)
    for said in (
        MinutesConfirmedByProposer(session_id=SESSION, edition=1, confirmed_on=later),
        MinutesObjected(session_id=SESSION, edition=1, objected_on=later, objection=Sealed("違います。")),
    ):
        assert given(CASE, *TALKED, drafted(1), by_city(1), said).state.last_contact_on == later


COMMANDS = st.lists(
    st.one_of(
        st.just(DRAFT),
        st.just(HOLD),
        st.integers(0, 4).map(confirm),
        st.tuples(st.integers(0, 4), st.sampled_from([None, "10か所です。"])).map(lambda said: answer(*said)),
    ),
    max_size=12,
)


@generated(COMMANDS)
def test_no_order_of_commands_settles_an_edition_that_either_side_never_confirmed(commands: Sequence[Any]) -> None:
    events: list[Any] = [*IN_HAND]
    for command in (HOLD, *commands):
        try:
            events += CASE.decide(command, given(CASE, *events).state)
        except Refusal:
            continue
    minutes = given(CASE, *events).state.sessions[SESSION]
    drafts = [one.edition for one in events if isinstance(one, MinutesDrafted)]
    assert drafts == list(range(1, minutes.edition + 1))
    if minutes.is_settled:
        assert isinstance(next(one for one in reversed(events) if _confirms(one)), MinutesConfirmedByProposer)
        assert by_city(minutes.edition) in events
        assert by_proposer(minutes.edition) in events
        assert events.index(by_city(minutes.edition)) > events.index(drafted(minutes.edition))


@generated(COMMANDS)
def test_a_command_that_is_repeated_at_once_changes_nothing_unless_it_says_something_anew(
    commands: Sequence[Any],
) -> None:
    events: list[Any] = [*IN_HAND]
    for command in (HOLD, *commands):
        try:
            follows = CASE.decide(command, given(CASE, *events).state)
        except Refusal:
            continue
        events += follows
        if not isinstance(command, DraftMinutes) and getattr(command, "objection", None) is None:
            given(CASE, *events).when(command).nothing()


def _confirms(event: Any) -> bool:
    return isinstance(event, MinutesConfirmedByCity | MinutesConfirmedByProposer)
