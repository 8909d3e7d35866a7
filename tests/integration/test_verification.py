"""Verification: whatever a superuser does with triggers off is named by place and kind."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.relay.composition import outside, signer
from eventstore.checking import is_consistent, is_included
from eventstore.checkpoints import Checkpoint, Signer, origin_of
from eventstore.city import City
from eventstore.findings import Fault
from eventstore.keys import write_master_key
from eventstore.ledger import Ledger
from eventstore.merkle import leaf_hash
from eventstore.protection import ClassGroup
from eventstore.tree import Growing
from eventstore.verification import Verification
from tests.cities import Cities
from tests.integration.conftest import OpenStore
from tests.ledgers import Connection, connected, filled, intruder, numbered, signed, verdict_of
from tests.toy import NEIGHBOUR, TOY

LETTERS = 70
SIZE = LETTERS * 4
AT = 137  # a letter with everything sealed: four positions a letter, the first of them
OF_AT = "sequence = (SELECT sequence FROM positions WHERE position = 137)"
KEY = f"(SELECT key_id FROM sealed_values_toy WHERE event_id = (SELECT id FROM events_toy WHERE {OF_AT}) LIMIT 1)"


@pytest.fixture(scope="module")
def ledger_city(cities: Cities, open_store: OpenStore) -> City:
    """A toy city with a signed ledger. Tests give back what they change."""
    city = cities.stripped([TOY, NEIGHBOUR], "ledger")
    filled(open_store(city=city), LETTERS)
    assert numbered(city) == SIZE
    signed(city)
    assert verdict_of(city).is_sound
    return city


Tamper = Callable[..., list[tuple[int, Fault]]]


@pytest.fixture
def tamper(cities: Cities, ledger_city: City) -> Tamper:
    """`tamper(statement, …)`: position and kind of what a verification finds after them; all is given back."""

    def found(*statements: str) -> list[tuple[int, Fault]]:
        with intruder(cities, ledger_city) as superuser:
            kept = ("events_toy", "positions", "tree_nodes", "data_keys_toy", "sealed_values_toy", "checkpoints",
                    "relay_progress", "ledger_epochs")  # fmt: skip
            for table in kept:
                superuser.connection.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}".encode())
            superuser.does(*statements)
            try:
                return [(one.position, one.fault) for one in verdict_of(ledger_city).findings]
            finally:
                with superuser.connection.transaction():
                    superuser.connection.execute("SET LOCAL session_replication_role = replica")
                    for table in kept:
                        superuser.connection.execute(f"DELETE FROM {table}".encode())
                        superuser.connection.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}".encode())

    return found


def test_a_sound_ledger_verifies_and_says_its_size_and_root(ledger_city: City) -> None:
    verdict = verdict_of(ledger_city)

    assert (verdict.size, verdict.findings, verdict.closed) == (SIZE, (), 0)
    assert verdict.opened == LETTERS * 9  # seven fields, and twice the reason, and the digest of the command
    with connected(ledger_city.databases["records"]) as connection:
        assert verdict.root == Ledger(connection).root(SIZE)


@pytest.mark.row("N13")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("category", "'other'"), ("stream_id", "gen_random_uuid()"), ("version", "version + 9"),
        ("id", "gen_random_uuid()"), ("type", "'Other'"), ("schema_version", "9"), ("command_id", "gen_random_uuid()"),
        ("recorded_at", "recorded_at + interval '1 microsecond'"),
    ],
)  # fmt: skip
def test_a_changed_column_is_named(tamper: Tamper, column: str, value: str) -> None:
    assert tamper(f"UPDATE events_toy SET {column} = {value} WHERE {OF_AT}") == [(AT, Fault.COLUMN_CHANGED)]


@pytest.mark.parametrize(
    ("statements", "first"),
    [
        ([f"UPDATE events_toy SET record = record || ' ' WHERE {OF_AT}"], (AT, Fault.RECORD_CHANGED)),
        ([f"UPDATE events_toy SET record = '[]' WHERE {OF_AT}"], (AT, Fault.RECORD_CHANGED)),
        ([f"UPDATE events_toy SET record = '' WHERE {OF_AT}"], (AT, Fault.RECORD_CHANGED)),
        ([f"DELETE FROM events_toy WHERE {OF_AT}"], (AT, Fault.RECORD_MISSING)),
        (["DELETE FROM positions WHERE position = 137"], (AT, Fault.POSITION_MISSING)),
        (["UPDATE positions SET leaf = sha256(leaf) WHERE position = 137"], (AT, Fault.RECORD_CHANGED)),
        (["UPDATE positions SET service = 'neighbour' WHERE position = 137"], (AT, Fault.RECORD_MISSING)),
        (["UPDATE positions SET sequence = 99999 WHERE position = 137"], (AT, Fault.RECORD_MISSING)),
        (
            [
                "UPDATE positions SET position = 9999 WHERE position = 137",
                "UPDATE positions SET position = 137 WHERE position = 138",
                "UPDATE positions SET position = 138 WHERE position = 9999",
            ],
            (256, Fault.NODE_CHANGED),
        ),
        (
            [
                "UPDATE events_toy e SET record = o.record FROM events_toy o WHERE (e.sequence, o.sequence) IN"
                " (SELECT a.sequence, b.sequence FROM positions a, positions b WHERE (a.position, b.position)"
                " IN ((137, 139), (139, 137)))"
            ],
            (AT, Fault.RECORD_CHANGED),
        ),
        (["UPDATE tree_nodes SET hash = sha256(hash)"], (256, Fault.NODE_CHANGED)),
        (["DELETE FROM tree_nodes"], (256, Fault.NODE_CHANGED)),
    ],
    ids=[
        "a byte more", "another JSON", "emptied", "event deleted", "position deleted", "leaf", "service", "sequence",
        "positions swapped", "records swapped", "node changed", "node deleted",
    ],
)  # fmt: skip
def test_the_first_position_that_is_wrong_is_named(
    tamper: Tamper, statements: list[str], first: tuple[int, Fault]
) -> None:
    found = [one for one in tamper(*statements) if one[0]]

    assert found[0] == first


@pytest.mark.parametrize("drop_events", [False, True], ids=["positions alone", "events too"])
def test_a_truncated_end_is_found(tamper: Tamper, drop_events: bool) -> None:
    events = ["DELETE FROM events_toy WHERE sequence > (SELECT max(sequence) FROM positions)"] if drop_events else []

    found = tamper("DELETE FROM positions WHERE position > 270", *events)

    assert (271, Fault.LEDGER_SHORTENED) in found
    assert ((0, Fault.NOT_NUMBERED) in found) is not drop_events


def test_what_was_told_and_is_gone_is_found_without_any_checkpoint(tamper: Tamper, ledger_city: City) -> None:
    found = tamper(
        "UPDATE relay_progress SET published = 280",
        "DELETE FROM checkpoints",
        "DELETE FROM positions WHERE position > 270",
        "DELETE FROM events_toy WHERE sequence > (SELECT max(sequence) FROM positions)",
    )
    assert (271, Fault.LEDGER_SHORTENED) in found
    assert len(outside(ledger_city).notes()) == 1


def test_an_event_that_was_slipped_in_is_found(tamper: Tamper) -> None:
    columns = "category, stream_id, version, id, type, schema_version, command_id, recorded_at, record"

    assert tamper(
        f"INSERT INTO events_toy (sequence, {columns}) SELECT -5, category, gen_random_uuid(), version,"
        f" gen_random_uuid(), type, schema_version, command_id, recorded_at, record FROM events_toy WHERE {OF_AT}"
    ) == [(0, Fault.NOT_NUMBERED)]


def test_a_node_beyond_the_end_is_found(tamper: Tamper) -> None:
    assert tamper("INSERT INTO tree_nodes VALUES (8, 1, sha256('x'))") == [(0, Fault.NODE_CHANGED)]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (f"DELETE FROM sealed_values_toy WHERE key_id = {KEY}", Fault.CIPHERTEXT_MISSING),
        (f"UPDATE sealed_values_toy SET blob = blob || 'x' WHERE key_id = {KEY}", Fault.CIPHERTEXT_CHANGED),
        (f"UPDATE sealed_values_toy SET blob = '' WHERE key_id = {KEY}", Fault.CIPHERTEXT_CHANGED),
        (f"UPDATE sealed_values_toy SET event_id = gen_random_uuid() WHERE key_id = {KEY}", Fault.CIPHERTEXT_MISSING),
        (f"DELETE FROM data_keys_toy WHERE id = {KEY}", Fault.KEY_MISSING),
        (f"UPDATE data_keys_toy SET id = gen_random_uuid() WHERE id = {KEY}", Fault.KEY_MISSING),
        (f"UPDATE data_keys_toy SET wrapped = wrapped || 'x' WHERE id = {KEY}", Fault.KEY_WRONG),
        (f"UPDATE data_keys_toy SET master_key = gen_random_uuid() WHERE id = {KEY}", Fault.KEY_WRONG),
        (f"UPDATE data_keys_toy SET stream_id = gen_random_uuid() WHERE id = {KEY}", Fault.KEY_WRONG),
        (f"UPDATE data_keys_toy SET category = 'other' WHERE id = {KEY}", Fault.KEY_WRONG),
        (f"UPDATE data_keys_toy SET subject = gen_random_uuid() WHERE id = {KEY}", Fault.KEY_WRONG),
        (
            "UPDATE data_keys_toy SET class_group = CASE class_group WHEN 'safety' THEN 'business' ELSE 'safety' END,"
            " subject = gen_random_uuid()"
            f" WHERE id = {KEY}",
            Fault.KEY_WRONG,
        ),
    ],
)
def test_a_ciphertext_or_key_that_is_gone_or_changed_is_named(tamper: Tamper, statement: str, fault: Fault) -> None:
    found = tamper(statement)

    assert found[0] == (AT, fault)
    assert {kind for _, kind in found} == {fault}
    assert {position for position, _ in found} <= {AT, AT + 1}  # the stream's next event has a reason under one key


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE checkpoints SET note = replace(note, '280', '279')", Fault.CHECKPOINT_INVALID),
        ("UPDATE checkpoints SET size = 12", Fault.CHECKPOINT_INVALID),
        ("UPDATE checkpoints SET origin = 'renkei/012025/2'", Fault.CHECKPOINT_INVALID),
        ("INSERT INTO ledger_epochs VALUES (2, 0, 280, 'forged', now())", Fault.BREAK_UNSIGNED),
    ],
)
def test_a_forged_checkpoint_or_break_is_found(tamper: Tamper, statement: str, fault: Fault) -> None:
    assert tamper(statement) == [(0, fault)]


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
    cities: Cities, open_store: OpenStore, has_the_key: bool
) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "rewritten")
    filled(open_store(city=city), LETTERS)
    numbered(city)
    signed(city)
    with intruder(cities, city) as superuser, superuser.connection.transaction():
        rewritten(superuser.connection)
        superuser.connection.execute("DELETE FROM checkpoints")
        if has_the_key:
            ledger = Ledger(superuser.connection)
            note = signer(city).sign(ledger.checkpoint(city.municipality))
            superuser.connection.execute(
                "INSERT INTO checkpoints VALUES (%s, %s, %s, NULL, now())", (SIZE, origin_of("012025", 1), note)
            )

    assert [(one.position, one.fault) for one in verdict_of(city).findings] == [(SIZE, Fault.CHECKPOINT_CONTRADICTED)]


def test_a_break_that_is_forged_to_void_old_checkpoints_does_not(cities: Cities, open_store: OpenStore) -> None:
    """A break counts where it is signed; a rewritten past stays contradicted also after one."""
    city = cities.stripped([TOY, NEIGHBOUR], "voided")
    filled(open_store(city=city), LETTERS)
    numbered(city)
    signed(city)
    with intruder(cities, city) as superuser, superuser.connection.transaction():
        rewritten(superuser.connection)
        superuser.connection.execute("INSERT INTO ledger_epochs VALUES (2, 0, 0, 'forged', now())")
        superuser.connection.execute("DELETE FROM checkpoints")

    kinds = {one.fault for one in verdict_of(city).findings}
    assert kinds == {Fault.BREAK_UNSIGNED, Fault.CHECKPOINT_CONTRADICTED}


def test_a_checkpoint_outside_that_another_key_signed_is_named(ledger_city: City) -> None:
    own = signer(ledger_city)
    with_other_key = Signer(own.name, Ed25519PrivateKey.generate())
    checkpoint = Checkpoint(own.name, 5, b"\0" * 32)
    path = outside(ledger_city).keep(checkpoint, with_other_key.sign(checkpoint))
    try:
        assert [one.fault for one in verdict_of(ledger_city).findings] == [Fault.CHECKPOINT_INVALID]
    finally:
        path.unlink()


def test_without_a_master_key_its_values_stay_closed_and_nothing_is_wrong(ledger_city: City) -> None:
    with connected(ledger_city.databases["records"]) as connection:
        verdict = Verification(
            connection,
            ledger_city.master_keys([ClassGroup.INTERNAL]),
            signer(ledger_city).verifier,
            outside(ledger_city),
        ).run()

    assert verdict.is_sound
    assert 0 < verdict.closed < verdict.opened + verdict.closed == LETTERS * 9


def test_after_a_new_master_key_the_old_values_still_verify(cities: Cities, open_store: OpenStore) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "rotated")
    filled(open_store(city=city), 2)
    write_master_key(city.folder / "keys", ClassGroup.BUSINESS)
    filled(open_store(city=city), 2)
    numbered(city)

    assert verdict_of(city).is_sound


def test_proofs_from_the_database_are_accepted(ledger_city: City) -> None:
    with connected(ledger_city.databases["records"]) as connection:
        ledger = Ledger(connection)
        rows = connection.execute("SELECT position, leaf FROM positions WHERE position % 41 = 0").fetchall()
        for position, leaf in rows:
            proof = ledger.prove_inclusion(position)
            assert is_included(leaf, position - 1, proof.size, proof.path, proof.root)
            older = ledger.prove_consistency(position, 275)
            assert is_consistent(position, ledger.root(position), 275, ledger.root(275), older.path)


def test_an_empty_ledger_is_sound(cities: Cities) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "empty")
    signed(city)

    assert (verdict_of(city).size, verdict_of(city).findings) == (0, ())
