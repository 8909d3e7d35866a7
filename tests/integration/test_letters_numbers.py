"""A document number (文書番号) stands on one letter of a service, in whatever width, and whoever is quicker has it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from desk.letters.commands import ReaddressLetter
from desk.letters.composing import Letters
from desk.letters.events import Means
from desk.letters.refusals import DocumentNumberUsed
from desk.paper import render
from eventstore.city import City
from tests.cities import Cities, FrozenClock
from tests.letters import APPROVAL, CHIEF, Desk

AGAIN = 5
"""How often two officers meet."""


@pytest.fixture
def desk(cities: Cities, city: City, clock: FrozenClock) -> Desk:
    """The desk, which sends nothing."""
    return Desk.of(cities, city, clock)


def approve(desk: Desk, letters: Letters, letter_id: UUID, number: str) -> None:
    letters.approve(
        letter_id, replace(APPROVAL, document_number=number), desk.office.pack(), desk.office.context(CHIEF),
        database=desk.office.database, at=desk.clock.instant, issued_on=date(2026, 11, 22),
    )  # fmt: skip


def test_no_two_letters_go_out_under_one_document_number_in_whatever_width(desk: Desk) -> None:
    first, second = desk.composed(), desk.composed()

    approve(desk, desk.letters, first, "青連第９９号")
    with pytest.raises(DocumentNumberUsed):
        approve(desk, desk.letters, second, "青連第 99 号")
    assert desk.types(second) == ["LetterComposed"]
    desk.does(first, ReaddressLetter(means=Means.MAIL, lines=("長谷川 様",), address="new@yuki.example.jp"))
    approve(desk, desk.letters, first, "青連第99号")
    assert desk.types(first).count("LetterApproved") == 2


def test_of_two_letters_that_are_approved_at_once_under_one_number_one_has_it(desk: Desk) -> None:
    start = Barrier(2)
    officers = (desk, Desk.of(desk.cities, desk.city, desk.clock))

    def typeset(template: str, values: Mapping[str, Any]) -> bytes:
        """Sets a letter in type, and waits for the other one."""
        file = render(template, values)
        start.wait()
        return file

    def told(officer: Desk, letter_id: UUID, number: str) -> str:
        try:
            approve(officer, Letters("intake", officer.office.store, typeset=typeset), letter_id, number)
        except DocumentNumberUsed as refused:
            return refused.code
        return "approved"

    for n in range(AGAIN):
        letters, number = [desk.composed(), desk.composed()], f"青連第1の{n}号"
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(told, officers, letters, [number] * 2))
        assert sorted(answers) == ["approved", "document_number_used"]
