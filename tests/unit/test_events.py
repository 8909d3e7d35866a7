"""Event types: what may not be declared fails at import, and what was stored once stays readable."""

import traceback
from dataclasses import dataclass, make_dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.events import EventTypes, Undeclarable, as_json
from eventstore.protection import Business, Internal, Protection, Public, Safety, Seal, Sealed, personal
from eventstore.records import sealed_part
from eventstore.testing import in_clear
from tests.strategies import EVENT_TYPES, FOR_EACH, events_of


class Colour(StrEnum):
    RED = "red"


class Loose(Enum):
    ONE = 1


@dataclass(frozen=True)
class Plain:
    text: str


@dataclass(frozen=True)
class PublicInside:
    text: Public[str]
    size: int | None


def declare(**hints: Any) -> EventTypes:
    """An event with these fields, as its module would declare it at import."""
    types = EventTypes("test")
    types.event(category="thing", version=1)(make_dataclass("Happened", hints.items(), frozen=True, kw_only=True))
    return types


@pytest.mark.parametrize(
    "hint",
    [
        str,
        str | None,
        bytes,
        float,
        dict,
        dict[str, int],
        list,
        list[int],
        set[int],
        object,
        Any,
        Decimal,
        time,
        Loose,
        Plain,
        tuple[str, ...],
        tuple[int, str],
        tuple[Plain, ...],
        tuple[tuple[str, ...], ...],
        int | str,
        Annotated[str, "just a note"],
    ],
    ids=str,
)
def test_what_is_unsealed_and_not_of_a_fixed_form_fails_at_import(hint: Any) -> None:
    with pytest.raises(Undeclarable, match=r"Happened\.field"):
        declare(field=hint)


@pytest.mark.parametrize("hint", [float, dict[str, str], list[str], object, Plain | float, tuple[float, ...]], ids=str)
def test_what_is_sealed_must_have_a_fixed_form_too(hint: Any) -> None:
    with pytest.raises(Undeclarable, match=r"Happened\.field"):
        declare(field=Internal[hint])


@pytest.mark.parametrize(
    "hint",
    [
        UUID,
        Colour,
        bool,
        int,
        date,
        datetime,
        int | None,
        Colour | None,
        tuple[Colour, ...],
        tuple[UUID, int],
        Public[str],
        Public[str | None],
        tuple[Public[str], ...],
        PublicInside,
        Business[str],
        Business[bytes],
        Safety[Plain | None],
        Internal[tuple[Plain, ...]],
    ],
    ids=str,
)
def test_what_is_fixed_public_or_sealed_may_be_declared(hint: Any) -> None:
    declare(field=hint)


@pytest.mark.parametrize("hint", [Sealed[str], Sealed[str] | None, tuple[Sealed[str], ...]], ids=str)
def test_a_sealed_value_without_a_class_fails_at_import(hint: Any) -> None:
    with pytest.raises(Undeclarable):
        declare(field=hint)


@pytest.mark.parametrize("hint", [Annotated[str, Seal(protection=Protection.INTERNAL)], Internal[str] | None], ids=str)
def test_a_class_without_a_sealed_value_fails_at_import(hint: Any) -> None:
    with pytest.raises(Undeclarable):
        declare(field=hint)


@pytest.mark.parametrize(
    "other",
    [{}, {"person": Public[str]}, {"person": UUID | None}, {"person": Internal[UUID]}, {"somebody": UUID}],
    ids=str,
)
def test_a_personal_value_must_name_a_clear_id_of_its_person(other: dict[str, Any]) -> None:
    with pytest.raises(Undeclarable, match="names no clear id"):
        declare(name=Annotated[Sealed[str], personal(of="person")], **other)


def test_a_personal_value_without_any_person_fails_at_import() -> None:
    with pytest.raises(Undeclarable, match="names no clear id"):
        declare(name=Annotated[Sealed[str], Seal(protection=Protection.PERSONAL)])


@pytest.mark.parametrize("name", ["reason", "command_digest"])
def test_the_names_of_the_envelope_s_sealed_parts_are_taken(name: str) -> None:
    with pytest.raises(Undeclarable, match="the envelope"):
        declare(**{name: Internal[str]})


def test_a_version_is_declared_once() -> None:
    types = declare(size=int)

    with pytest.raises(Undeclarable, match="twice"):
        types.event(category="thing", version=1)(make_dataclass("Happened", [("size", int)]))


def test_what_is_no_dataclass_is_no_event() -> None:
    with pytest.raises(Undeclarable, match="not a dataclass"):
        EventTypes("test").event(category="thing", version=1)(type("Happened", (), {}))


def upcasting() -> EventTypes:
    """Three versions of an event: v2 renamed a field, v3 sealed a value that v2 had in clear and split another."""
    types = EventTypes("test")
    fields: dict[int, dict[str, Any]] = {
        1: {"amount": int, "note": Internal[str]},
        2: {"yen": int, "note": Internal[str]},
        3: {"yen": int, "note": Internal[str], "paid": bool},
    }
    for version, hints in fields.items():
        cls = make_dataclass("Paid", hints.items(), frozen=True, kw_only=True)
        types.event(category="thing", version=version)(cls)
    types.upcaster("Paid", from_version=1)(lambda v: {"yen": v["amount"], "note": v["note"]})
    types.upcaster("Paid", from_version=2)(lambda v: {**v, "paid": v["yen"] > 0})
    return types


@pytest.mark.parametrize(
    ("version", "values"),
    [(1, {"amount": 5}), (2, {"yen": 5}), (3, {"yen": 5, "paid": True})],
)
def test_an_old_version_is_brought_up_step_by_step(version: int, values: dict[str, Any]) -> None:
    event = upcasting().decode("Paid", version, {**values, "note": Sealed("秘")})

    assert (event.yen, event.paid, event.note.reveal()) == (5, True, "秘")


def test_an_upcaster_hands_a_closed_value_on() -> None:
    event = upcasting().decode("Paid", 1, {"amount": 5, "note": Sealed.closed()})

    assert not event.note.is_open


@pytest.mark.parametrize(("name", "version"), [("Paid", 4), ("Paid", 0), ("Unknown", 1)])
def test_a_version_that_nobody_declared_cannot_be_read(name: str, version: int) -> None:
    with pytest.raises(KeyError):
        upcasting().decode(name, version, {})


@pytest.mark.parametrize(
    "values",
    [{}, {"size": 1, "more": 2}, {"more": 2}],
    ids=["missing", "more", "another"],
)
def test_fields_that_do_not_fit_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        declare(size=int).decode("Happened", 1, values)


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (int, "1"),
        (int, True),
        (int, 1.5),
        (int, None),
        (bool, 1),
        (bool, "true"),
        (bool, None),
        (date, "22 November"),
        (date, 5),
        (datetime, "2026-11-22"),
        (UUID, "not-a-uuid"),
        (UUID, 5),
        (Colour, "blue"),
        (Public[str], 5),
        (Public[str], None),
        (tuple[int, ...], 5),
        (tuple[int, ...], ["1"]),
        (PublicInside, {"text": "a", "size": None, "more": 1}),
        (PublicInside, {"text": "a"}),
    ],
    ids=str,
)
def test_a_field_of_another_form_is_refused(hint: Any, value: Any) -> None:
    with pytest.raises(ValueError, match="field: not of the form"):
        declare(field=hint).decode("Happened", 1, {"field": value})


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=9))])
def test_an_instant_that_is_not_in_utc_is_not_written(zone: timezone | None) -> None:
    types = declare(at=datetime)
    declared = types.declared("Happened", 1)

    with pytest.raises(ValueError, match="in UTC"):
        declared.clear(declared.cls(at=datetime(2026, 11, 22, tzinfo=zone)))


def test_a_look_up_is_of_a_text() -> None:
    with pytest.raises(Undeclarable, match="only a text can be looked up"):
        declare(number=Annotated[Sealed[int], Seal(protection=Protection.INTERNAL, blind_index="number")])


def test_a_category_is_protected_in_its_existence_or_is_not() -> None:
    types = EventTypes("mixed")
    types.event(category="matter", version=1)(make_dataclass("First", [("size", int)]))
    with pytest.raises(Undeclarable, match="protected in their existence"):
        types.event(category="matter", version=1, existence_protected=True)(make_dataclass("Second", [("size", int)]))


def test_a_sealed_value_of_another_form_is_refused_and_not_shown() -> None:
    name = "".join(("青森", "太郎"))
    with pytest.raises(ValueError, match="field: not of the form") as raised:
        declare(field=Internal[UUID]).decode("Happened", 1, {"field": Sealed(name)})

    shown = "".join(traceback.format_exception(raised.value))
    assert name not in shown


def repr_of_types(event: Any) -> str:
    """The values with their classes: a code equals its text, and yet is another thing."""
    return repr(in_clear(event))


@pytest.mark.parametrize("declared", EVENT_TYPES, ids=lambda declared: f"{declared.name}.v{declared.version}")
@FOR_EACH
@given(data=st.data())
def test_dumped_and_loaded_every_event_is_the_same(declared: Any, data: st.DataObject) -> None:
    event = data.draw(events_of(declared))
    values = {
        field.name: Sealed(as_json(getattr(event, field.name).reveal()))
        if field.seal
        else as_json(getattr(event, field.name))
        for field in declared.fields
    }

    loaded = declared.structure(values)
    assert loaded == event
    assert repr_of_types(loaded) == repr_of_types(event)


@pytest.mark.parametrize("declared", EVENT_TYPES, ids=lambda declared: f"{declared.name}.v{declared.version}")
def test_no_clear_field_can_be_taken_for_a_commitment(declared: Any) -> None:
    names = set(sealed_part(Protection.INTERNAL, UUID(int=0), b""))

    for field in declared.fields:
        if field.seal is None and hasattr(field.type, "__dataclass_fields__"):
            assert set(field.type.__dataclass_fields__) != names


def test_every_registered_event_is_frozen_and_keyword_only() -> None:
    for declared in EVENT_TYPES:
        parameters = declared.cls.__dataclass_params__
        assert parameters.frozen, declared.name
        assert declared.cls.__match_args__ == (), declared.name
