"""Whom a letter goes to: what a record told last is true, and what cannot be opened any more is not told."""

from typing import Any
from uuid import UUID

import pytest

from desk.letters.correspondents import correspondent_of, told_last
from desk.letters.events import Means
from desk.letters.refusals import LetterAddressMissing, LetterErased
from eventstore.protection import Sealed

CONTACT = UUID("5d0c3b52-6a3e-4c0e-9f43-0d7a3d8e2c11")
KNOWN = {
    "contact_id": CONTACT,
    "contact_name": "長谷川 美咲",
    "contact_affiliation": "営業部",
    "contact_email": "h@yuki.example.jp",
    "proposer_name": "株式会社ゆきみち",
    "title": "路線バスの時刻を雪の日にも",
    "receipt_number": "AB12-CD34-EF56",
}


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in KNOWN.items() if name not in names}


class TestToldLast:
    def test_what_was_told_last_is_true(self) -> None:
        events = [{"title": Sealed("はじめ"), "kind": "free"}, {"kind": "call"}, {"title": Sealed("いま"), "other": 1}]
        assert told_last(events, ("title", "kind")) == {"title": "いま", "kind": "call"}

    def test_what_cannot_be_opened_any_more_is_not_told_by_what_was_before(self) -> None:
        assert told_last([{"name": Sealed("前の担当者")}, {"name": Sealed.closed()}], ("name",)) == {}

    def test_that_there_is_none_any_more_is_told(self) -> None:
        assert told_last([{"email": Sealed("a@example.jp")}, {"email": Sealed(None)}], ("email",)) == {"email": None}

    def test_whoever_succeeds_has_no_contact_until_one_is_told(self) -> None:
        succeeded = {"succeeded_on": "2026-11-22", "proposer_name": Sealed("株式会社こうけい")}
        names = ("proposer_name", "contact_id", "contact_name")
        told = told_last([{"contact_id": CONTACT, "contact_name": Sealed("前の担当者")}, succeeded], names)
        assert told == {"proposer_name": "株式会社こうけい", "contact_id": None, "contact_name": None}
        with pytest.raises(LetterAddressMissing):
            correspondent_of(told)
        known = told_last([succeeded, {"contact_id": CONTACT, "contact_name": Sealed("新しい担当者")}], names)
        assert correspondent_of(known).lines == ("株式会社こうけい", "新しい担当者 様")


class TestCorrespondent:
    def test_a_letter_names_organisation_department_and_person_and_the_matter(self) -> None:
        found = correspondent_of(KNOWN)
        assert found.recipient(Means.MAIL).lines == ("株式会社ゆきみち", "営業部", "長谷川 美咲 様")
        assert found.recipient(Means.MAIL).id == CONTACT
        assert found.values["matter"] == "「路線バスの時刻を雪の日にも」（受付番号 AB12-CD34-EF56）"

    def test_without_an_address_by_these_means_there_is_no_recipient(self) -> None:
        with pytest.raises(LetterAddressMissing):
            correspondent_of(KNOWN).recipient(Means.POST)

    @pytest.mark.parametrize("told", [without("contact_name"), {**KNOWN, "contact_name": None}])
    def test_nobody_is_written_to_whose_name_is_erased(self, told: dict[str, Any]) -> None:
        with pytest.raises(LetterErased):
            correspondent_of(told)

    def test_a_matter_whose_title_is_erased_is_not_named(self) -> None:
        assert correspondent_of({**KNOWN, "title": None}).values == {"receipt_number": "AB12-CD34-EF56"}
