"""Which values are protected, as what, and how a fact carries them without showing them.

A field of an event is either in clear (ids, closed codes, amounts, dates, versions, text of class `public`) or a
`Sealed` value with one of the classes below. The class is the strictest that the field can have: neither a
proposer's claim nor an officer's decision ever changes it (both are events of their own).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Annotated, Final, Generic, Self, TypeAlias, TypeVar, cast

T = TypeVar("T")
IndexForm: TypeAlias = Callable[[str], str]
"""A value as it was recorded → the form under which it is looked up."""


class Protection(StrEnum):
    """The protection classes; `PUBLIC` alone stands in clear."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    BUSINESS = "business"
    DELIBERATION = "deliberation"
    SAFETY = "safety"

    @property
    def group(self) -> "ClassGroup":
        """The class group whose data keys seal this class; `PUBLIC` has none and raises ValueError."""
        match self:
            case Protection.INTERNAL | Protection.DELIBERATION:
                return ClassGroup.INTERNAL
            case Protection.PUBLIC:
                raise ValueError("public values are not sealed")
            case _:
                return ClassGroup(self.value)


class ClassGroup(StrEnum):
    """Classes that share data keys and a master key: what opens one opens the other."""

    INTERNAL = "internal"
    BUSINESS = "business"
    PERSONAL = "personal"
    SAFETY = "safety"


class Closed(Exception):
    """A sealed value was asked for that is erased, or that this process holds no key for."""


class _Missing(Enum):
    """Stands where a value would be; a copy of it is itself."""

    VALUE = "closed"


_CLOSED: Final = _Missing.VALUE


class Sealed(Generic[T]):
    """A protected value. It never shows itself: `repr`, logs and tracebacks see only that it is there."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value: object = value

    @classmethod
    def closed(cls) -> Self:
        """A value that cannot be opened: its key is destroyed or not ours."""
        return cls(cast(T, _CLOSED))

    @property
    def is_open(self) -> bool:
        """Whether `reveal` gives the value."""
        return self._value is not _CLOSED

    def reveal(self) -> T:
        """The value in clear. Raises `Closed` where its key is destroyed or not ours."""
        if self._value is _CLOSED:
            raise Closed
        return cast(T, self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "Sealed(…)" if self.is_open else "Sealed(closed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """How a field is sealed.

    protection: the class.
    subject: for personal values the name of the clear field that holds the random id of the person (or submission)
        whose own data key seals it; None for every other class.
    blind_index: name of the keyed-HMAC look-up that finds the stream by this value, or None.
    index_form: the form of the value under which it is looked up; as it is unless told. The record keeps the value as
        it is. Once look-ups are stored, another form needs another name: old ones would not be found any more.
    """

    protection: Protection
    subject: str | None = None
    blind_index: str | None = None
    index_form: IndexForm = str


def personal(*, of: str, blind_index: str | None = None, index_form: IndexForm = str) -> Seal:
    """A personal value, sealed by the key of the one person (or submission) whose id stands in field `of`."""
    return Seal(protection=Protection.PERSONAL, subject=of, blind_index=blind_index, index_form=index_form)


@dataclass(frozen=True, slots=True)
class _Public:
    """Marks text of class `public`, which stands in clear."""


PUBLIC: Final = _Public()

Public = Annotated[T, PUBLIC]
Internal = Annotated[Sealed[T], Seal(protection=Protection.INTERNAL)]
Business = Annotated[Sealed[T], Seal(protection=Protection.BUSINESS)]
Deliberation = Annotated[Sealed[T], Seal(protection=Protection.DELIBERATION)]
Safety = Annotated[Sealed[T], Seal(protection=Protection.SAFETY)]
