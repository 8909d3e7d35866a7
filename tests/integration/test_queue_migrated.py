"""A city that had cases before there was a work queue: after the migration the queue builds itself."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from apps.composition import SERVICES
from apps.provisioning.city import adopt_pack
from apps.provisioning.database import migrate_city
from desk.packs import load_pack
from eventstore.city import City
from eventstore.declaration import Service
from eventstore.records import StreamId
from services.administration.declaration import ADMINISTRATION
from services.intake.declaration import INTAKE
from services.matching.declaration import MATCHING
from services.matching.domain.case.opening import CaseOpened
from tests.cities import AOMORI, Cities
from tests.ledgers import numbered
from tests.work import DAY, Work


@pytest.fixture
def before(tmp_path: Path) -> Service:
    """Matching as it was: with a list of its cases, and no queue."""
    for path in MATCHING.migrations.glob("000[123]_*.sql"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    known = {"cases": ("matching_cases",), "deadlines": ("matching_deadlines",), "letters": ("matching_letters",)}
    subscriptions = (replace(one, tables=known[one.name]) for one in MATCHING.subscriptions if one.name in known)
    return replace(MATCHING, migrations=tmp_path, subscriptions=tuple(subscriptions))


def listed_before(cities: Cities, city: City, case: UUID) -> None:
    """The row of a case as it was, and a checkpoint that has passed it."""
    with psycopg.connect(cities.administrator_url(city), autocommit=True) as administrator:
        administrator.execute(
            "INSERT INTO matching_cases (case_id, proposal_id, version, status, opened_on, recorded_at, position)"
            " SELECT %s, %s, 1, 'unassigned', %s, now(), max(position) FROM positions",
            (case, uuid4(), DAY),
        )
        administrator.execute(
            "INSERT INTO subscriptions_matching (name, position) SELECT 'cases', max(position) FROM positions"
        )
        administrator.execute(
            "INSERT INTO parked_positions_matching (subscription, position, code, parked_at)"
            " VALUES ('cases', 1, 'unreadable', now())"
        )


def test_cases_from_before_the_queue_stand_in_it_without_anybody_building_anything(
    cities: Cities, before: Service
) -> None:
    city = cities.stripped([ADMINISTRATION, INTAKE, before], "migrated")
    pack = AOMORI.read_bytes()
    adopt_pack(city, pack, load_pack(pack, origin="aomori.toml"), approver="市長", reference="企連第1号")
    work, case = Work.of(cities, city), uuid4()
    work.happens(StreamId("case", case), CaseOpened(proposal_id=uuid4(), opened_on=DAY))
    numbered(city)
    listed_before(cities, city, case)

    migrate_city(cities.at.database_url, city.name, SERVICES)

    (item,) = work.work()
    assert (item["case_id"], item["last_contact_on"], item["due_on"]) == (str(case), DAY.isoformat(), None)
    assert work.follower("cases").parked() == []
