"""Connections: whoever holds one amid a transaction asks for no other; so many at work never wait for each other."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta

import pytest

from desk.deadlines.streams import Status
from tests.cities import Cities, FrozenClock
from tests.deadlines import CONTACT, Scene, went_round

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
