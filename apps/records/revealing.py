"""Opens sealed values for a replay: on record first, then only the protection classes that were asked for."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias
from uuid import UUID

import orjson

from apps.provisioning.city import COMMAND_LINE
from apps.records.selection import Selection
from desk.access import RecordsRevealed, access_rules, access_stream
from desk.office import Office
from desk.openings import stated_purpose
from desk.permissions import Permission
from eventstore.city import City
from eventstore.database import Connection
from eventstore.errors import Refusal
from eventstore.execution import execute
from eventstore.protection import ClassGroup, Protection, Sealed
from eventstore.records import Context, read, sealed_parts
from eventstore.sealing.keys import DataKey, MasterKeys, WrappedKey
from eventstore.sealing.values import SealedBlob, open_blob, verify_part
from services.administration.declaration import ADMINISTRATION

REVEALABLE: Final = (Protection.INTERNAL, Protection.PERSONAL, Protection.BUSINESS, Protection.DELIBERATION)
"""`safety` opens in intake and disclosure alone, where the inquiry to the police is dealt with."""

_KEYS: Final = (
    "SELECT id, category, stream_id, class_group, subject, master_key, wrapped FROM data_keys WHERE id = ANY(%s)"
)
_VALUES: Final = "SELECT event_id, key_id, blob FROM sealed_values WHERE key_id = ANY(%s) AND event_id = ANY(%s)"

Values: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Path → {"salts": base64, "value": JSON}."""


class ClassNotRevealable(Refusal):
    """A class that no replay opens."""

    code = "class_not_revealable"


class PurposeRequired(Refusal):
    """Nothing is opened without saying what for."""

    code = "purpose_required"


class ValueNotWhole(Refusal):
    """A sealed value is not the one that its record commits to: it is not handed out as if it were."""

    code = "value_not_whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """A wish to have sealed values opened: which classes, what for, and the actor token of who asks.

    Raises `ClassNotRevealable` for `safety` and `public`, `PurposeRequired` without a purpose.
    """

    classes: frozenset[Protection]
    purpose: str | None = field(repr=False)
    token: str | None = field(repr=False)

    def __post_init__(self) -> None:
        for one in sorted(self.classes - set(REVEALABLE)):
            raise ClassNotRevealable(f"a replay does not open {one}")
        if stated_purpose(self.purpose) is None:
            raise PurposeRequired("記録を開く目的を入力してください。")


def record_reveal(city: City, reveal: Reveal, selection: Selection, size: int, command_id: UUID) -> MasterKeys:
    """Records who opens what and what for, and only then gives the keys that open it.

    The same command again is recorded once. Raises `TokenRefused`, `NotPermitted`, `CommandIdReused` where the command
    was another person's or for another purpose, `Unavailable`.
    """
    masters = city.master_keys({one.group for one in reveal.classes})
    with closing(Office(ADMINISTRATION, city)) as office:
        actor = replace(office.acting(reveal.token, Permission.RECORDS_REVEAL), app=COMMAND_LINE)
        revealed = RecordsRevealed(
            classes=tuple(sorted(reveal.classes)),
            size=size,
            as_of=selection.as_of,
            recorded_from=selection.recorded_from,
            recorded_to=selection.recorded_to,
            types=tuple(sorted(selection.types)),
            streams=tuple(sorted(map(str, selection.streams))),
            purpose=Sealed(reveal.purpose or ""),
        )
        content = [str(actor.id), reveal.purpose, sorted(reveal.classes), size, selection.stated()]
        context = Context(
            command_id=command_id,
            correlation_id=command_id,
            actor=actor,
            policy=office.pack().digest,
            digest=office.digest(orjson.dumps(content)),
        )
        name = ADMINISTRATION.name
        execute(office.store, access_rules(name), access_stream(name, command_id), revealed, context)
    return masters


@dataclass(frozen=True, slots=True)
class Revealing:
    """Opens the sealed values of some classes, for many records in two queries."""

    connection: Connection
    masters: MasterKeys
    classes: frozenset[Protection]

    def beside(self, records: Sequence[tuple[int, bytes]]) -> list[bytes]:
        """For each position and record the members that a line has beside it.

        `opened`: path → {"salts", "value"} of the classes asked for; `closed`: the paths among them whose key is gone.
        Raises `ValueNotWhole`, and `KeyUnavailable` where a key that is there does not open what it sealed.
        """
        envelopes = [read(record) for _, record in records]
        wanted = [self._wanted(envelope) for envelope in envelopes]
        keys = self._keys({UUID(part["key"]) for parts in wanted for part in parts.values()})
        blobs = self._blobs(keys, [UUID(envelope["id"]) for envelope in envelopes])
        return [
            _beside(position, parts, _opened(UUID(envelope["id"]), parts, keys, blobs))
            for (position, _), envelope, parts in zip(records, envelopes, wanted, strict=True)
        ]

    def _wanted(self, envelope: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
        return {path: part for path, part in sealed_parts(envelope).items() if part["class"] in self.classes}

    def _keys(self, ids: set[UUID]) -> dict[UUID, DataKey]:
        """Those of the data keys that are still there."""
        rows = self.connection.execute(_KEYS, (list(ids),), binary=True)
        return {
            key_id: self.masters.unwrap(
                WrappedKey(
                    id=key_id,
                    stream=f"{category}-{stream_id}",
                    group=ClassGroup(group),
                    subject=subject,
                    master_key=master_key,
                    wrapped=wrapped,
                )
            )
            for key_id, category, stream_id, group, subject, master_key, wrapped in rows
        }

    def _blobs(self, keys: Mapping[UUID, DataKey], event_ids: list[UUID]) -> dict[tuple[UUID, UUID], SealedBlob]:
        rows = self.connection.execute(_VALUES, (list(keys), event_ids), binary=True)
        return {
            (event_id, key_id): SealedBlob(event_id=event_id, key_id=key_id, blob=blob)
            for event_id, key_id, blob in rows
        }


def _opened(
    event_id: UUID,
    parts: Mapping[str, Mapping[str, str]],
    keys: Mapping[UUID, DataKey],
    blobs: Mapping[tuple[UUID, UUID], SealedBlob],
) -> dict[UUID, Values]:
    """The values of one event under each of its keys that still open; those of other classes among them."""
    key_ids = {UUID(part["key"]) for part in parts.values()}
    return {
        key_id: open_blob(blobs[event_id, key_id], keys[key_id]) for key_id in key_ids if (event_id, key_id) in blobs
    }


def _beside(position: int, parts: Mapping[str, Mapping[str, str]], opened: Mapping[UUID, Values]) -> bytes:
    shown, closed = {}, []
    for path, part in parts.items():
        values = opened.get(UUID(part["key"]))
        if values is None:
            closed.append(path)
        elif path in values and verify_part(part, path, values[path]):
            shown[path] = values[path]
        else:
            raise ValueNotWhole(f"position {position}: {path} is not what was recorded: run `renkei ledger verify`")
    return b',"opened":%b,"closed":%b' % (orjson.dumps(shown), orjson.dumps(closed))
