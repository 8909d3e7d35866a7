"""What integration tests share: the toy service in a city of its own."""

from collections.abc import Callable
from typing import TypeAlias
from uuid import uuid4

import pytest

from eventstore.city import City
from eventstore.database import Database
from eventstore.declaration import Service
from eventstore.protection import ClassGroup
from eventstore.records import StreamId
from eventstore.sealing.keys import derive
from eventstore.store import Clock, EventStore
from tests.cities import Cities, FrozenClock
from tests.toy import NEIGHBOUR, TOY

OpenStore: TypeAlias = Callable[..., EventStore]


@pytest.fixture(scope="module")
def toy_city(cities: Cities) -> City:
    """A city whose services are the toy and its neighbour: database and keys alone."""
    return cities.stripped([TOY, NEIGHBOUR], "toy")


@pytest.fixture(scope="module")
def open_store(cities: Cities, toy_city: City) -> OpenStore:
    """`open_store(service=TOY, groups=…)`: the service's way into the toy city, with the keys of these groups only.

    clock: that of the tests unless a relay of its own process closes days meanwhile: it goes by the real one.
    """

    def opened(
        service: Service = TOY,
        *,
        groups: frozenset[ClassGroup] | None = None,
        city: City = toy_city,
        clock: Clock | None = None,
    ) -> EventStore:
        database = cities.closing(Database(city.databases[service.name]))
        return EventStore(
            database,
            service.events,
            clock=clock or FrozenClock(),
            masters=city.master_keys(service.groups if groups is None else groups),
            index_secret=derive(city.secret(service.name), "blind index"),
            reads=service.reads,
        )

    return opened


@pytest.fixture(scope="module")
def store(open_store: OpenStore) -> EventStore:
    """The toy's own store."""
    return open_store()


@pytest.fixture
def counter() -> StreamId:
    """A counter that nobody has counted with."""
    return StreamId("counter", uuid4())


@pytest.fixture
def letters() -> StreamId:
    """A letter that nobody has written."""
    return StreamId("letter", uuid4())
