"""The timeline: roles and departments are named by the pack in force on the city's day, not on the server's."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import pytest

from apps.records.timeline import RecordsOffice
from desk.rules import NoPackInForce
from eventstore.city import City
from tests.cities import THIRD_CITY, Cities
from tests.work import Work

FIRST_DAY_BEGINS = datetime(2026, 9, 30, 15, 0, tzinfo=UTC)
"""00:00 of the first of October in Japan, the first day of the third city's pack; in UTC it is still September."""


def test_the_roles_are_named_by_the_pack_of_the_day_in_japan(new_city: Callable[..., City]) -> None:
    city = new_city("third", THIRD_CITY)
    with closing(RecordsOffice(city, clock=lambda: FIRST_DAY_BEGINS)) as office:
        assert office.timeline(f"city-{city.stream}")
    an_hour_before = FIRST_DAY_BEGINS.replace(hour=14)
    with closing(RecordsOffice(city, clock=lambda: an_hour_before)) as office, pytest.raises(NoPackInForce):
        office.timeline(f"city-{city.stream}")


def test_a_department_is_told_by_its_name_and_not_by_its_code(cities: Cities, city: City) -> None:
    work = Work.of(cities, city)
    case, (code, department) = work.opened(), next(iter(work.office.pack().departments.items()))
    work.offered(case, code)
    work.settle()
    with closing(RecordsOffice(city, clock=work.office.clock)) as office:
        told = office.timeline(f"case-{case}")[-1].sentence
    assert f"（{department.name}）" in told
    assert code not in told
