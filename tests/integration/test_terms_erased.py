"""Words kept in clear end with their key, whoever destroys it, and however many are destroyed at once."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from threading import Event
from typing import Any, Final
from uuid import UUID

import pytest

from apps.provisioning.database import OWNER, role
from eventstore.city import City
from tests.cities import Cities
from tests.ledgers import Connection, connected, numbered
from tests.portals import MINIMAL, until
from tests.work import Work

KITES: Final = {**MINIMAL, "title": "凧揚げの会", "summary": "凧揚げの会を砂丘で開き、凧揚げを広めます。"}
ERASE: Final = "DELETE FROM data_keys_intake WHERE stream_id = %s AND class_group = 'business'"


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    return Work.of(cities, city)


@contextmanager
def erasing(cities: Cities, city: City) -> Iterator[Connection]:
    """A connection as intake's own role, which has no rights in matching, and may destroy its keys for the while."""
    intake, owner = role(city.name, "intake"), role(city.name, OWNER)
    with connected(cities.administrator_url(city)) as administrator:
        administrator.execute(f"SET ROLE {owner}".encode())
        administrator.execute(f"GRANT DELETE ON data_keys_intake TO {intake}".encode())
        try:
            with connected(city.databases["intake"]) as connection:
                yield connection
        finally:
            administrator.execute(f"REVOKE DELETE ON data_keys_intake FROM {intake}".encode())


def led(work: Work, department: str) -> UUID:
    """The proposal of a case that a department leads, its words counted."""
    case = work.opened(KITES)
    work.taken(case, department)
    while numbered(work.city) + work.follower("terms").step():
        continue
    return work.proposal_of(case)


def counted(work: Work) -> Sequence[Any]:
    with work.office.database.connection() as connection:
        return connection.execute("SELECT * FROM matching_term_counts ORDER BY term, department").fetchall()


@pytest.mark.row("S04")
def test_who_destroys_a_key_needs_no_rights_to_what_ends_with_it(work: Work, cities: Cities) -> None:
    led(work, "parks")
    before = counted(work)
    proposal = led(work, "parks")
    assert counted(work) != before

    with erasing(cities, work.city) as intake:
        intake.execute(ERASE, (proposal,))

    assert counted(work) == before


def test_erasures_of_the_same_words_in_any_order_do_not_wait_for_each_other_in_a_circle(
    work: Work, cities: Cities
) -> None:
    before = counted(work)
    parks, culture = ([led(work, department) for _ in range(2)] for department in ("parks", "culture"))
    begun = Event()

    def erase_the_other_way_round() -> None:
        with connected(work.city.databases["intake"]) as other, other.transaction():
            other.execute(ERASE, (culture[0],))
            begun.set()
            other.execute(ERASE, (parks[0],))

    with erasing(cities, work.city) as intake, ThreadPoolExecutor(1) as pool:
        with intake.transaction():
            intake.execute(ERASE, (parks[1],))
            at_the_same_time = pool.submit(erase_the_other_way_round)
            until(lambda: begun.is_set() or waiting(cities, work.city) or None)
            intake.execute(ERASE, (culture[1],))
        at_the_same_time.result()

    assert counted(work) == before
    assert not set(chain(parks, culture)) & kept(work)


def waiting(cities: Cities, city: City) -> bool:
    """Whether somebody in the city waits for a lock."""
    with connected(cities.administrator_url(city)) as administrator:
        rows = administrator.execute(
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchall()
    return bool(rows)


def kept(work: Work) -> set[UUID]:
    """The proposals of which words are kept."""
    with work.office.database.connection() as connection:
        rows = connection.execute("SELECT proposal_id FROM matching_terms JOIN matching_cases USING (case_id)")
        return {proposal for (proposal,) in rows}
