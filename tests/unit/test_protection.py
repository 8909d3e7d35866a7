"""Sealed values: they never show themselves, and closed ones cannot be opened."""

import copy
import json
import logging
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.protection import ClassGroup, Closed, Protection, Sealed
from tests.strategies import EVENT_TYPES, FOR_EACH, events_of

SECRET = "090-0000-1234"


@pytest.mark.parametrize(
    "shown",
    [
        repr,
        str,
        ascii,
        "{}".format,
        "{!r}".format,
        lambda sealed: f"{sealed}",
        lambda sealed: f"{sealed!s:>40}",
        lambda sealed: "%s %r" % (sealed, sealed),  # noqa: UP031 - this form is what is tested
        lambda sealed: repr({"inside": [(sealed,)]}),
        lambda sealed: str(KeyError(sealed)),
    ],
)
def test_a_sealed_value_shows_nothing(shown: Any) -> None:
    assert SECRET not in shown(Sealed(SECRET))


def test_a_sealed_value_is_not_written_as_json() -> None:
    with pytest.raises(TypeError):
        json.dumps({"phone": Sealed(SECRET)})


def test_a_sealed_value_does_not_get_into_logs(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").warning("a call came from %s", Sealed(SECRET), extra={"phone": Sealed(SECRET)})

    assert SECRET not in caplog.text
    assert SECRET not in repr(caplog.records[0].__dict__)


def test_a_sealed_value_has_no_attributes_that_tools_would_print() -> None:
    assert not hasattr(Sealed(SECRET), "__dict__")


@pytest.mark.parametrize("declared", EVENT_TYPES, ids=lambda declared: f"{declared.name}.v{declared.version}")
@FOR_EACH
@given(data=st.data())
def test_an_event_shows_nothing_of_what_is_sealed_in_it(declared: Any, data: st.DataObject) -> None:
    event = data.draw(events_of(declared))
    sealed = [getattr(event, field.name) for field in declared.fields if field.seal]

    assert repr(event).count("Sealed(…)") == len(sealed)
    assert str(event) == repr(event)


def test_nothing_opened_shows_in_the_traceback_of_a_closed_value() -> None:
    with pytest.raises(Closed) as raised:
        Sealed.closed().reveal()

    assert SECRET not in "".join(traceback.format_exception(raised.value))


def test_sealed_values_are_equal_where_their_values_are() -> None:
    assert Sealed("a") == Sealed("a")
    assert Sealed("a") != Sealed("b")
    assert Sealed("a") != "a"
    assert Sealed("a") != Sealed.closed()
    assert hash(Sealed("a")) == hash(Sealed("a"))


def test_none_is_a_value_and_not_closed() -> None:
    assert Sealed(None).is_open
    assert Sealed(None).reveal() is None
    assert Sealed(None) != Sealed.closed()


def test_a_copy_of_a_closed_value_is_closed() -> None:
    assert not copy.copy(Sealed.closed()).is_open
    assert not copy.deepcopy(Sealed.closed()).is_open


@pytest.mark.parametrize(
    ("protection", "group"),
    [
        (Protection.INTERNAL, ClassGroup.INTERNAL),
        (Protection.DELIBERATION, ClassGroup.INTERNAL),
        (Protection.BUSINESS, ClassGroup.BUSINESS),
        (Protection.PERSONAL, ClassGroup.PERSONAL),
        (Protection.SAFETY, ClassGroup.SAFETY),
    ],
)
def test_each_class_is_sealed_by_the_keys_of_its_group(protection: Protection, group: ClassGroup) -> None:
    assert protection.group is group


def test_public_values_have_no_keys() -> None:
    with pytest.raises(ValueError, match="not sealed"):
        _ = Protection.PUBLIC.group
