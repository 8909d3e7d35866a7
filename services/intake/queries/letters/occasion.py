"""The occasion on which a letter is written, and what the letter tells on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeVar

from desk.letters.commands import CodeItem
from desk.letters.composing import CodeWanted, end_of
from desk.letters.events import CodePurpose
from desk.letters.refusals import LetterNotDue
from desk.letters.texts import Value
from desk.office import Office
from desk.packs import Pack
from eventstore.records import Recorded, StreamId

E = TypeVar("E")
NOT_DUE: Final = "この件は、この文書を送る段階にありません。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a letter is written on.

    matter, events: the proposal or inquiry. last_day: until which a code may be used where the decision names no day.
    code_purpose: of a one-time link. use: the use of an idea (call and use) that a letter asks about.
    """

    office: Office
    matter: StreamId
    events: tuple[Recorded, ...]
    last_day: date
    code_purpose: CodePurpose | None = None
    use: CodeItem | None = None

    def last(self, kind: type[E]) -> tuple[Recorded, E]:
        """The last event of a type. Raises `LetterNotDue` where there is none."""
        for recorded in reversed(self.events):
            if isinstance(recorded.event, kind):
                return recorded, recorded.event
        raise LetterNotDue(NOT_DUE)

    def pack_of(self, decided: Recorded) -> Pack:
        """The pack under which it was decided: its words are those of the decision."""
        return self.office.rules.of_digest(decided.policy) if decided.policy else self.office.pack()

    def until(self, day: date) -> datetime:
        """The end of a day, by which a code has to be used."""
        return end_of(day, self.office.pack().zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a letter tells beside what its matter is called, and the code that it carries."""

    values: Mapping[str, Value] = field(default_factory=dict, repr=False)
    code: CodeWanted | None = None
