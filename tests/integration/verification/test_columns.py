"""A superuser with triggers off changes each column of the store and the ledger in turn: it is named, or harmless."""

import pytest

from eventstore.city import City
from eventstore.ledger.findings import Fault
from tests.integration.verification.conftest import AT, OF_AT, SIZE, Tamper
from tests.ledgers import connected

SENDER = f"(SELECT key_id FROM blind_indexes_toy WHERE stream_id = (SELECT stream_id FROM events_toy WHERE {OF_AT}))"
"""The key of the letter at AT that a look-up stands under."""
OTHER = f"(SELECT key_id FROM blind_indexes_toy WHERE key_id <> {SENDER} ORDER BY key_id LIMIT 1)"
EVENT, KEY, VALUE, INDEX = (
    f"UPDATE events SET {{}} WHERE {OF_AT}",
    f"UPDATE data_keys SET {{}} WHERE id = {SENDER}",
    f"UPDATE sealed_values SET {{}} WHERE key_id = {SENDER}",
    f"UPDATE blind_indexes SET {{}} WHERE key_id = {SENDER}",
)
POSITION = f"UPDATE positions SET {{}} WHERE position = {AT}"
SIGNED = f"UPDATE checkpoints SET {{}} WHERE size = {SIZE}"

FOUND = {
    ("events", "service"): (EVENT, "service = 'neighbour'", (AT, Fault.RECORD_MISSING)),
    ("events", "sequence"): (EVENT, "sequence = -1", (AT, Fault.RECORD_MISSING)),
    ("events", "category"): (EVENT, "category = 'other'", (AT, Fault.COLUMN_CHANGED)),
    ("events", "stream_id"): (EVENT, "stream_id = gen_random_uuid()", (AT, Fault.COLUMN_CHANGED)),
    ("events", "version"): (EVENT, "version = version + 9", (AT, Fault.COLUMN_CHANGED)),
    ("events", "id"): (EVENT, "id = gen_random_uuid()", (AT, Fault.COLUMN_CHANGED)),
    ("events", "type"): (EVENT, "type = 'Other'", (AT, Fault.COLUMN_CHANGED)),
    ("events", "schema_version"): (EVENT, "schema_version = 9", (AT, Fault.COLUMN_CHANGED)),
    ("events", "command_id"): (EVENT, "command_id = gen_random_uuid()", (AT, Fault.COLUMN_CHANGED)),
    ("events", "recorded_at"): (EVENT, "recorded_at = recorded_at + '1 microsecond'", (AT, Fault.COLUMN_CHANGED)),
    ("events", "record"): (EVENT, "record = record || ' '::bytea", (AT, Fault.RECORD_CHANGED)),
    ("positions", "position"): (POSITION, "position = 9999", (AT, Fault.POSITION_MISSING)),
    ("positions", "sequence"): (POSITION, "sequence = 9999", (AT, Fault.RECORD_MISSING)),
    ("positions", "service"): (POSITION, "service = 'neighbour'", (AT, Fault.RECORD_MISSING)),
    ("positions", "leaf"): (POSITION, "leaf = sha256(leaf)", (AT, Fault.RECORD_CHANGED)),
    ("tree_nodes", "level"): ("UPDATE tree_nodes SET {}", "level = 16", (256, Fault.NODE_CHANGED)),
    ("tree_nodes", "number"): ("UPDATE tree_nodes SET {}", "number = 1", (256, Fault.NODE_CHANGED)),
    ("tree_nodes", "hash"): ("UPDATE tree_nodes SET {}", "hash = sha256(hash)", (256, Fault.NODE_CHANGED)),
    ("checkpoints", "size"): (SIGNED, "size = 279", (0, Fault.CHECKPOINT_INVALID)),
    ("checkpoints", "origin"): (SIGNED, "origin = 'renkei/012025/3'", (0, Fault.CHECKPOINT_INVALID)),
    ("checkpoints", "note"): (SIGNED, "note = replace(note, '280', '279')", (0, Fault.CHECKPOINT_INVALID)),
    ("checkpoints", "closes"): (
        "UPDATE checkpoints SET {} WHERE closes IS NULL AND size = 200", "closes = '2026-11-22'",
        (0, Fault.CLOSING_WRONG),
    ),
    ("ledger_epochs", "epoch"): ("UPDATE ledger_epochs SET {}", "epoch = 3", (0, Fault.BREAK_UNSIGNED)),
    ("ledger_epochs", "began_at_size"): ("UPDATE ledger_epochs SET {}", "began_at_size = 9", (0, Fault.BREAK_UNSIGNED)),
    ("relay_progress", "one"): ("DELETE FROM relay_progress", "", (0, Fault.PROGRESS_MISSING)),
    ("relay_progress", "decided"): (
        "UPDATE relay_progress SET {}", "decided = 9999", (SIZE + 1, Fault.LEDGER_SHORTENED),
    ),
    ("relay_progress", "published"): (
        "UPDATE relay_progress SET {}", "published = 281", (SIZE + 1, Fault.LEDGER_SHORTENED),
    ),
    ("data_keys", "service"): (KEY, "service = 'neighbour'", (AT, Fault.KEY_MISSING)),
    ("data_keys", "id"): (KEY, "id = gen_random_uuid()", (AT, Fault.KEY_MISSING)),
    ("data_keys", "category"): (KEY, "category = 'other'", (AT, Fault.KEY_WRONG)),
    ("data_keys", "stream_id"): (KEY, "stream_id = gen_random_uuid()", (AT, Fault.KEY_WRONG)),
    ("data_keys", "class_group"): (KEY, "class_group = 'business'", (AT, Fault.KEY_WRONG)),
    ("data_keys", "subject"): (KEY, "subject = gen_random_uuid()", (AT, Fault.KEY_WRONG)),
    ("data_keys", "master_key"): (KEY, "master_key = gen_random_uuid()", (AT, Fault.KEY_WRONG)),
    ("data_keys", "wrapped"): (KEY, "wrapped = wrapped || 'x'::bytea", (AT, Fault.KEY_WRONG)),
    ("sealed_values", "service"): (VALUE, "service = 'neighbour'", (AT, Fault.CIPHERTEXT_MISSING)),
    ("sealed_values", "key_id"): (VALUE, "key_id = gen_random_uuid()", (AT, Fault.CIPHERTEXT_MISSING)),
    ("sealed_values", "event_id"): (VALUE, "event_id = gen_random_uuid()", (AT, Fault.CIPHERTEXT_MISSING)),
    ("sealed_values", "blob"): (VALUE, "blob = blob || 'x'::bytea", (AT, Fault.CIPHERTEXT_CHANGED)),
    ("blind_indexes", "service"): (INDEX, "service = 'neighbour'", (AT, Fault.INDEX_MISSING)),
    ("blind_indexes", "name"): (INDEX, "name = 'other'", (AT, Fault.INDEX_MISSING)),
    ("blind_indexes", "digest"): (INDEX, "digest = sha256(digest)", (AT, Fault.INDEX_MISSING)),
    ("blind_indexes", "category"): (INDEX, "category = 'other'", (0, Fault.INDEX_WRONG)),
    ("blind_indexes", "stream_id"): (INDEX, "stream_id = gen_random_uuid()", (AT, Fault.INDEX_MISSING)),
    ("blind_indexes", "key_id"): (INDEX, f"key_id = {OTHER}", (0, Fault.INDEX_WRONG)),
}  # fmt: skip
"""Table and column → statement, change, and what is found first."""

REMARKS = {
    ("checkpoints", "signed_at"): "signed_at = signed_at - interval '1 year'",
    ("ledger_epochs", "held_size"): "held_size = 1",
    ("ledger_epochs", "reason"): "reason = 'another'",
    ("ledger_epochs", "begun_at"): "begun_at = now()",
}
"""What is written beside and signed by nobody: docs/verify.md says so."""

TABLES = sorted({table for table, _ in FOUND})


@pytest.mark.row("N13")
@pytest.mark.parametrize("column", FOUND, ids=".".join)
def test_a_changed_column_is_named_by_place_and_kind(tamper: Tamper, column: tuple[str, str]) -> None:
    statement, change, expected = FOUND[column]

    assert tamper(statement.format(change))[0] == expected


@pytest.mark.parametrize("column", REMARKS, ids=".".join)
def test_a_remark_is_protected_by_nothing(tamper: Tamper, column: tuple[str, str]) -> None:
    assert tamper(f"UPDATE {column[0]} SET {REMARKS[column]}") == []


def test_no_column_is_forgotten(ledger_city: City) -> None:
    with connected(ledger_city.databases["records"]) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY(%s)", (TABLES,)
        ).fetchall()

    assert set(columns) == FOUND.keys() | REMARKS.keys()


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("category", "category = 'other'"), ("stream_id", "stream_id = gen_random_uuid()"),
        ("version", "version = version + 9"), ("type", "type = 'Other'"), ("schema_version", "schema_version = 9"),
        ("command_id", "command_id = gen_random_uuid()"), ("recorded_at", "recorded_at = 'infinity'"),
    ],
)  # fmt: skip
def test_one_changed_column_is_one_finding(tamper: Tamper, column: str, change: str) -> None:
    assert tamper(EVENT.format(change)) == [(AT, Fault.COLUMN_CHANGED)]


def test_an_event_moved_to_another_service_with_its_position_is_named(tamper: Tamper) -> None:
    assert tamper(EVENT.format("service = 'neighbour'"), POSITION.format("service = 'neighbour'"))[0] == (
        AT,
        Fault.COLUMN_CHANGED,
    )


def test_another_sequence_number_of_event_and_position_alike_changes_nothing(tamper: Tamper) -> None:
    """It says in which order events were written down, and nobody reads it again when they are numbered."""
    number = f"(SELECT sequence FROM positions WHERE position = {AT})"

    assert tamper(
        f"UPDATE events_toy SET sequence = -{number} WHERE sequence = {number}",
        f"UPDATE positions SET sequence = -sequence WHERE position = {AT}",
    ) == []  # fmt: skip


@pytest.mark.parametrize("progress", ["decided = 0", "published = 0"])
def test_a_relay_that_forgets_how_far_it_was_does_it_again(tamper: Tamper, progress: str) -> None:
    assert tamper("UPDATE relay_progress SET published = 280", f"UPDATE relay_progress SET {progress}") == []
