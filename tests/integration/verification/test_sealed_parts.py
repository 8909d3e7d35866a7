"""Verification of what lies beside the records: ciphertexts, keys and look-ups that are gone, changed or slipped in."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from eventstore.city import City
from eventstore.ledger.findings import Fault
from eventstore.protection import ClassGroup, Sealed
from eventstore.records import StreamId
from eventstore.sealing.keys import decrypt, encrypt, write_master_key
from eventstore.sealing.stored import StoredKey
from tests.cities import Cities
from tests.integration.conftest import OpenStore
from tests.integration.verification.conftest import AT, LETTERS, OF_AT, Tamper
from tests.ledgers import Connection, connected, filled, numbered, verdict_of
from tests.toy import NEIGHBOUR, TOY, LetterCopied, context

STREAM = f"(SELECT stream_id FROM events_toy WHERE {OF_AT})"
EVENT = f"(SELECT id FROM events_toy WHERE {OF_AT})"
KEY = f"(SELECT id FROM data_keys_toy WHERE stream_id = {STREAM} AND class_group = 'business')"
SENDER = f"(SELECT key_id FROM blind_indexes_toy WHERE stream_id = {STREAM})"
ANOTHER = f"(SELECT id FROM data_keys_toy WHERE stream_id <> {STREAM} AND class_group = 'business' ORDER BY id LIMIT 1)"
VALUE = "INSERT INTO sealed_values_toy (key_id, event_id, blob)"
INDEX = "INSERT INTO blind_indexes_toy (name, digest, category, stream_id, key_id)"


@pytest.mark.row("N13")
@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (f"DELETE FROM sealed_values_toy WHERE key_id = {KEY}", [(AT, Fault.CIPHERTEXT_MISSING), (0, Fault.KEY_STRAY)]),
        (f"DELETE FROM data_keys_toy WHERE id = {KEY}", [(AT, Fault.KEY_MISSING)]),
        (f"DELETE FROM blind_indexes_toy WHERE stream_id = {STREAM}", [(AT, Fault.INDEX_MISSING)]),
        (f"UPDATE sealed_values_toy SET blob = '' WHERE key_id = {KEY}", [(AT, Fault.CIPHERTEXT_CHANGED)]),
        (f"UPDATE sealed_values_toy SET blob = '' WHERE key_id = {SENDER}", [(AT, Fault.CIPHERTEXT_CHANGED)]),
    ],
    ids=["ciphertext", "key", "look-up", "ciphertext emptied", "ciphertext of what is looked up emptied"],
)  # fmt: skip
def test_what_is_quietly_removed_or_changed_is_named(
    tamper: Tamper, statement: str, found: list[tuple[int, Fault]]
) -> None:
    assert tamper(statement) == found


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (f"{VALUE} SELECT {ANOTHER}, {EVENT}, 'x'", Fault.CIPHERTEXT_STRAY),
        (f"{VALUE} SELECT {KEY}, gen_random_uuid(), 'x'", Fault.CIPHERTEXT_STRAY),
        (
            "INSERT INTO data_keys_toy (id, category, stream_id, class_group, subject, master_key, wrapped) SELECT"
            " gen_random_uuid(), category, stream_id, class_group, gen_random_uuid(), master_key, wrapped"
            f" FROM data_keys_toy WHERE id = {KEY}",
            Fault.KEY_STRAY,
        ),
        (
            f"{INDEX} SELECT name, digest, category, gen_random_uuid(), key_id FROM blind_indexes_toy"
            f" WHERE key_id = {SENDER}",
            Fault.INDEX_WRONG,
        ),
        (
            f"{INDEX} SELECT 'other', i.digest, i.category, k.stream_id, k.id FROM blind_indexes_toy i, data_keys_toy k"
            f" WHERE i.key_id = {SENDER} AND k.id = {ANOTHER}",
            Fault.INDEX_WRONG,
        ),
        (
            f"{INDEX} SELECT name, '\\xff', category, stream_id, key_id FROM blind_indexes_toy WHERE key_id = {SENDER}",
            Fault.INDEX_WRONG,
        ),
        (
            "INSERT INTO blind_indexes SELECT 'neighbour', name, digest, category, stream_id, key_id"
            f" FROM blind_indexes_toy WHERE key_id = {SENDER}",
            Fault.INDEX_WRONG,
        ),
    ],
    ids=[
        "value under another stream's key", "value of no event", "key", "look-up of no stream",
        "look-up of another's number", "look-up of another number", "look-up in another service",
    ],
)  # fmt: skip
def test_what_was_slipped_in_beside_the_records_is_named(
    tamper: Tamper, statement: str, found: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventstore.verification.blind_indexes.PAGE", 4)

    assert tamper(statement) == [(0, found)]


Change = Callable[[dict[str, Any]], bytes | None]
"""Changes path → value and salts, or gives what shall be sealed in their place."""


def sealed_anew(change: Change) -> Callable[[City, Connection], list[str]]:
    """Somebody who has the keys opens the offer at AT, changes it, and seals it again."""

    def statements(city: City, connection: Connection) -> list[str]:
        row = connection.execute(
            f"SELECT id, category, stream_id, class_group, subject, master_key, wrapped FROM data_keys_toy"
            f" WHERE id = {KEY}".encode()
        ).fetchone()
        assert row
        key = city.master_keys(ClassGroup).unwrap(StoredKey(*row).wrapped_key())
        event_id, blob = connection.execute(
            f"SELECT event_id, blob FROM sealed_values_toy WHERE key_id = {KEY}".encode()
        ).fetchone() or (UUID(int=0), b"")
        bound_to = event_id.bytes + key.id.bytes
        values = orjson.loads(decrypt(key.secret, blob, bound_to))
        made = encrypt(key.secret, change(values) or orjson.dumps(values), bound_to)
        return [f"UPDATE sealed_values_toy SET blob = '\\x{made.hex()}' WHERE key_id = {KEY}"]

    return statements


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda values: values["offer"].update(value="見積りは二百万円。"), Fault.COMMITMENT_BROKEN),
        (lambda values: values["offer"].update(salts=""), Fault.COMMITMENT_BROKEN),
        (lambda values: values["offer"].update(salts="é"), Fault.COMMITMENT_BROKEN),
        (lambda values: values["offer"].update(salts=None), Fault.COMMITMENT_BROKEN),
        (lambda values: values.update(offer={"value": "見積りは百万円。"}), Fault.COMMITMENT_BROKEN),
        (lambda values: values.update(offer={}), Fault.COMMITMENT_BROKEN),
        (lambda values: values.update(other=values.pop("offer")), Fault.COMMITMENT_BROKEN),
        (lambda values: values.update(sender={"value": "別人", "salts": ""}), Fault.VALUE_STRAY),
        (lambda values: values.update(offer="x"), Fault.CIPHERTEXT_CHANGED),
        (lambda _: b"[]", Fault.CIPHERTEXT_CHANGED),
        (lambda _: b"x", Fault.CIPHERTEXT_CHANGED),
    ],
    ids=[
        "value",
        "salts",
        "no salts in base64",
        "salts no text",
        "salts gone",
        "nothing",
        "another path",
        "a value more",
        "no object",
        "a list",
        "no JSON",
    ],
)
def test_who_has_the_keys_cannot_change_what_is_sealed(
    cities: Cities, ledger_city: City, tamper: Tamper, change: Change, found: Fault
) -> None:
    with connected(cities.administrator_url(ledger_city)) as connection:
        statements = sealed_anew(change)(ledger_city, connection)

    assert tamper(*statements)[0] == (AT, found)


@pytest.mark.parametrize("group", ClassGroup)
def test_without_a_master_key_its_values_stay_closed_and_nothing_is_wrong(ledger_city: City, group: ClassGroup) -> None:
    verdict = verdict_of(ledger_city, masters=ledger_city.master_keys(set(ClassGroup) - {group}))

    assert verdict.is_sound
    parts = {ClassGroup.INTERNAL: 5, ClassGroup.BUSINESS: 1, ClassGroup.PERSONAL: 2, ClassGroup.SAFETY: 1}
    assert verdict.closed == sum(LETTERS) * parts[group]
    assert verdict.opened == sum(LETTERS) * (9 - parts[group])


def test_without_its_secret_a_service_s_look_ups_are_not_looked_into(tamper: Tamper) -> None:
    removed = f"DELETE FROM blind_indexes_toy WHERE stream_id = {STREAM}"

    assert tamper(removed, indexings={}) == []
    assert tamper(removed) == [(AT, Fault.INDEX_MISSING)]


def test_what_several_services_sealed_verifies_side_by_side(cities: Cities, open_store: OpenStore) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "side")
    filled(open_store(city=city), 1)
    neighbour = open_store(NEIGHBOUR, city=city)
    copied = LetterCopied(copier_id=uuid4(), note=Sealed("写し。"), copier=Sealed("写した人"))
    neighbour.append(neighbour.new_stream(StreamId("copy", uuid4())), [copied], context())
    filled(open_store(city=city), 1)
    numbered(city)

    assert (verdict_of(city).findings, verdict_of(city).opened) == ((), 9 + 2 + 9)


def test_a_key_whose_end_is_recorded_is_not_missed(cities: Cities, ledger_city: City, tamper: Tamper) -> None:
    with connected(cities.administrator_url(ledger_city)) as connection:
        (key_id,) = connection.execute(f"SELECT {KEY}".encode()).fetchone() or (None,)
    gone = [f"DELETE FROM {at} = '{key_id}'" for at in ("data_keys_toy WHERE id", "sealed_values_toy WHERE key_id")]

    assert tamper(*gone, erased=frozenset({key_id})) == []
    assert (AT, Fault.KEY_MISSING) in tamper(*gone)


def test_a_key_of_a_group_that_there_is_not_is_named(cities: Cities, open_store: OpenStore) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "nogroup")
    filled(open_store(city=city), 1)
    numbered(city)
    with connected(cities.administrator_url(city)) as superuser:
        superuser.execute("ALTER TABLE data_keys DROP CONSTRAINT data_keys_class_group_check")
        superuser.execute("UPDATE data_keys SET class_group = 'nothing' WHERE class_group = 'business'")

    assert [(one.position, one.fault) for one in verdict_of(city).findings] == [(1, Fault.KEY_WRONG)]


def test_after_a_new_master_key_the_old_values_still_verify(cities: Cities, open_store: OpenStore) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "rotated")
    filled(open_store(city=city), 2)
    write_master_key(city.folder / "keys", ClassGroup.BUSINESS)
    filled(open_store(city=city), 2)
    numbered(city)

    assert verdict_of(city).is_sound
