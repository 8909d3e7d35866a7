"""What the tests of verification share: a ledger with closed days and a break, and a superuser who changes it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias

import pytest

from apps.ledger import outside, signer
from eventstore.city import City
from eventstore.ledger.findings import Fault
from eventstore.ledger.stored import Ledger
from tests.cities import NOON, Cities
from tests.integration.conftest import OpenStore
from tests.ledgers import closed, connected, filled, intruder, numbered, signed, verdict_of
from tests.toy import NEIGHBOUR, TOY

DAYS_AGO, COUNTED, LETTERS = (3, 2, 0), (80, 16, 60), (10, 16, 5)
"""What happened when: so many times it was counted, then so many letters written."""
SIZE = 280
AT = 137
"""A letter with everything sealed."""
OF_AT = "sequence = (SELECT sequence FROM positions WHERE position = 137)"

Tamper: TypeAlias = Callable[..., list[tuple[int, Fault]]]

KEPT = (
    *(f"{table}_{service}" for table in ("events", "data_keys", "sealed_values", "blind_indexes")
      for service in ("toy", "neighbour")),
    "positions", "tree_nodes", "checkpoints", "relay_progress", "ledger_epochs",
)  # fmt: skip


@pytest.fixture(scope="module")
def ledger_city(cities: Cities, open_store: OpenStore) -> City:
    """A toy city with a signed ledger: three days closed, a break after the first. Tests give back what they change."""
    city = cities.stripped([TOY, NEIGHBOUR], "ledger")
    store = open_store(city=city)
    for days_ago, counted, letters in zip(DAYS_AGO, COUNTED, LETTERS, strict=True):
        filled(store, letters, counted=counted, at=NOON - timedelta(days=days_ago))
        numbered(city)
        signed(city)
        if days_ago == 3:
            broken(city)
    assert len(closed(city, NOON)) == 3
    assert verdict_of(city).is_sound
    return city


def broken(city: City) -> None:
    """Records a break, as after a restored backup."""
    with connected(city.databases["relay"]) as connection:
        ledger = Ledger(connection)
        ledger.begin_epoch("停電", NOON, outside(city).newest())
        ledger.sign(ledger.checkpoint(city.municipality), signer(city), outside(city), NOON, None)


@pytest.fixture
def tamper(cities: Cities, ledger_city: City) -> Tamper:
    """`tamper(statement, …)`: position and kind of what a verification finds after them; all is given back.

    What else it is given goes to `verdict_of`.
    """

    def found(*statements: str, **options: Any) -> list[tuple[int, Fault]]:
        with intruder(cities, ledger_city) as superuser:
            for table in KEPT:
                superuser.connection.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}".encode())
            superuser.does(*statements)
            try:
                return [(one.position, one.fault) for one in verdict_of(ledger_city, **options).findings]
            finally:
                with superuser.connection.transaction():
                    superuser.connection.execute("SET LOCAL session_replication_role = replica")
                    for table in KEPT:
                        superuser.connection.execute(f"DELETE FROM {table}".encode())
                        superuser.connection.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}".encode())

    return found
