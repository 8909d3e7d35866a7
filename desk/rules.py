"""The rules in force, read from the log and nowhere else: a decision names the pack that it was taken under."""

from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from desk.deadlines.calendar import Calendar, CalendarInvalid, read_calendar
from desk.deadlines.open_days import OpenDays
from desk.foreign import reading
from desk.packs import Pack, PackInvalid, read_adopted
from eventstore.errors import Unavailable
from eventstore.records import Recorded, StreamId
from eventstore.store import EventStore

CATEGORY: Final = "city"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Adopted:
    content: str
    effective_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class _Admitted:
    portal_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Closed:
    content: str


READS: Final = {
    "PackAdopted": reading(_Adopted),
    "PortalAdmitted": reading(_Admitted),
    "ClosedDaysAdopted": reading(_Closed),
}
"""What is read of the city's own stream."""


class NoPackInForce(Unavailable):
    """The city has adopted no pack for that day yet."""

    code = "no_pack_in_force"


class CalendarUnknown(Unavailable):
    """A calendar that a record names and the city's stream does not have (yet)."""

    code = "calendar_unknown"


class PackUnreadable(Unavailable):
    """A pack in the log that this code cannot read: what needs it waits until it can."""

    code = "pack_unreadable"


class CalendarUnreadable(Unavailable):
    """A calendar in the log that this code cannot read: what needs it waits until it can."""

    code = "calendar_unreadable"


@lru_cache
def _read(content: str) -> Pack:
    """A pack that was adopted, read only when it is asked for."""
    try:
        return read_adopted(content.encode(), origin="log")
    except PackInvalid as invalid:
        raise PackUnreadable("採用済みの運用ルールを読み取れません。") from invalid


@lru_cache
def _read_calendar(content: str) -> Calendar:
    """A calendar that was adopted, read only when it is asked for."""
    try:
        return read_calendar(content.encode(), origin="log")
    except CalendarInvalid as invalid:
        raise CalendarUnreadable("採用済みの閉庁日の暦を読み取れません。") from invalid


@dataclass(slots=True)
class _Known:
    """What the city's stream says up to a version; packs with their first day and the version that brought them."""

    version: int = 0
    packs: list[tuple[date, int, str]] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)
    portals: dict[str, UUID] = field(default_factory=dict)


class RuleBook:
    """The packs and calendars that a city adopted and the portals that it admitted: each call reads what is new."""

    def __init__(self, store: EventStore, city_stream: UUID) -> None:
        self._store = store
        self._stream = StreamId(CATEGORY, city_stream)
        self._known = _Known()

    def amid(self, store: EventStore) -> "RuleBook":
        """The same, read by a store that is amid a transaction, which appends nothing to the city's stream.

        Whoever holds a connection must not wait for another: so many of them would wait for each other.
        """
        amid = copy(self)
        amid._store = store
        return amid

    def in_force(self, on: date) -> Pack:
        """The pack in force on a day: of those effective by then the latest, of equal days the last adopted.

        Raises `NoPackInForce` where there is none, `Unavailable` where the log cannot be read.
        """
        self._follow()
        effective = [adopted for adopted in self._known.packs if adopted[0] <= on]
        if not effective:
            raise NoPackInForce("この日に有効な運用ルールがまだ採用されていません。")
        return _read(max(effective)[2])

    def day_of(self, instant: datetime) -> date:
        """The legal day of an instant: the date in the city's time zone. Raises `NoPackInForce` without any pack."""
        return instant.astimezone(self._zone()).date()

    def begin_of(self, day: date) -> datetime:
        """The instant at which a day begins in the city. Raises `NoPackInForce` without any pack."""
        return datetime.combine(day, time.min, tzinfo=self._zone())

    def _zone(self) -> ZoneInfo:
        return self.in_force(date.max).zone

    def covers(self, day: date) -> bool:
        """Whether a pack is in force on a day. Raises `NoPackInForce` where none is adopted at all."""
        self._follow()
        if not self._known.packs:
            raise NoPackInForce("有効な運用ルールがまだ採用されていません。")
        return min(since for since, _, _ in self._known.packs) <= day

    def of_digest(self, digest: str) -> Pack:
        """The pack that a record names. Raises `NoPackInForce` where the city never adopted it."""
        self._follow()
        for _, _, content in self._known.packs:
            pack = _read(content)
            if pack.digest == digest:
                return pack
        raise NoPackInForce("この運用ルールは採用されていません。")

    def open_days(self, on: date) -> OpenDays:
        """The open days of the office by the pack in force on a day and all calendars adopted until now.

        For the days that a calendar speaks of, its own `effective_from` counts, not this day (`OpenDays`).
        """
        return self._open_days(self.in_force(on), len(self._known.calendars))

    def open_days_of(self, pack: Pack, version: str) -> OpenDays:
        """The open days as a record names them by `OpenDays.version`, under a pack.

        The calendars are those adopted by then; the public holidays are today's edition. Raises `CalendarUnknown`.
        """
        self._follow()
        for count in range(len(self._known.calendars) + 1):
            open_days = self._open_days(pack, count)
            if open_days.is_of(version):
                return open_days
        raise CalendarUnknown("この版の閉庁日の暦は採用されていません。")

    def _open_days(self, pack: Pack, count: int) -> OpenDays:
        calendars = tuple(map(_read_calendar, self._known.calendars[:count]))
        return OpenDays(rules=pack.closed_days, pack_version=pack.version, calendars=calendars)

    def portal(self, name: str | None) -> UUID | None:
        """The id of an admitted portal, None for any other name."""
        self._follow()
        return None if name is None else self._known.portals.get(name)

    def _follow(self) -> None:
        for recorded in self._store.load_fields(self._stream, after=self._known.version):
            if recorded.version > self._known.version:
                self._note(recorded)
                self._known.version = recorded.version

    def _note(self, recorded: Recorded) -> None:
        read = READS.get(recorded.type)
        match read and read(recorded.event):
            case _Adopted() as adopted:
                self._known.packs.append((adopted.effective_from, recorded.version, adopted.content))
            case _Closed() as closed:
                self._known.calendars.append(closed.content)
            case _Admitted() as admitted:
                self._known.portals[admitted.name] = admitted.portal_id
