"""Connections: whoever holds one amid a transaction asks for no other; so many at work never wait for each other."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from desk.deadlines.streams import Status
from desk.office import Office
from desk.timers import TimerRound
from eventstore.city import City
from eventstore.parked import Delivery
from eventstore.records import StreamId
from services.intake.counter import CounterDesk, Entered
from services.intake.reception import Reception
from services.matching.domain.case import CASE
from services.matching.reactions.portal import portal_reactions
from services.matching.reactions.timers import CASE_ALARMS
from tests.cities import Cities, FrozenClock
from tests.deadlines import CONTACT, STAFF, Scene, went_round
from tests.deciding import Deciding
from tests.mailbox import Mailbox
from tests.minutes import Dialogue, minutes_answer
from tests.parking import followed
from tests.portals import INQUIRY, MINIMAL, admitted_in_the_log, as_body
from tests.promises import happened, matching_of, undertaken
from tests.work import DAY

CONNECTIONS = 8
"""What an office has at most."""


@contextmanager
def one_left(office: Office) -> Iterator[None]:
    """While it lasts, an office has one connection left; to wait for another fails."""
    with ExitStack() as held:
        for _ in range(CONNECTIONS - 1):
            held.enter_context(office.database.connection())
        yield


@pytest.fixture(scope="module")
def shared(cities: Cities) -> Scene:
    return Scene.of(cities, FrozenClock())


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as started:
        yield started


@pytest.fixture(scope="module")
def desk(cities: Cities, city: City, mailbox: Mailbox) -> Deciding:
    """Matching in a city with cases."""
    return Deciding.of(cities, city, mailbox)


@pytest.fixture
def scene(shared: Scene) -> Iterator[Scene]:
    with one_left(shared.office):
        yield shared


def test_a_follower_reads_the_rules_over_its_own_connection(scene: Scene) -> None:
    proposal = scene.received(date(2026, 11, 20))

    scene.closed(date(2026, 11, 25), version="2026-11", since=date(2026, 11, 25))
    scene.follow()

    assert scene.types(proposal, CONTACT) == ["DeadlineSet", "DeadlineMoved"]


def test_a_timer_reads_the_rules_over_its_own_connection(scene: Scene) -> None:
    proposal = scene.received(date(2026, 12, 1))
    scene.clock.advance(timedelta(days=60))

    went_round(scene.round())

    assert scene.period(proposal, CONTACT).status is Status.OVERDUE


def test_an_inquiry_becomes_a_proposal_over_one_connection(scene: Scene) -> None:
    desk = CounterDesk(scene.office, Reception(scene.office))

    def entered(submission: dict[str, Any], **stated: Any) -> Entered:
        said = {"command_id": str(uuid4()), "channel": "phone", "received_at": None, "reason": None}
        return Entered(submission, {**said, **stated})

    inquiry_id = desk.enter_inquiry(entered(dict(INQUIRY)), STAFF)["inquiry_id"]

    told = desk.enter_conversion(entered(dict(MINIMAL), inquiry_id=inquiry_id, expected_version=1), STAFF)

    assert [one["stream"].partition("-")[0] for one in told["events"]] == ["proposal", "proposal", "inquiry"]


def types(office: Office, case: UUID) -> list[str]:
    """What happened to a case."""
    return [one.type for one in office.store.load(StreamId(CASE.category, case)).events]


def test_a_letter_that_goes_out_answers_over_the_follower_s_own_connection(desk: Deciding) -> None:
    case = desk.ripe()
    desk.decides(case, "no")
    desk.approved(desk.composed(case, "declined_answer"))
    desk.letters.goes_round()

    with one_left(desk.work.office):
        followed(desk.work.office, "answer_proposers")

    assert types(desk.work.office, case)[-1] == "ProposerAnswered"


def test_a_timer_that_looks_into_the_record_does_so_over_its_own_connection(desk: Deciding) -> None:
    case, _ = desk.taken()
    desk.follow()
    desk.work.intake.clock.advance(timedelta(days=90))

    with one_left(desk.work.office):
        went_round(TimerRound(desk.work.office, CASE_ALARMS))

    assert types(desk.work.office, case)[-1] == "CaseFellSilent"


def test_what_is_owed_ends_with_its_case_over_the_follower_s_own_connection(cities: Cities) -> None:
    matching = matching_of(cities, cities.new("owed"), FrozenClock())
    case = matching.case("roads")
    owed = undertaken(matching, case)
    matching.settle()
    matching.happen(case, "CaseWithdrawn", withdrawn_on=DAY)
    matching.settle(("obligations",))

    with one_left(matching.office):
        followed(matching.office, "release_obligations")

    assert happened(matching, owed)[-1] == "ObligationReleased"


def test_minutes_are_answered_over_one_connection(desk: Deciding) -> None:
    office = desk.work.office
    admitted_in_the_log(desk.work.administration, "city-portal", uuid4())
    dialogue = Dialogue(office)
    proposal = desk.work.intake.receive({**MINIMAL, "contact": {"name": "長谷川 美咲", "email": "h@yuki.example.jp"}})
    session = dialogue.held(str(proposal))
    message = minutes_answer(dialogue.code(session))
    delivery = Delivery(
        body=as_body(message), content_type="application/json", routing_key=message["type"], user_id="city-portal"
    )

    with one_left(office):
        told = json.loads(portal_reactions(office).answer(delivery).written())

    assert told["type"] == "SubmissionAccepted"
    assert types(office, session.case_id)[-1] == "MinutesConfirmedByProposer"
