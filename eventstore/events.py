"""Event types: how a fact is declared, what of it is sealed, and how old versions are brought up.

    EVENTS = EventTypes("intake")

    @EVENTS.event(category="proposal", version=1)
    @dataclass(frozen=True, slots=True, kw_only=True)
    class ProposalReceived:
        kind: ProposalKind                                        # a closed code: in clear
        contact_id: UUID                                          # a random id: in clear
        title: Business[str]                                      # sealed, sentence by sentence
        contact: Annotated[Sealed[Contact], personal(of="contact_id")]

A type that declares an unsealed free text, a float, or anything else whose form is not fixed, fails at import.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson
from cattrs import Converter
from cattrs.errors import ForbiddenExtraKeysError

from eventstore.protection import PUBLIC, ClassGroup, IndexForm, Protection, Seal, Sealed
from eventstore.sealing.commitments import Json

E = TypeVar("E")
Event: TypeAlias = Any
"""An instance of a registered event class."""
Upcaster: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""Field values of one version → those of the next. Sealed fields come as `Sealed`, the others as JSON."""

CLEAR: Final = (UUID, StrEnum, bool, int, date, datetime, NoneType)
RESERVED: Final = frozenset({"reason", "command_digest"})  # sealed parts of the envelope; a path names one thing only


class Undeclarable(TypeError):
    """An event type that may not be declared: a text that is not sealed, a form that is not fixed, a name taken."""


def _scalar(value: Any, form: type) -> object:
    """A code by its text, any other value as it is: nothing is turned into another form silently."""
    if issubclass(form, StrEnum):
        return form(value)
    if type(value) is not form:
        raise ValueError(f"not {form.__name__}")
    return value


def _instant(value: str) -> datetime:
    """An instant; a time of day without its zone is none."""
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("no instant: its zone is missing")
    return instant


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=False)
    for scalar in (str, int, bool):
        converter.register_structure_hook(scalar, _scalar)
    converter.register_structure_hook(UUID, lambda value, _: UUID(value))
    converter.register_structure_hook(datetime, lambda value, _: _instant(value))
    converter.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    converter.register_structure_hook(bytes, lambda value, _: b64decode(value))
    return converter


_CONVERTER: Final = _converter()


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(f"no JSON form for {type(value).__name__}")


def as_json(value: object) -> Json:
    """A field's value as JSON: ids, dates and instants as text, bytes in base64, dataclasses as objects."""
    return orjson.loads(orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z))


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an event: `type` is the value's own (inside `Sealed`), `seal` None where it stands in clear."""

    name: str
    type: Any
    seal: Seal | None

    def structure(self, value: Any) -> Any:
        """The value from JSON; a `Sealed` comes and goes as `Sealed`, its inside structured.

        Raises ValueError for a value of another form, and does not say which value: it may be a protected one.
        """
        try:
            if not isinstance(value, Sealed):
                return _CONVERTER.structure(value, self.type)
            return Sealed(_CONVERTER.structure(value.reveal(), self.type)) if value.is_open else value
        except (ValueError, TypeError, LookupError, AttributeError, ForbiddenExtraKeysError):
            raise ValueError(f"{self.name}: not of the form that is declared") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A registered version of an event.

    existence_protected: its streams are of a category of their own, it is never published and stands in no list.
    reason_protection: the class of the envelope's reason, the strictest that it can have.
    """

    name: str
    version: int
    category: str
    service: str
    cls: type
    fields: tuple[Field, ...]
    reason_protection: Protection
    existence_protected: bool

    def clear(self, event: Event) -> dict[str, Any]:
        """The fields that stand in clear, as orjson writes them. Raises ValueError for an instant not in UTC."""
        values = {}
        for f in self.fields:
            if f.seal is not None:
                continue
            value = values[f.name] = getattr(event, f.name)
            if type(value) is datetime and value.tzinfo is not UTC:
                raise ValueError(f"{self.name}: instants stand in records in UTC")
        return values

    @property
    def groups(self) -> frozenset[ClassGroup]:
        """The class groups whose keys this type's fields need."""
        return frozenset(f.seal.protection.group for f in self.fields if f.seal is not None)

    def structure(self, values: Mapping[str, Any]) -> Event:
        """The event from its field values. Raises ValueError where one is missing, unknown or of another form."""
        known = {f.name for f in self.fields}
        if set(values) != known:
            raise ValueError(f"{self.name} v{self.version}: fields {sorted(set(values) ^ known)} do not fit")
        return self.cls(**{f.name: f.structure(values[f.name]) for f in self.fields})


class EventTypes:
    """The event types that one service owns, every version ever released."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._types: dict[tuple[str, int], EventType] = {}
        self._by_class: dict[type, EventType] = {}
        self._upcasters: dict[tuple[str, int], Upcaster] = {}
        self._index_forms: dict[str, IndexForm] = {}

    def event(
        self,
        *,
        category: str,
        version: int,
        reason_protection: Protection = Protection.INTERNAL,
        existence_protected: bool = False,
    ) -> Callable[[type[E]], type[E]]:
        """Class decorator: registers a frozen dataclass as `version` of the event of its name, in `category` streams.

        Raises `Undeclarable` at import for an unsealed text, an open form, a version declared twice, or a look-up whose
        values have two forms.
        """

        def register(cls: type[E]) -> type[E]:
            declared = EventType(
                name=cls.__name__,
                version=version,
                category=category,
                service=self.service,
                cls=cls,
                fields=tuple(_fields(cls)),
                reason_protection=reason_protection,
                existence_protected=existence_protected,
            )
            if (declared.name, version) in self._types:
                raise Undeclarable(f"{declared.name} v{version} is declared twice")
            if any(one.existence_protected != existence_protected for one in self if one.category == category):
                raise Undeclarable(f"{declared.name}: {category} streams are protected in their existence, or are not")
            self._note_index_forms(declared)
            self._types[declared.name, version] = declared
            self._by_class[cls] = declared
            return cls

        return register

    def _note_index_forms(self, declared: EventType) -> None:
        for seal in filter(None, (field.seal for field in declared.fields)):
            if seal.blind_index is None:
                continue
            if self._index_forms.setdefault(seal.blind_index, seal.index_form) is not seal.index_form:
                raise Undeclarable(f"{declared.name}: values of {seal.blind_index} are looked up in another form")

    def index_form(self, name: str) -> IndexForm:
        """The form in which a look-up has its values; as they are where no type declares the look-up."""
        return self._index_forms.get(name, str)

    def upcaster(self, name: str, *, from_version: int) -> Callable[[Upcaster], Upcaster]:
        """Decorator for the function that brings field values of `from_version` to the next version."""

        def register(upcast: Upcaster) -> Upcaster:
            self._upcasters[name, from_version] = upcast
            return upcast

        return register

    def of(self, event: Event) -> EventType:
        """The declaration of an event instance's class. Raises KeyError for a class that is not registered here."""
        return self._by_class[type(event)]

    def declared(self, name: str, version: int) -> EventType:
        """The declaration of one version. Raises KeyError where it is unknown."""
        return self._types[name, version]

    def __iter__(self) -> Iterator[EventType]:
        return iter(self._types.values())

    def decode(self, name: str, version: int, values: dict[str, Any]) -> Event:
        """The event in today's form: field values of a stored version, upcast step by step, then structured."""
        while (name, version) in self._upcasters:
            values = self._upcasters[name, version](values)
            version += 1
        return self.declared(name, version).structure(values)


def _fields(cls: type) -> list[Field]:
    if not is_dataclass(cls):
        raise Undeclarable(f"{cls.__name__} is not a dataclass")
    hints = get_type_hints(cls, include_extras=True)
    declared = [_field(cls, f.name, hints[f.name]) for f in fields(cls)]
    clear = {f.name: f.type for f in declared if f.seal is None}
    for field in declared:
        if field.name in RESERVED:
            raise Undeclarable(f"{cls.__name__}.{field.name}: the envelope has a sealed part of this name")
        is_personal = field.seal is not None and field.seal.protection is Protection.PERSONAL
        if field.seal and is_personal and clear.get(field.seal.subject or "") is not UUID:
            raise Undeclarable(f"{cls.__name__}.{field.name}: names no clear id of the person whose key seals it")
    return declared


def _field(cls: type, name: str, hint: Any) -> Field:
    at = f"{cls.__name__}.{name}"
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    inner = get_args(hint)[0] if marks else hint
    seal = next((mark for mark in marks if isinstance(mark, Seal)), None)
    if (get_origin(inner) is Sealed) != (seal is not None):
        raise Undeclarable(f"{at}: a Sealed value needs a class, and a class needs a Sealed value")
    if seal is not None:
        (inner,) = get_args(inner)
        _require_fixed_form(inner, at, allowed=(*CLEAR, str, bytes))
        if seal.blind_index and inner not in (str, str | None):
            raise Undeclarable(f"{at}: only a text can be looked up by a blind index")
        return Field(name=name, type=inner, seal=seal)
    _require_fixed_form(inner, at, allowed=(*CLEAR, str) if PUBLIC in marks else CLEAR)
    return Field(name=name, type=inner, seal=None)


def _require_fixed_form(hint: Any, at: str, *, allowed: tuple[type, ...]) -> None:
    """Raises `Undeclarable` unless the type is made of the allowed scalars, tuples of them and dataclasses of them."""
    if get_origin(hint) in (Union, UnionType, tuple):
        for part in get_args(hint):
            if part is not Ellipsis:
                _require_fixed_form(part, at, allowed=allowed)
    elif isinstance(hint, type) and is_dataclass(hint):
        for name, part in get_type_hints(hint, include_extras=True).items():
            _require_fixed_form(part, f"{at}.{name}", allowed=allowed)
    elif get_origin(hint) is Annotated and PUBLIC in get_args(hint)[1:]:
        _require_fixed_form(get_args(hint)[0], at, allowed=(*allowed, str))
    elif not (isinstance(hint, type) and issubclass(hint, allowed)):
        raise Undeclarable(
            f"{at}: {getattr(hint, '__name__', hint)} may stand in a record only sealed, or as a closed code"
        )
