"""What should not wait for long is told to operators: timers that do not go off, deadlines that are overdue."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client

from apps.cli.__main__ import main
from apps.composition import SERVICES
from apps.provisioning.city import Installation
from apps.watch import figures
from apps.watch.backlogs import Backlog
from apps.watch.figures import Waiting
from apps.watch.web import application
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from tests.cities import NOON, Cities, FrozenClock
from tests.deadlines import NotToday, Scene, refusing

LONG_AGO = date(2026, 5, 20)
ENDED = datetime(2026, 5, 25, 15, tzinfo=UTC)
"""00:00 after the third open day in Asia/Tokyo."""
AGE = (NOON - ENDED).total_seconds()
TIMERS, DEADLINES = "timers", "deadlines"


@pytest.fixture(scope="module")
def scene(cities: Cities) -> Scene:
    return Scene.of(cities, FrozenClock())


@pytest.fixture
def inquiry(scene: Scene) -> Iterator[StreamId]:
    """An inquiry that nobody has answered; answered at the end of the test."""
    received = scene.received(LONG_AGO, "inquiry")
    yield received
    scene.happens(received, "InquiryAnswered", answered_on=date(2026, 11, 22))


@pytest.fixture
def waiting(scene: Scene) -> Callable[[], dict[Waiting, Backlog]]:
    """What the watch finds at noon."""
    return lambda: dict(figures.ask(scene.city, SERVICES, NOON).waiting)


def test_a_timer_waits_until_it_has_gone_off_and_then_the_deadline_until_it_is_met(
    scene: Scene, inquiry: StreamId, waiting: Callable[[], dict[Waiting, Backlog]]
) -> None:
    assert waiting() == {Waiting("intake", TIMERS, "due"): Backlog(1, AGE)}, "nobody goes the rounds"

    other = replace(scene, office=scene.cities.office(INTAKE, scene.city, scene.clock))
    assert refusing(other, NotToday("今日はできません。")).step()
    assert waiting() == {Waiting("intake", TIMERS, "not_today"): Backlog(1, AGE)}

    scene.clock.advance(NOON - ENDED)
    assert scene.round().step()
    scene.follow()
    assert waiting() == {Waiting("intake", DEADLINES, "first_contact"): Backlog(1, AGE)}

    scene.happens(inquiry, "InquiryAnswered", answered_on=date(2026, 11, 22))
    assert waiting() == {}


def test_it_is_told_to_prometheus_and_to_people_and_nothing_but_counts(
    scene: Scene, inquiry: StreamId, installation: Installation
) -> None:
    answer = Client(application([scene.city], SERVICES, lambda: NOON)).get("/metrics")
    told = CliRunner().invoke(main, ["lag", "--city", scene.city.name], env={"RENKEI_HOME": str(installation.home)})

    samples = {
        family.name: [(sample.labels, sample.value) for sample in family.samples]
        for family in text_string_to_metric_families(answer.text)
    }
    labels = {"city": scene.city.name, "service": "intake", "what": TIMERS, "code": "due"}
    assert samples["renkei_waiting"] == [(labels, 1)]
    assert samples["renkei_waiting_oldest_age_seconds"] == [(labels, AGE)]
    assert "timers waiting, intake: due" in told.output
    assert str(inquiry.id) not in answer.text + told.output
