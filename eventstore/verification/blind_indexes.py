"""Checks the blind indexes: every opened value can be looked up, and every look-up finds what was recorded."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from uuid import UUID

from eventstore.database import Connection
from eventstore.events import EventTypes
from eventstore.ledger.findings import Fault, Findings
from eventstore.protection import IndexForm
from eventstore.sealing.values import blind_index
from eventstore.verification.numbered import Numbered

PAGE: Final = 200

_PRESENT: Final = (
    "SELECT given.name, given.digest, given.stream_id"
    " FROM unnest(%s::text[], %s::bytea[], %s::uuid[]) given (name, digest, stream_id)"
    " WHERE (SELECT true FROM blind_indexes b WHERE b.service = %s"
    " AND (b.name, b.digest, b.stream_id) = (given.name, given.digest, given.stream_id))"
)
_FOLLOWING: Final = (
    "SELECT name, digest, stream_id, category, key_id FROM blind_indexes"
    " WHERE service = %s AND (name, digest, stream_id) > (%s, %s, %s) ORDER BY name, digest, stream_id LIMIT %s"
)

ValuesUnder: TypeAlias = Callable[[str, Sequence[UUID]], Mapping[UUID, Set[str]]]
"""Service and data keys → all texts under each key that can be opened whole."""
_Entry: TypeAlias = tuple[str, bytes, UUID]


@dataclass(frozen=True, slots=True)
class Indexing:
    """How one service makes its look-ups.

    names: (event type, schema version) → field → the look-up's name. form_of: name → the form of its values.
    """

    names: Mapping[tuple[str, int], Mapping[str, str]]
    form_of: Callable[[str], IndexForm]
    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, types: EventTypes, secret: bytes) -> "Indexing":
        """As the service declares it. secret: 32 bytes (`EventStore`'s index_secret)."""
        named = {
            (declared.name, declared.version): {
                one.name: one.seal.blind_index for one in declared.fields if one.seal and one.seal.blind_index
            }
            for declared in types
        }
        return cls({version: names for version, names in named.items() if names}, types.index_form, secret)

    def digest(self, name: str, value: str) -> bytes:
        """What a look-up holds of a value that was recorded."""
        return blind_index(self.secret, name, self.form_of(name)(value))


@dataclass(frozen=True, slots=True)
class BlindIndexes:
    """The look-ups of those services whose secret is held here."""

    connection: Connection
    indexings: Mapping[str, Indexing]
    findings: Findings
    _expected: dict[_Entry, int] = field(default_factory=dict)

    def expect(self, record: Numbered, values: Mapping[str, Mapping[str, Any]]) -> None:
        """Values of a record that agree with it, by path: those that are indexed must be found by `compare`."""
        indexing = self.indexings.get(record.envelope["service"])
        if indexing is None:
            return
        names = indexing.names.get((record.envelope["type"], record.envelope["schema"]), {})
        for path, name in names.items():
            value = values[path].get("value") if path in values else None
            if isinstance(value, str):
                stream_id = UUID(record.envelope["stream"].partition("-")[2])
                self._expected[name, indexing.digest(name, value), stream_id] = record.position

    def compare(self, service: str) -> None:
        """Looks up what was expected since the last time, all of one service."""
        if not self._expected:
            return
        columns = [list(column) for column in zip(*self._expected, strict=True)]
        present = set(self.connection.execute(_PRESENT, (*columns, service), binary=True))
        for entry, position in self._expected.items():
            if entry not in present:
                self.findings.add(position, Fault.INDEX_MISSING, f"{entry[0]} of {service}")
        self._expected.clear()

    def find_wrong(self, values_under: ValuesUnder) -> None:
        """Goes through all look-ups and notes those that no value under their key gives."""
        for service, indexing in self.indexings.items():
            after: _Entry = ("", b"", UUID(int=0))
            while rows := self.connection.execute(_FOLLOWING, (service, *after, PAGE), binary=True).fetchall():
                values = values_under(service, [row[4] for row in rows])
                for name, digest, stream_id, category, key_id in rows:
                    made = (indexing.digest(name, value) for value in values.get(key_id, ()))
                    if key_id in values and digest not in made:
                        self.findings.add(0, Fault.INDEX_WRONG, f"{name} of {category}-{stream_id}")
                name, digest, stream_id, *_ = rows[-1]
                after = (name, digest, stream_id)
