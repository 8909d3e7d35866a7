"""What happened to one proposal or inquiry: one sentence an event, with who (role) and when. Opens nothing sealed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from apps.composition import SENTENCES, SERVICES
from apps.ledger import ZONE
from desk.packs import Pack
from desk.rules import RuleBook
from desk.wareki import wareki
from eventstore.city import City
from eventstore.clock import now
from eventstore.database import Database
from eventstore.declaration import Reads
from eventstore.errors import NotFound
from eventstore.events import EventTypes
from eventstore.records import Recorded, StreamId
from eventstore.sealing.keys import MasterKeys
from eventstore.store import Clock, EventStore

ROLES: Final = {"portal": "ポータル", "operator": "システム運用者", "system": "システム"}
"""Roles that no pack names, because no person holds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event as people read it."""

    version: int
    at: datetime
    date: str
    who: str
    sentence: str
    type: str
    event_id: str
    policy: str | None

    def as_json(self) -> dict[str, Any]:
        """For programs: instants in ISO 8601 with their offset."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "at"} | {"at": self.at.isoformat()}


class RecordsOffice:
    """Reads one city's log as the records office's own role, which may write nothing."""

    def __init__(self, city: City, *, clock: Clock = now) -> None:
        """clock: says which day it is in Asia/Tokyo, and so which pack names the roles."""
        self._database = Database(city.databases["records"], connections=2)
        reads = tuple(
            Reads(service=service.name, categories=frozenset(declared.category for declared in service.events))
            for service in SERVICES
        )
        self._categories = sorted(category for foreign in reads for category in foreign.categories)
        nothing = EventTypes("records")
        self._store = EventStore(
            self._database, nothing, clock=clock, masters=MasterKeys({}), index_secret=b"", reads=reads
        )
        self._clock = clock
        self._rules = RuleBook(self._store, city.stream)

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()

    def timeline(self, matter: str) -> list[Entry]:
        """The entries of a stream, named by its id alone or as `proposal-<id>`. Raises `NotFound`."""
        for stream in self._streams(matter):
            recorded = self._store.load_fields(stream)
            if recorded and recorded[0].stream == stream:
                pack = self._rules.in_force(self._clock().astimezone(ZONE).date())
                return [_entry(one, pack) for one in recorded]
        raise NotFound

    def _streams(self, matter: str) -> list[StreamId]:
        named = (
            [matter] if matter.partition("-")[0] in self._categories else [f"{c}-{matter}" for c in self._categories]
        )
        try:
            return [StreamId.parse(text) for text in named]
        except ValueError:
            return []


def _entry(recorded: Recorded, pack: Pack) -> Entry:
    at = recorded.occurred_at.astimezone(pack.zone)
    return Entry(
        version=recorded.version,
        at=at,
        date=f"{wareki(at.date())} {at:%H:%M}",
        who=ROLES.get(recorded.actor.role) or pack.role_name(recorded.actor.role),
        sentence=SENTENCES[recorded.type](recorded.event, recorded.channel or ""),
        type=recorded.type,
        event_id=str(recorded.id),
        policy=recorded.policy,
    )
