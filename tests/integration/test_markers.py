"""Planted markers: what was put into sealed fields is found nowhere but under its key."""

import logging
import re
import traceback
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from apps.composition import SERVICES
from desk.office import Office
from eventstore.city import City
from eventstore.errors import StreamConflict
from eventstore.events import Event, EventType
from eventstore.protection import Sealed
from eventstore.records import StreamId
from tests.cities import Cities
from tests.samples import at_its_place, sample
from tests.strategies import EVENT_TYPES
from tests.toy import context

WITHOUT_TEXT = (StrEnum, date, int)
"""What a sealed field may hold that no marker fits in."""


def forms(marker: str) -> set[str]:
    """How a marker could show in a row written as text: as it is, in hexadecimal, in base64 at any alignment."""
    encoded = marker.encode()
    shifted = [b64encode(b"\0" * lead + encoded + b"\0" * 3).decode()[4:-8] for lead in range(3)]
    return {marker, encoded.hex(), *shifted, b64encode(encoded).decode(), ascii(marker)[1:-1]}


class Markers:
    """Texts that occur nowhere else, for every sealed place of an event; what is public gets ordinary text."""

    def __init__(self, declared: EventType) -> None:
        self._sealed = {field.name for field in declared.fields if field.seal}
        self.planted: list[str] = []

    def __call__(self, path: str) -> str:
        """The text for a path."""
        return self.plant() if re.split(r"[.[]", path)[0] in self._sealed else at_its_place(path)

    def drawn_anew(self, event: Event) -> Event:
        """The event with ids of its own in every sealed place that takes ids: no text fits there, they mark it."""
        sealed = {name: getattr(event, name).reveal() for name in self._sealed}
        return replace(event, **{name: Sealed(self._anew(value)) for name, value in sealed.items()})

    def _anew(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._anew(one) for one in value)
        return self.plant_id() if isinstance(value, UUID) else value

    def plant_id(self) -> UUID:
        """A new id, a marker both as people write it and as it is kept in bytes."""
        drawn = uuid4()
        self.planted += [str(drawn), drawn.hex]
        return drawn

    def plant(self) -> str:
        """A new marker."""
        self.planted.append(f"MARKER{uuid4().hex}印")
        return self.planted[-1]


@pytest.fixture(scope="module")
def everything(cities: Cities, city: City) -> Callable[[], str]:
    """Every row of every table of the city's database, as text."""

    def written() -> str:
        with psycopg.connect(cities.administrator_url(city)) as connection:
            tables = connection.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            ).fetchall()
            rows = [
                row
                for (table,) in tables
                for (row,) in connection.execute(SQL("SELECT t::text FROM {} t").format(Identifier(table))).fetchall()
            ]
        return "\n".join(rows)

    return written


@pytest.fixture(scope="module")
def offices(cities: Cities, city: City) -> dict[str, Office]:
    return {service.name: cities.office(service, city) for service in SERVICES}


@pytest.mark.parametrize("declared", EVENT_TYPES, ids=lambda declared: f"{declared.name}.v{declared.version}")
def test_what_is_sealed_stands_nowhere_in_clear(
    declared: EventType,
    offices: dict[str, Office],
    everything: Callable[[], str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    markers = Markers(declared)
    event = markers.drawn_anew(sample(declared, markers))
    caused = context(reason=markers.plant(), digest=markers.plant())
    store = offices[declared.service].store
    stream = StreamId(declared.category, uuid4())

    with caplog.at_level(logging.DEBUG):
        stale = store.load(stream)
        appended = store.append(stale, [event], caused)
        loaded = store.load(stream).events
        with pytest.raises(StreamConflict) as conflict:
            store.append(stale, [event], replace(caused, command_id=uuid4()))

    written = everything()
    shown = "".join([repr(appended), str(loaded), repr(caused), repr(stale), caplog.text, repr(caplog.records)])
    shown += "".join(traceback.format_exception(conflict.value, chain=True))
    assert loaded[0].event == event
    assert str(stream.id) in written
    sealed = [getattr(event, field.name).reveal() for field in declared.fields if field.seal]
    assert len(markers.planted) >= 2 + sum(not isinstance(value, WITHOUT_TEXT) for value in sealed)
    for marker in markers.planted:
        assert not {form for form in forms(marker) if form in written or form in shown}, marker


def test_the_search_finds_what_stands_in_clear(offices: dict[str, Office], everything: Callable[[], str]) -> None:
    """So that the test above means something: a public text is found, though it stands inside bytes."""
    (declared,) = [declared for declared in EVENT_TYPES if declared.name == "PortalAdmitted"]
    marker = Markers(declared).plant()
    store = offices[declared.service].store

    store.append(store.load(StreamId("city", UUID(int=1))), [sample(declared, lambda _: marker)], context())

    written = everything()
    assert {form for form in forms(marker) if form in written}
