"""Verification of the ledger's structure: what is deleted, slipped in, swapped, cut off or renumbered is named."""

from pathlib import Path

import pytest

from eventstore.city import City
from eventstore.ledger.checking import is_consistent, is_included
from eventstore.ledger.findings import Fault
from eventstore.ledger.stored import Ledger
from tests.cities import Cities
from tests.integration.verification.conftest import AT, LETTERS, OF_AT, SIZE, Tamper
from tests.ledgers import connected, signed, verdict_of
from tests.toy import NEIGHBOUR, TOY


def test_a_sound_ledger_verifies_and_says_its_size_and_root(ledger_city: City) -> None:
    verdict = verdict_of(ledger_city)

    assert (verdict.size, verdict.findings, verdict.closed) == (SIZE, (), 0)
    assert (verdict.signed, verdict.signed_outside) == (SIZE, SIZE)
    assert verdict.opened == sum(LETTERS) * 9  # seven fields, and twice the reason, and the digest of the command
    with connected(ledger_city.databases["records"]) as connection:
        assert verdict.root == Ledger(connection).root(SIZE)


def test_an_empty_ledger_is_sound(cities: Cities) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "empty")
    signed(city)

    assert (verdict_of(city).size, verdict_of(city).findings) == (0, ())


def swapped(a: int, b: int) -> list[str]:
    """Two positions change places."""
    return [
        f"UPDATE positions SET position = 9999 WHERE position = {a}",
        f"UPDATE positions SET position = {a} WHERE position = {b}",
        f"UPDATE positions SET position = {b} WHERE position = 9999",
    ]


def forged(change: str) -> list[str]:
    """Another record at AT, with its leaf."""
    return [
        f"UPDATE events_toy SET record = {change} WHERE {OF_AT}",
        f"UPDATE positions p SET leaf = sha256('\\x00'::bytea || e.record) FROM events_toy e"
        f" WHERE e.sequence = p.sequence AND p.position = {AT}",
    ]


def replaced(old: str, new: str) -> list[str]:
    """Another text at AT in place of one that stands there, with its leaf."""
    return forged(f"convert_to(regexp_replace(convert_from(record, 'UTF8'), '{old}', '{new}'), 'UTF8')")


@pytest.mark.row("N13")
@pytest.mark.parametrize(
    ("statements", "first"),
    [
        ([f"UPDATE events_toy SET record = '[]' WHERE {OF_AT}"], (AT, Fault.RECORD_CHANGED)),
        ([f"UPDATE events_toy SET record = '' WHERE {OF_AT}"], (AT, Fault.RECORD_CHANGED)),
        ([f"DELETE FROM events_toy WHERE {OF_AT}"], (AT, Fault.RECORD_MISSING)),
        ([f"DELETE FROM positions WHERE position = {AT}"], (AT, Fault.POSITION_MISSING)),
        ([f"DELETE FROM positions WHERE position >= {AT}", "UPDATE relay_progress SET published = 0, decided = 0"],
         (AT, Fault.LEDGER_SHORTENED)),
        ([*swapped(137, 141), *swapped(138, 142)], (200, Fault.CHECKPOINT_CONTRADICTED)),
        (swapped(137, 138), (AT, Fault.OUT_OF_ORDER)),
        (swapped(137, 139), (138, Fault.OUT_OF_ORDER)),
        (
            [
                "UPDATE events_toy e SET record = o.record FROM events_toy o WHERE (e.sequence, o.sequence) IN"
                " (SELECT a.sequence, b.sequence FROM positions a, positions b WHERE (a.position, b.position)"
                " IN ((137, 139), (139, 137)))"
            ],
            (AT, Fault.RECORD_CHANGED),
        ),
        (["DELETE FROM tree_nodes"], (256, Fault.NODE_CHANGED)),
        (forged("'[]'"), (AT, Fault.RECORD_CHANGED)),
        (forged("'{\"form\":1}'"), (AT, Fault.RECORD_CHANGED)),
        (replaced('"version":1', '"version":"x"'), (AT, Fault.RECORD_CHANGED)),
        (replaced('"version":1', '"version":99999999999'), (AT, Fault.RECORD_CHANGED)),
        (replaced('"schema":1', '"schema":[]'), (AT, Fault.RECORD_CHANGED)),
        (replaced('"type":"LetterWritten"', '"type":1'), (AT, Fault.RECORD_CHANGED)),
        (replaced('"id":"[^"]*"', '"id":"x"'), (AT, Fault.RECORD_CHANGED)),
        (replaced('"stream":"[^"]*"', '"stream":"x"'), (AT, Fault.RECORD_CHANGED)),
        (replaced('"service":"toy"', '"service":"x y"'), (AT, Fault.RECORD_CHANGED)),
        (replaced('"service":"toy"', '"service":null'), (AT, Fault.RECORD_CHANGED)),
        (replaced('"service":"toy"', '"service":"nobody"'), (AT, Fault.COLUMN_CHANGED)),
        (replaced('"key":"[^"]*"', '"key":"x"'), (AT, Fault.RECORD_CHANGED)),
        (replaced('"class":"[^"]*"', '"class":"x"'), (AT, Fault.RECORD_CHANGED)),
        (replaced('"reason":[{][^}]*[}]', '"reason":"x"'), (AT, Fault.RECORD_CHANGED)),
    ],
    ids=[
        "another JSON", "emptied", "event deleted", "position deleted", "end cut off", "streams swapped",
        "events swapped within a stream", "events swapped", "records swapped", "node deleted",
        "forged, no object", "forged, no envelope", "forged, version no number", "forged, version too large",
        "forged, schema no number", "forged, type no text", "forged, id", "forged, stream", "forged, service no name",
        "forged, service none", "forged, service nobody's", "forged, key", "forged, class", "forged, reason",
    ],
)  # fmt: skip
def test_the_first_position_that_is_wrong_is_named(
    tamper: Tamper, statements: list[str], first: tuple[int, Fault]
) -> None:
    assert tamper(*statements)[0] == first


@pytest.mark.parametrize("drop_events", [False, True], ids=["positions alone", "events too"])
def test_a_truncated_end_is_found(tamper: Tamper, drop_events: bool) -> None:
    events = ["DELETE FROM events_toy WHERE sequence > (SELECT max(sequence) FROM positions)"] if drop_events else []

    found = tamper("DELETE FROM positions WHERE position > 270", *events)

    assert found[0] == (271, Fault.LEDGER_SHORTENED)
    assert ((0, Fault.NOT_NUMBERED) in found) is not drop_events


@pytest.mark.parametrize("known", ["published = 280", "decided = 280"], ids=["told", "decided"])
def test_what_the_relay_had_and_is_gone_is_found_without_any_checkpoint(cities: Cities, known: str) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "cut")
    with connected(cities.administrator_url(city)) as superuser:
        superuser.execute(f"UPDATE relay_progress SET {known}".encode())

    assert [(one.position, one.fault) for one in verdict_of(city).findings] == [(1, Fault.LEDGER_SHORTENED)]


def test_an_event_that_was_slipped_in_is_found(tamper: Tamper) -> None:
    columns = "category, stream_id, version, id, type, schema_version, command_id, recorded_at, record"

    assert tamper(
        f"INSERT INTO events_toy (sequence, {columns}) SELECT -5, category, gen_random_uuid(), version,"
        f" gen_random_uuid(), type, schema_version, command_id, recorded_at, record FROM events_toy WHERE {OF_AT}"
    ) == [(0, Fault.NOT_NUMBERED)]


@pytest.mark.parametrize("number", [1, 1 << 56], ids=["the next", "so far that the bounds overflow"])
def test_a_node_beyond_the_end_is_found(tamper: Tamper, number: int) -> None:
    assert tamper(f"INSERT INTO tree_nodes VALUES (8, {number}, sha256('x'))") == [(0, Fault.NODE_CHANGED)]


@pytest.mark.parametrize(("gone", "page"), [(40, 1000), (277, 1000), (277, 277), (279, 278)])
def test_an_event_taken_out_before_anything_was_signed_leaves_a_gap_in_its_stream(
    tamper: Tamper, gone: int, page: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Everything after it is numbered anew: leaf by leaf and node by node there is nothing wrong with it."""
    monkeypatch.setattr("eventstore.verification.verification.PAGE", page)
    monkeypatch.setenv("RENKEI_CHECKPOINTS", str(tmp_path))

    assert tamper(
        "DELETE FROM checkpoints",
        "DELETE FROM ledger_epochs",
        f"DELETE FROM events_toy WHERE sequence = (SELECT sequence FROM positions WHERE position = {gone})",
        f"DELETE FROM positions WHERE position = {gone}",
        f"UPDATE positions SET position = position + 10000 WHERE position > {gone}",
        "UPDATE positions SET position = position - 10001 WHERE position > 10000",
    )[0] == (gone, Fault.OUT_OF_ORDER)


@pytest.mark.parametrize("page", [136, 137, 138])
def test_a_position_that_is_gone_is_missed_wherever_its_page_ends(
    tamper: Tamper, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventstore.verification.verification.PAGE", page)

    assert tamper(f"DELETE FROM positions WHERE position = {AT}") == [
        (AT, Fault.POSITION_MISSING),
        (AT + 1, Fault.OUT_OF_ORDER),
        (0, Fault.NOT_NUMBERED),
    ]


def test_so_many_findings_are_enough(tamper: Tamper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eventstore.verification.verification.PAGE", 20)
    read: list[int] = []

    found = tamper(
        "DELETE FROM positions WHERE position > 100 AND position < 250",
        limit=30,
        progress=lambda done, _: read.append(done),
    )
    assert (len(found), read[-1]) == (30, 140)


def test_proofs_from_the_database_are_accepted(ledger_city: City) -> None:
    with connected(ledger_city.databases["records"]) as connection:
        ledger = Ledger(connection)
        rows = connection.execute("SELECT position, leaf FROM positions WHERE position % 41 = 0").fetchall()
        for position, leaf in rows:
            proof = ledger.prove_inclusion(position)
            assert is_included(leaf, position - 1, proof.size, proof.path, proof.root)
            older = ledger.prove_consistency(position, 275)
            assert is_consistent(position, ledger.root(position), 275, ledger.root(275), older.path)
