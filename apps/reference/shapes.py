"""JSON Schema of what the code declares: Python types, the dataclasses made of them, and marshmallow's forms."""

from collections.abc import Mapping
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from marshmallow import RAISE, Schema, fields

from apps.reference import docstrings

Shape: TypeAlias = dict[str, Any]
"""A JSON Schema."""

SCALARS: Final[Mapping[Any, Shape]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    UUID: {"type": "string", "format": "uuid"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    NoneType: {"type": "null"},
    Any: {},
}
FIELDS: Final[tuple[tuple[type[fields.Field[Any]], Shape], ...]] = (
    (fields.UUID, SCALARS[UUID]),
    (fields.DateTime, SCALARS[datetime]),
    (fields.Date, SCALARS[date]),
    (fields.Integer, SCALARS[int]),
    (fields.Boolean, SCALARS[bool]),
    (fields.String, SCALARS[str]),
    (fields.List, {"type": "array"}),
    (fields.Dict, {"type": "object"}),
)


def of_type(hint: Any) -> Shape:
    """The shape of a type in JSON. Raises KeyError for one that has none."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return of_type(parts[0])
    if origin in (Union, UnionType):
        (some,) = (part for part in parts if part is not NoneType)
        return or_null(of_type(some))
    if origin in (tuple, list):
        return {"type": "array", "items": of_type(parts[0])}
    if origin in (dict, Mapping):
        return {"type": "object"}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"type": "string", "enum": [str(code) for code in hint]}
    return of_dataclass(hint) if is_dataclass(hint) else dict(SCALARS[hint])


def of_dataclass(declared: Any) -> Shape:
    """The shape of a dataclass, all of whose fields are there."""
    hints = get_type_hints(declared, include_extras=True)
    return an_object({field.name: of_type(hints[field.name]) for field in fields_of(declared)})


def of_form(form: Schema) -> Shape:
    """The shape of what a marshmallow schema takes; strangers are refused where it raises on them."""
    named = {field.data_key or name: field for name, field in form.fields.items()}
    required = [name for name, field in named.items() if field.required]
    shape = an_object({name: of_field(field) for name, field in named.items()}, required)
    shape["description"] = docstrings.read(type(form).__doc__, ()).summary
    return shape | {"additionalProperties": False} if form.unknown == RAISE else shape


def of_field(field: fields.Field[Any]) -> Shape:
    """The shape of a marshmallow field: what it says itself as `shape`, else what its class takes."""
    if isinstance(field, fields.Nested):
        shape = of_form(field.schema)
    else:
        known = next((shape for kind, shape in FIELDS if isinstance(field, kind)), {})
        shape = dict(getattr(field, "shape", known))
    if "inner" in vars(field):
        shape["items"] = of_field(vars(field)["inner"])
    return or_null(shape) if field.allow_none else shape


def an_object(properties: Mapping[str, Shape], required: list[str] | None = None) -> Shape:
    """An object; every property is required unless said otherwise."""
    required = list(properties) if required is None else required
    return {"type": "object", "properties": dict(properties)} | ({"required": required} if required else {})


def or_null(shape: Shape) -> Shape:
    """The shape, which may be null too."""
    if "type" not in shape:
        return shape
    several = {"enum": [*shape["enum"], None]} if "enum" in shape else {}
    return {**shape, "type": [shape["type"], "null"], **several}
