"""The rules in force, read from the log and nowhere else: a decision names the pack that it was taken under."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final
from uuid import UUID

from marshmallow import fields

from desk.foreign import Foreign, reading
from desk.packs import Pack, PackInvalid, read_adopted
from eventstore.errors import Unavailable
from eventstore.records import Recorded, StreamId
from eventstore.store import EventStore

CATEGORY: Final = "city"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Adopted:
    content: str
    effective_from: date


class _AdoptedSchema(Foreign):
    makes = _Adopted
    content = fields.String(required=True)
    effective_from = fields.Date(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Admitted:
    portal_id: UUID
    name: str


class _AdmittedSchema(Foreign):
    makes = _Admitted
    portal_id = fields.UUID(required=True)
    name = fields.String(required=True)


READS: Final = {"PackAdopted": reading(_AdoptedSchema()), "PortalAdmitted": reading(_AdmittedSchema())}
"""What is read of the city's own stream."""


class NoPackInForce(Unavailable):
    """The city has adopted no pack for that day yet."""

    code = "no_pack_in_force"


class PackUnreadable(Unavailable):
    """A pack in the log that this code cannot read: what needs it waits until it can."""

    code = "pack_unreadable"


@lru_cache
def _read(content: str) -> Pack:
    """A pack that was adopted, read only when it is asked for."""
    try:
        return read_adopted(content.encode(), origin="log")
    except PackInvalid as invalid:
        raise PackUnreadable("採用済みの運用ルールを読み取れません。") from invalid


class RuleBook:
    """The packs that a city adopted and the portals that it admitted: each call reads what has been added since."""

    def __init__(self, store: EventStore, city_stream: UUID) -> None:
        self._store = store
        self._stream = StreamId(CATEGORY, city_stream)
        self._version = 0
        self._packs: list[tuple[date, int, str]] = []
        self._portals: dict[str, UUID] = {}

    def in_force(self, on: date) -> Pack:
        """The pack in force on a day: of those effective by then the latest, of equal days the last adopted.

        Raises `NoPackInForce` where there is none, `Unavailable` where the log cannot be read.
        """
        self._follow()
        effective = [adopted for adopted in self._packs if adopted[0] <= on]
        if not effective:
            raise NoPackInForce("この日に有効な運用ルールがまだ採用されていません。")
        return _read(max(effective)[2])

    def covers(self, day: date) -> bool:
        """Whether a pack is in force on a day. Raises `NoPackInForce` where none is adopted at all."""
        self._follow()
        if not self._packs:
            raise NoPackInForce("有効な運用ルールがまだ採用されていません。")
        return min(since for since, _, _ in self._packs) <= day

    def portal(self, name: str | None) -> UUID | None:
        """The id of an admitted portal, None for any other name."""
        self._follow()
        return None if name is None else self._portals.get(name)

    def _follow(self) -> None:
        for recorded in self._store.load_fields(self._stream, after=self._version):
            if recorded.version > self._version:
                self._note(recorded)
                self._version = recorded.version

    def _note(self, recorded: Recorded) -> None:
        read = READS.get(recorded.type)
        match read and read(recorded.event):
            case _Adopted() as adopted:
                self._packs.append((adopted.effective_from, recorded.version, adopted.content))
            case _Admitted() as admitted:
                self._portals[admitted.name] = admitted.portal_id
