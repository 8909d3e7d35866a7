"""Connections: whoever holds one amid a transaction asks for no other; so many at work never wait for each other."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from desk.deadlines.streams import Status
from services.intake.counter import CounterDesk, Entered
from services.intake.reception import Reception
from tests.cities import Cities, FrozenClock
from tests.deadlines import CONTACT, STAFF, Scene, went_round
from tests.portals import INQUIRY, MINIMAL

CONNECTIONS = 8
"""What an office has at most."""


@pytest.fixture(scope="module")
def shared(cities: Cities) -> Scene:
    return Scene.of(cities, FrozenClock())


@pytest.fixture
def scene(shared: Scene) -> Iterator[Scene]:
    """An office that has one connection left; to wait for another fails."""
    with ExitStack() as held:
        for _ in range(CONNECTIONS - 1):
            held.enter_context(shared.office.database.connection())
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
