"""hypothesis strategies that follow declarations: values of any form that an event may have, and whole events."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from apps.composition import SERVICES
from eventstore.events import EventType
from eventstore.protection import Sealed

EVENT_TYPES = tuple(declared for service in SERVICES for declared in service.events)
"""Every event type of every service, every version of it."""

FOR_EACH = settings(max_examples=settings().max_examples // 3)
"""For a property that is tried for each of very many types or forms: they share their fields' forms."""

SAFE_INTEGER = 2**53 - 1
TEXTS = st.text(max_size=40) | st.text("。\r\nあa", max_size=12)
INSTANTS = st.datetimes(
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=9))]),
).map(lambda instant: instant.replace(fold=0))

_SCALARS: dict[type, SearchStrategy[Any]] = {
    UUID: st.uuids(),
    bool: st.booleans(),
    int: st.integers(-SAFE_INTEGER, SAFE_INTEGER),
    datetime: INSTANTS,
    date: st.dates(),
    NoneType: st.none(),
    str: TEXTS,
    bytes: st.binary(max_size=40),
}


@cache
def values_of(hint: Any) -> SearchStrategy[Any]:
    """Values of a declared form: a scalar, a code, a tuple, a dataclass, or one of several."""
    if get_origin(hint) is Annotated:
        return values_of(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return st.one_of([values_of(part) for part in get_args(hint)])
    if get_origin(hint) is tuple:
        parts = get_args(hint)
        if parts[-1] is Ellipsis:
            return st.lists(values_of(parts[0]), max_size=3).map(tuple)
        return st.tuples(*map(values_of, parts))
    if is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        return st.builds(hint, **{field.name: values_of(hints[field.name]) for field in fields(hint)})
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    return _SCALARS[hint]


@cache  # drawn from in every example: made once, hypothesis looks into it once
def events_of(declared: EventType) -> SearchStrategy[Any]:
    """Events of a registered type, their sealed fields open."""
    return st.builds(
        declared.cls,
        **{
            field.name: values_of(field.type).map(Sealed) if field.seal else values_of(field.type)
            for field in declared.fields
        },
    )


def json_values(*, texts: SearchStrategy[str] = TEXTS) -> SearchStrategy[Any]:
    """JSON as sealed values have it: no floats, names as in dataclasses."""
    scalars = st.none() | st.booleans() | st.integers(-SAFE_INTEGER, SAFE_INTEGER) | texts
    names = st.text("abcdefg_", min_size=1, max_size=5)
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
        max_leaves=12,
    )
