"""Verification against checkpoints: forged ones, breaks and closings are named; a rewritten past is contradicted."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.ledger import outside, signer
from eventstore.city import City
from eventstore.ledger.checkpoints import Checkpoint, Signer, origin_of
from eventstore.ledger.findings import Fault
from eventstore.ledger.stored import Ledger
from eventstore.ledger.tree import Growing
from eventstore.merkle import leaf_hash
from tests.cities import NOON, Cities
from tests.integration.conftest import OpenStore
from tests.integration.verification.conftest import OF_AT, SIZE, Tamper
from tests.ledgers import Connection, connected, filled, intruder, numbered, signed, verdict_of
from tests.toy import NEIGHBOUR, TOY


@pytest.fixture
def short_city(cities: Cities, open_store: OpenStore) -> City:
    """A city of the test's own: 280 positions, a letter at 137 among them, signed."""
    city = cities.stripped([TOY, NEIGHBOUR], "short")
    filled(open_store(city=city), 36, counted=136)
    numbered(city)
    signed(city)
    return city


def faults(city: City) -> list[tuple[int, Fault]]:
    return [(one.position, one.fault) for one in verdict_of(city).findings]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE checkpoints SET note = '' WHERE size = 280", Fault.CHECKPOINT_INVALID),
        ("UPDATE checkpoints SET note = replace(note, '5 ', '5 雪') WHERE size = 280", Fault.CHECKPOINT_INVALID),
        ("INSERT INTO ledger_epochs VALUES (3, 0, 280, 'forged', now())", Fault.BREAK_UNSIGNED),
        ("INSERT INTO ledger_epochs VALUES (3, 280, 280, 'forged', now())", Fault.BREAK_UNSIGNED),
    ],
    ids=["no note", "no signature", "a break", "a break where a checkpoint is of another origin"],
)  # fmt: skip
def test_a_forged_checkpoint_or_break_is_found(tamper: Tamper, statement: str, fault: Fault) -> None:
    assert tamper(statement) == [(0, fault)]


@pytest.mark.row("N13")
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("closes = '2026-11-18' WHERE closes = '2026-11-19'", {Fault.CLOSING_WRONG, Fault.CLOSING_MISSING}),
        ("closes = '2026-11-22' WHERE closes = '2026-11-21'", {Fault.CLOSING_WRONG, Fault.CLOSING_MISSING}),
        ("closes = '2026-11-22' WHERE closes IS NULL AND size = 200", {Fault.CLOSING_WRONG}),
        ("closes = '2027-11-22' WHERE closes IS NULL AND size = 280", {Fault.CLOSING_WRONG}),
        ("closes = '9999-12-31' WHERE closes IS NULL AND size = 280", {Fault.CLOSING_WRONG}),
        ("closes = 'infinity' WHERE closes IS NULL AND size = 280", {Fault.CHECKPOINT_INVALID}),
    ],
    ids=[
        "a day before the first", "a later day", "a day for one signed on demand", "a day that is not over",
        "the last day of the calendar", "the end of time",
    ],
)  # fmt: skip
def test_another_day_on_a_closing_is_found(tamper: Tamper, change: str, found: set[Fault]) -> None:
    assert {fault for _, fault in tamper(f"UPDATE checkpoints SET {change}")} == found


def test_a_closing_that_is_gone_from_the_database_is_found(tamper: Tamper) -> None:
    on_demand = "DELETE FROM checkpoints WHERE closes IS NULL AND size = 200"

    assert tamper("DELETE FROM checkpoints WHERE closes = '2026-11-20'") == [(0, Fault.CLOSING_MISSING)]
    assert tamper(on_demand, "UPDATE checkpoints SET closes = NULL WHERE closes = '2026-11-20'") == [
        (0, Fault.CLOSING_MISSING)
    ]


def test_a_closing_that_was_signed_at_another_size_than_the_log_says_is_found(short_city: City) -> None:
    """By whoever has the signing key."""
    with connected(short_city.databases["relay"]) as connection:
        ledger = Ledger(connection)
        for day, size in ((date(2026, 11, 22), 279), (date(2026, 11, 21), 0)):
            checkpoint = ledger.checkpoint(short_city.municipality, size)
            ledger.sign(checkpoint, signer(short_city), outside(short_city), NOON, day)

    assert [one.at for one in verdict_of(short_city).findings] == [
        "checkpoint renkei/012025 279 in the database, closing 2026-11-22: by the log it closed at 280"
    ]


def test_a_day_that_nothing_came_after_closed_with_everything(short_city: City) -> None:
    with connected(short_city.databases["relay"]) as connection:
        ledger = Ledger(connection)
        checkpoint = ledger.checkpoint(short_city.municipality)
        ledger.sign(checkpoint, signer(short_city), outside(short_city), NOON, date(2026, 11, 22))

    assert verdict_of(short_city).is_sound
    assert [one.fault for one in verdict_of(short_city, now=NOON + timedelta(hours=11)).findings] == [
        Fault.CLOSING_WRONG
    ]
    assert verdict_of(short_city, now=NOON + timedelta(hours=12)).is_sound


def test_a_verdict_says_how_far_the_signatures_go(
    cities: Cities, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "half")
    for size in (4, 8, 12):
        filled(open_store(city=city), 1)
        numbered(city)
        if size == 8:
            monkeypatch.setenv("RENKEI_CHECKPOINTS", str(tmp_path))
        if size < 12:
            signed(city)
    monkeypatch.delenv("RENKEI_CHECKPOINTS")

    verdict = verdict_of(city)
    assert (verdict.size, verdict.signed, verdict.signed_outside, verdict.findings) == (12, 8, 4, ())


def rewritten(connection: Connection) -> None:
    """Changes one record, and every leaf, node and column that would tell of it: all but what is signed."""
    tree = Growing()
    connection.execute(b"SET LOCAL session_replication_role = replica")
    connection.execute(
        f"UPDATE events_toy SET record = convert_to(replace(convert_from(record, 'UTF8'), '件名', '別名'), 'UTF8')"
        f" WHERE {OF_AT}".encode()
    )
    connection.execute(b"DELETE FROM tree_nodes")
    rows = connection.execute(
        "SELECT position, record FROM positions JOIN events USING (service, sequence) ORDER BY position"
    ).fetchall()
    for position, record in rows:
        made = leaf_hash(record)
        connection.execute("UPDATE positions SET leaf = %s WHERE position = %s", (made, position))
        for node in tree.add(made):
            connection.execute("INSERT INTO tree_nodes VALUES (%s, %s, %s)", node)


@pytest.mark.row("N13")
@pytest.mark.parametrize("has_the_key", [False, True])
def test_who_rewrites_everything_is_caught_by_the_checkpoint_outside(
    cities: Cities, short_city: City, has_the_key: bool
) -> None:
    with intruder(cities, short_city) as superuser, superuser.connection.transaction():
        rewritten(superuser.connection)
        superuser.connection.execute("DELETE FROM checkpoints")
        if has_the_key:
            ledger = Ledger(superuser.connection)
            note = signer(short_city).sign(ledger.checkpoint(short_city.municipality))
            superuser.connection.execute(
                "INSERT INTO checkpoints VALUES (%s, %s, %s, NULL, now())", (SIZE, origin_of("012025", 1), note)
            )

    assert faults(short_city) == [(SIZE, Fault.CHECKPOINT_CONTRADICTED)]


def test_a_break_that_is_forged_to_void_old_checkpoints_does_not(cities: Cities, short_city: City) -> None:
    """A break counts where it is signed; a rewritten past stays contradicted also after one."""
    with intruder(cities, short_city) as superuser, superuser.connection.transaction():
        rewritten(superuser.connection)
        superuser.connection.execute("INSERT INTO ledger_epochs VALUES (2, 0, 0, 'forged', now())")
        superuser.connection.execute("DELETE FROM checkpoints")

    assert {fault for _, fault in faults(short_city)} == {Fault.BREAK_UNSIGNED, Fault.CHECKPOINT_CONTRADICTED}


@pytest.mark.parametrize(
    ("origin", "size", "found"),
    [
        ("renkei/012025", 120, [(120, Fault.CHECKPOINT_CONTRADICTED)]),
        ("renkei/012025", 121, []),
        ("renkei/012025/2", 121, [(121, Fault.CHECKPOINT_CONTRADICTED)]),
    ],
    ids=["where the break is", "of what is lost", "after the break"],
)
def test_a_checkpoint_holds_up_to_the_break_that_ends_its_origin(
    ledger_city: City, origin: str, size: int, found: list[tuple[int, Fault]]
) -> None:
    checkpoint = Checkpoint(origin, size, b"\0" * 32)
    path = outside(ledger_city).keep(checkpoint, signer(ledger_city).sign(checkpoint), date(2026, 11, 19))
    try:
        assert faults(ledger_city) == found
    finally:
        path.unlink()


def test_a_checkpoint_of_nothing_that_says_otherwise_is_contradicted(short_city: City) -> None:
    checkpoint = Checkpoint(signer(short_city).name, 0, b"\0" * 32)
    outside(short_city).keep(checkpoint, signer(short_city).sign(checkpoint))

    assert faults(short_city) == [(0, Fault.CHECKPOINT_CONTRADICTED)]


@pytest.mark.parametrize("content", [None, b"\xff"], ids=["signed by another key", "no text"])
def test_a_checkpoint_outside_that_was_not_signed_is_named(ledger_city: City, content: bytes | None) -> None:
    own = signer(ledger_city)
    checkpoint = Checkpoint(own.name, 5, b"\0" * 32)
    path = outside(ledger_city).keep(checkpoint, Signer(own.name, Ed25519PrivateKey.generate()).sign(checkpoint))
    if content:
        path.write_bytes(content)
    try:
        assert faults(ledger_city) == [(0, Fault.CHECKPOINT_INVALID)]
    finally:
        path.unlink()
