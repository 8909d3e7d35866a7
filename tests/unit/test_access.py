"""Access events: declared in streams of their own whose existence is protected, in every service alike."""

from typing import Any

import pytest

from apps.composition import SENTENCES, SERVICES
from desk.access import CLASSES, RecordOpened, RecordsRevealed, declare_access
from desk.openings import PURPOSE_LIMIT, stated_purpose
from eventstore.errors import InvalidMessage
from eventstore.events import EventTypes
from eventstore.protection import Protection
from tests.samples import sample

EACH = [
    declared for service in SERVICES for declared in service.events if declared.cls in (RecordOpened, RecordsRevealed)
]


@pytest.mark.row("B09")
def test_access_stands_in_a_category_of_the_service_whose_existence_is_protected() -> None:
    first, second = EventTypes("first"), EventTypes("second")

    for types in (first, second):
        declare_access(types, RecordOpened, RecordsRevealed)

    assert {(one.category, one.existence_protected) for one in first} == {("first_access", True)}
    assert {one.category for one in second} == {"second_access"}


def test_a_category_belongs_to_one_service_only() -> None:
    owned = [(declared.category, service.name) for service in SERVICES for declared in service.events]

    assert len({category for category, _ in owned}) == len(set(owned))


@pytest.mark.parametrize("declared", EACH, ids=lambda declared: declared.name)
def test_each_access_event_has_a_sentence(declared: Any) -> None:
    event = sample(declared)
    fields = {field.name: getattr(event, field.name) for field in declared.fields if field.seal is None}

    assert SENTENCES[declared.category][declared.name](fields, "").endswith("。")


def test_every_class_is_said_in_words() -> None:
    assert set(CLASSES) == set(Protection)


@pytest.mark.parametrize("purpose", [None, "審査のため", "x", "長" * PURPOSE_LIMIT])
def test_a_purpose_is_a_line_of_text_or_none(purpose: str | None) -> None:
    assert stated_purpose(purpose) == purpose


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", "required"), (" \u3000", "required"), ("長" * (PURPOSE_LIMIT + 1), "too_long"),
        ("\u200b", "required"), ("\u202e", "required"), ("\u3164\u2800", "required"),
        ("二\n行", "control_character"), ("二\u2028行", "control_character"), ("\ud800", "control_character"),
        (5, "wrong_type"), (["x"], "wrong_type"),
    ],
)  # fmt: skip
def test_what_is_no_line_of_text_is_no_purpose(given: object, code: str) -> None:
    with pytest.raises(InvalidMessage) as refused:
        stated_purpose(given)

    assert [(error.field, error.code) for error in refused.value.errors] == [("purpose", code)]
