"""One event of each declared type with values that say where they stand: for goldens, and for looking for leaks."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid5

from eventstore.events import Event, EventType
from eventstore.protection import Sealed

NAMESPACE = UUID("0e8b7c2a-6d0f-4f35-9a55-3f4c1f6f0a01")

Write: TypeAlias = Callable[[str], str]
"""The text for the value at a path."""


def at_its_place(path: str) -> str:
    """A text of three sentences that names its path."""
    return f"{path}の一文目。二文目は改行で終わる\r\n三文目"


def sample(declared: EventType, write: Write = at_its_place, *, sparse: bool = False) -> Event:
    """An event with a value at every path; `sparse` leaves out whatever may be left out."""
    values = {field.name: _value(field.type, field.name, write, sparse) for field in declared.fields}
    return declared.cls(
        **{field.name: Sealed(values[field.name]) if field.seal else values[field.name] for field in declared.fields}
    )


def _value(hint: Any, path: str, write: Write, sparse: bool) -> Any:
    if get_origin(hint) is Annotated:
        return _value(get_args(hint)[0], path, write, sparse)
    if get_origin(hint) in (Union, UnionType):
        return _one_of(get_args(hint), path, write, sparse)
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint), path, write, sparse)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint, include_extras=True)
        return hint(**{f.name: _value(hints[f.name], f"{path}.{f.name}", write, sparse) for f in fields(hint)})
    return _scalar(hint, path, write)


def _one_of(parts: tuple[Any, ...], path: str, write: Write, sparse: bool) -> Any:
    if sparse and NoneType in parts:
        return None
    return _value(next(part for part in parts if part is not NoneType), path, write, sparse)


def _tuple(parts: tuple[Any, ...], path: str, write: Write, sparse: bool) -> tuple[Any, ...]:
    if parts[-1] is Ellipsis:
        parts = () if sparse else parts[:1] * 2
    return tuple(_value(part, f"{path}[{i}]", write, sparse) for i, part in enumerate(parts))


def _scalar(hint: Any, path: str, write: Write) -> Any:
    if issubclass(hint, StrEnum):
        return next(iter(hint))
    if hint in (str, bytes):
        return write(path) if hint is str else write(path).encode()
    return {
        UUID: uuid5(NAMESPACE, path),
        bool: True,
        int: 1_234_567,
        date: date(2026, 11, 22),
        datetime: datetime(2026, 11, 22, 0, 15, tzinfo=UTC),
    }[hint]
