"""Reading others' events: what is asked for, in its own types, and nothing else."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from desk.foreign import reading
from eventstore.errors import InvalidMessage

ID = "0197f3a2-0000-7000-8000-000000000001"
TOLD: dict[str, Any] = {"entry_id": ID, "flagged_on": "2026-11-22", "name": "one"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is asked for here."""

    entry_id: UUID
    flagged_on: date
    name: str


def test_strangers_among_the_fields_are_passed_over() -> None:
    expected = Told(entry_id=UUID(ID), flagged_on=date(2026, 11, 22), name="one")

    assert reading(Told)(TOLD) == reading(Told)({**TOLD, "stranger": 1}) == expected


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({}, "entry_id, flagged_on, name"),
        ({**TOLD, "entry_id": "one"}, "entry_id"),
        ({**TOLD, "flagged_on": "22.11.2026", "name": 1}, "flagged_on, name"),
        ({**TOLD, "name": None}, "name"),
    ],
)
def test_what_is_missing_or_of_another_form_is_named_and_not_shown(told: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidMessage) as refused:
        reading(Told)(told)

    assert refused.value.args == ("unreadable", f"not of the form that is known here: {named}")


def test_a_field_of_no_known_form_cannot_be_asked_for() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Odd:
        count: complex

    with pytest.raises(KeyError):
        reading(Odd)
