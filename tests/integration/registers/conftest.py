"""The scene of the registers' tests."""

from collections.abc import Iterator

import pytest

from services.intake.declaration import INTAKE
from services.matching.declaration import MATCHING
from tests.cities import TOKOROZAWA, Cities, FrozenClock
from tests.registers import Scene


@pytest.fixture
def scene(cities: Cities, clock: FrozenClock) -> Iterator[Scene]:
    city = cities.new("registers", TOKOROZAWA)
    made = Scene(city, cities.office(INTAKE, city, clock), cities.office(MATCHING, city, clock), clock)
    yield made
    assert made.parked() == 0
