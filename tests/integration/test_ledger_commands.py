"""`renkei ledger`: verifies, signs and proves, and says with its exit code and its code what it refuses."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import Result

from apps.ledger import outside
from apps.relay.composition import relay_settings
from eventstore.city import City
from eventstore.ledger.checkpoints import VERIFYING, Verifier
from eventstore.ledger.stored import CheckpointsGone
from eventstore.relay.relay import Relay
from tests.cities import Cities
from tests.integration.conftest import OpenStore
from tests.ledgers import connected, filled, intruder, ledger_command, numbered, signed
from tests.toy import NEIGHBOUR, TOY


def test_the_commands_verify_sign_and_prove(cities: Cities, open_store: OpenStore) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "commands")
    filled(open_store(city=city), 2)
    numbered(city)

    signed_note = json.loads(ledger_command(cities, city, "checkpoint").stdout)
    vkey = (city.folder / "keys" / VERIFYING).read_text(encoding="utf-8")
    assert Verifier.parse(vkey).open(signed_note["note"]).size == signed_note["size"] == 8
    sound: dict[str, Any] = json.loads(ledger_command(cities, city, "verify").stdout)
    assert (sound["size"], sound["signed"], sound["signed_outside"], sound["findings"]) == (8, 8, 8, [])
    proof = json.loads(ledger_command(cities, city, "prove", "3").stdout)
    assert (proof["size"], proof["root"], len(proof["path"])) == (8, sound["root"], 3)
    assert json.loads(ledger_command(cities, city, "prove", "--since", "4").stdout)["root"] == sound["root"]
    assert (
        ledger_command(cities, city, "prove").exit_code
        == ledger_command(cities, city, "continue", "--reason", "x").exit_code
        == 2
    )
    for arguments, code in (
        (("prove", "9"), "no_such_position"),
        (("prove", "--since", "9"), "no_such_size"),
        (("checkpoint", "--closing", "2999-01-01"), "day_not_closed"),
    ):
        refused = ledger_command(cities, city, *arguments)
        assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (1, code)

    with intruder(cities, city) as superuser:
        superuser.does("UPDATE events_toy SET type = 'Other' WHERE sequence = (SELECT min(sequence) FROM events_toy)")
    found = ledger_command(cities, city, "verify")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["findings"] == [{"position": 1, "fault": "column_changed", "at": "type"}]


def test_without_a_database_the_commands_say_so(cities: Cities) -> None:
    city = cities.stripped([TOY], "away")
    _without(city, "postgresql://127.0.0.1:1/nothing").write()

    assert ledger_command(cities, city, "verify").exit_code == ledger_command(cities, city, "checkpoint").exit_code == 3


def _without(city: City, uri: str) -> City:
    return replace(city, databases=dict.fromkeys(city.databases, uri))


def _code(result: Result) -> tuple[int, str]:
    return result.exit_code, json.loads(result.stdout)["error"]["code"]


def _notes(city: City) -> list[str]:
    """Every note that is kept, in the database and outside."""
    with connected(city.databases["records"]) as connection:
        rows = connection.execute("SELECT note FROM checkpoints").fetchall()
    return sorted([*(note for (note,) in rows), *(kept.text for kept in outside(city).notes())])


@pytest.mark.row("N13")
@pytest.mark.parametrize("closing", [(), ("--closing", "2026-11-01")], ids=["as it is", "a day's"])
def test_a_fork_is_not_signed(cities: Cities, open_store: OpenStore, closing: tuple[str, ...]) -> None:
    """Whoever rewrote the log since the last checkpoint outside could have the rewritten one signed otherwise."""
    city = cities.stripped([TOY, NEIGHBOUR], "forked")
    filled(open_store(city=city), 2, at=datetime(2026, 11, 1, 3, tzinfo=UTC))
    numbered(city)
    signed(city)
    with intruder(cities, city) as superuser:
        superuser.does("UPDATE positions SET leaf = sha256(leaf) WHERE position = 8")
    before = _notes(city)

    assert _code(ledger_command(cities, city, "checkpoint", *closing)) == (1, "ledger_behind")
    assert _notes(city) == before


@pytest.mark.row("N13")
def test_without_its_checkpoints_outside_a_ledger_is_neither_signed_nor_continued_nor_numbered(
    cities: Cities, open_store: OpenStore
) -> None:
    city = cities.stripped([TOY, NEIGHBOUR], "astray")
    filled(open_store(city=city), 1)
    numbered(city)
    signed(city)
    kept = city.folder / "checkpoints"
    kept.rename(city.folder / "elsewhere")

    for command in (("checkpoint",), ("continue", "--after-restore", "--reason", "x")):
        refused = ledger_command(cities, city, *command)
        assert _code(refused) == (1, "ledger_behind")
        assert "RENKEI_CHECKPOINTS" in json.loads(refused.stdout)["error"]["message"]
    with pytest.raises(CheckpointsGone):
        Relay(relay_settings(replace(city, brokers={"relay": "amqp://127.0.0.1:1/none"})))._sequence()

    (city.folder / "elsewhere").rename(kept)
    assert ledger_command(cities, city, "checkpoint").exit_code == 0


def test_a_checkpoint_that_cannot_be_kept_outside_is_not_kept_in_the_database(
    cities: Cities, open_store: OpenStore
) -> None:
    """The first one would else keep the ledger from ever being numbered again."""
    city = cities.stripped([TOY, NEIGHBOUR], "full")
    filled(open_store(city=city), 1)
    numbered(city)
    (city.folder / "checkpoints").write_text("no folder")

    with pytest.raises(OSError, match="checkpoints"):
        signed(city)

    (city.folder / "checkpoints").unlink()
    assert _notes(city) == []
    assert ledger_command(cities, city, "checkpoint").exit_code == 0
