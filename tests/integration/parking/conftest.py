"""What tests of parked things share: the command line, the two offices, and what intake has recorded meanwhile."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from desk.office import Office
from eventstore.city import City
from services.intake.declaration import INTAKE
from services.matching.declaration import MATCHING
from tests.cities import Cities
from tests.parking import Renkei, commanding, followed, rows

Stored: TypeAlias = Callable[[], list[str]]


@pytest.fixture
def renkei(cities: Cities, city: City) -> Iterator[Renkei]:
    """`renkei("messages", "parked")`; whatever is parked in the end is taken away."""
    with commanding(cities, city) as run:
        yield run


@pytest.fixture
def office(cities: Cities, city: City) -> Office:
    """Intake's, which has followed everything."""
    office = cities.office(INTAKE, city)
    followed(office, "proposals")
    return office


@pytest.fixture
def matching(cities: Cities, city: City) -> Office:
    """Matching's, which has followed everything."""
    matching = cities.office(MATCHING, city)
    followed(matching, "open_cases")
    return matching


@pytest.fixture
def stored(city: City) -> Stored:
    """`stored()`: the types of the events that intake has recorded since the test began."""

    def types() -> list[str]:
        return [one for (one,) in rows(city, "intake", "SELECT type FROM events_intake ORDER BY sequence")]

    before = len(types())
    return lambda: types()[before:]
