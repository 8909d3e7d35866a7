"""What the work queue keeps of proposals: every release of their events has it under the names and keys expected."""

from typing import Final

import orjson
import pytest

from services.matching.projections.case_texts import FOLLOWED_FOR_TEXTS, NAMES
from tests.goldens import CONTRACTS

KEPT: Final = {
    "receipt_number": "internal",
    "title": "business",
    "summary": "business",
    "problem": "business",
    "proposer_id": "uuid",
    "proposer_name": "personal, of proposer_id",
}
"""Name → the class, and so the key, that it is taken to be sealed in."""
EVENTS: Final = ("ProposalReceived", *(followed.type for followed in FOLLOWED_FOR_TEXTS))


def test_every_name_that_is_read_is_looked_at_here() -> None:
    assert set(NAMES) == set(KEPT)


@pytest.mark.parametrize("event", EVENTS)
def test_what_is_kept_ends_with_the_key_that_its_event_is_sealed_by(event: str) -> None:
    for file in CONTRACTS.glob(f"intake/{event}.v*.json"):
        fields = orjson.loads(file.read_bytes())["fields"]
        for name in KEPT.keys() & fields.keys():
            assert fields[name].partition(":")[0].partition(", found by")[0] == KEPT[name]


def test_whatever_says_one_of_the_names_is_followed() -> None:
    telling = {
        golden["type"]
        for golden in (orjson.loads(file.read_bytes()) for file in CONTRACTS.glob("intake/*.json"))
        if golden["category"] == "proposal" and {"title", "proposer_name"} & golden["fields"].keys()
    }
    assert telling == set(EVENTS)
