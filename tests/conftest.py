"""What tests share: one PostgreSQL and one RabbitMQ for the session, fresh cities on them, and a clock that stands.

    def test_x(city, cities):                   # city: made once for the module, with its own database, vhost and keys
        office = cities.office(INTAKE, city)

    def test_y(new_city):                       # more cities of one's own
        third = new_city("third", THIRD_CITY)

Nothing is started until a test asks for it: unit and contract tests run without servers.
"""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from apps.provisioning.city import Installation
from apps.servers import Servers, running
from eventstore.city import City
from tests.cities import ROOT, Cities, FrozenClock

NO_DEADLINE = settings(deadline=None)  # two shared cores: how long an example takes says nothing
settings.register_profile("check", NO_DEADLINE, max_examples=30, derandomize=True)  # the soak run draws anew
settings.register_profile("soak", NO_DEADLINE, max_examples=1000)
settings.load_profile("soak" if "RENKEI_SOAK" in os.environ else "check")


def pytest_collection_finish() -> None:
    """Thousands of collected tests and all modules live to the end: the collector need not look at them ever again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and RabbitMQ for the whole session, private unless DATABASE_URL and AMQP_URI are set."""
    with running(ROOT / ".run", purpose="test") as started:
        yield started


@pytest.fixture(scope="session")
def installation(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Where cities are made: a folder of the session's own, and the servers as administrator."""
    return Installation(
        home=tmp_path_factory.mktemp("cities"),
        database_url=servers.database_url,
        amqp_uri=servers.amqp_uri,
        management_url=servers.management_url,
    )


@pytest.fixture(scope="module")
def cities(installation: Installation) -> Iterator[Cities]:
    """Makes cities and offices that are gone when the module ends."""
    with Cities(installation) as made:
        yield made


@pytest.fixture(scope="module")
def new_city(cities: Cities) -> Callable[..., City]:
    """`new_city(label="city", pack_file=AOMORI)` makes another city (0.2 s)."""
    return cities.new


@pytest.fixture(scope="module")
def city(cities: Cities, request: pytest.FixtureRequest) -> City:
    """A city with Aomori's pack, made once for the module."""
    return cities.new(Path(request.path).stem)


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at noon in Japan on 22 November 2026 until it is moved on."""
    return FrozenClock()
