"""`renkei ledger`: verifies, signs and proves, and says with its exit code and its code what it refuses."""

import json
from dataclasses import replace
from typing import Any

from eventstore.city import City
from eventstore.ledger.checkpoints import VERIFYING, Verifier
from tests.cities import Cities
from tests.integration.conftest import OpenStore
from tests.ledgers import filled, intruder, ledger_command, numbered
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
