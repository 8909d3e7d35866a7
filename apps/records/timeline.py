"""What happened to one proposal or inquiry: one sentence an event, with who (role) and when. Opens nothing sealed.

A stream that nobody may know to exist is there for those alone whose role may know of it; to everybody else it is as
absent as one that never was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from apps.composition import SENTENCES, SERVICES
from apps.ledger import ZONE
from desk.access import access_category
from desk.packs import Pack
from desk.permissions import Permission
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
from eventstore.tokens import Tokens
from services.intake.domain.police_inquiry import POLICE_INQUIRY

ROLES: Final = {"portal": "ポータル", "operator": "システム運用者", "system": "システム"}
"""Roles that no pack names, because no person holds them."""
OPEN_TO: Final[Mapping[str, Permission]] = {
    POLICE_INQUIRY.category: Permission.POLICE_INQUIRE,
    **{access_category(service.name): Permission.RECORDS_REPLAY for service in SERVICES},
}
"""Category whose existence is protected → who may know of its streams."""
PROTECTED: Final = frozenset(
    declared.category for service in SERVICES for declared in service.events if declared.existence_protected
)


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
        self._tokens = Tokens(city.folder / "keys", city.municipality)

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()

    def timeline(self, matter: str, token: str | None = None) -> list[Entry]:
        """The entries of a stream, named by its id alone or as `proposal-<id>`.

        token: the actor token of who asks; without one nothing is told whose existence is protected. Raises
        `TokenRefused` for a bad one, `NotFound`.
        """
        pack = self._rules.in_force(self._clock().astimezone(ZONE).date())
        for stream in self._streams(matter, PROTECTED - self._known_to(token, pack)):
            recorded = self._store.load_fields(stream)
            if recorded and recorded[0].stream == stream:
                return [_entry(one, pack) for one in recorded]
        raise NotFound

    def _known_to(self, token: str | None, pack: Pack) -> frozenset[str]:
        """The protected categories that the bearer of a token may know of."""
        if token is None:
            return frozenset()
        permissions = pack.permissions_of(self._tokens.verify(token, self._clock()).roles)
        return frozenset(category for category, permission in OPEN_TO.items() if permission in permissions)

    def _streams(self, matter: str, concealed: frozenset[str]) -> list[StreamId]:
        category = matter.partition("-")[0]
        named = [matter] if category in self._categories else [f"{one}-{matter}" for one in self._categories]
        try:
            return [stream for stream in map(StreamId.parse, named) if stream.category not in concealed]
        except ValueError:
            return []


def _entry(recorded: Recorded, pack: Pack) -> Entry:
    at = recorded.occurred_at.astimezone(pack.zone)
    told = SENTENCES[recorded.stream.category][recorded.type]
    return Entry(
        version=recorded.version,
        at=at,
        date=f"{wareki(at.date())} {at:%H:%M}",
        who=ROLES.get(recorded.actor.role) or pack.role_name(recorded.actor.role),
        sentence=told(_named(recorded.event, pack), recorded.channel or ""),
        type=recorded.type,
        event_id=str(recorded.id),
        policy=recorded.policy,
    )


def _named(fields: Mapping[str, Any], pack: Pack) -> Mapping[str, Any]:
    """The fields with a department's name in the place of its code, where the pack in force knows it."""
    now = pack.department_now(fields["department"]) if isinstance(fields.get("department"), str) else None
    return fields if now is None else {**fields, "department": pack.departments[now].name}
