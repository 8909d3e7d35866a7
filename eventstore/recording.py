"""From an event to its record and back: the envelope filled in, protected values taken out, and later put back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from eventstore import records
from eventstore.binary import Row, int2, int4, timestamptz
from eventstore.events import Event, EventType, EventTypes
from eventstore.protection import Protection, Sealed
from eventstore.records import Actor, Context, Recorded, StreamId, is_sealed_part
from eventstore.sealing.values import Sealing, StreamKeys, restore


class Append(NamedTuple):
    """Events to append to one stream after `version`, caused by one command."""

    stream: StreamId
    version: int
    events: Sequence[Event]
    context: Context
    keys: StreamKeys


Written: TypeAlias = tuple[Recorded, Row, Sealing | None]
"""An event about to be stored: as it will be read back, its row (`statements`), and its sealed values if it has any."""


def written(append: Append, types: EventTypes, now: datetime) -> Iterator[Written]:
    """The events of an append, one after another. Raises ValueError for one of another category."""
    category, stream = append.stream.category, str(append.stream)
    category_text, stream_id = category.encode(), append.stream.id.bytes
    command_id, recorded_at = append.context.command_id.bytes, timestamptz(now)
    names = f"{append.context.command_id!s}/{stream}/"
    for n, event in enumerate(append.events):
        declared = types.of(event)
        if declared.category != category:
            raise ValueError(f"{declared.name} belongs into {declared.category} streams, not {category}")
        recorded = _recording(append, n, records.nth_id(names, n), declared, now)
        record, sealing = _record(recorded, stream, declared, append)
        row = (
            category_text, stream_id, int4(recorded.version), recorded.id.bytes,
            declared.name.encode(), int2(declared.version), command_id, recorded_at, record,
        )  # fmt: skip
        yield recorded, row, sealing


def _recording(append: Append, n: int, event_id: UUID, declared: EventType, now: datetime) -> Recorded:
    """The n-th event as it will be read back. The command's digest is kept with the first of its events."""
    context = append.context
    return Recorded(
        id=event_id,
        stream=append.stream,
        version=append.version + n + 1,
        type=declared.name,
        schema_version=declared.version,
        command_id=context.command_id,
        correlation_id=context.correlation_id,
        causation_id=context.causation_id,
        trace=context.trace,
        actor=context.actor,
        channel=context.channel,
        policy=context.policy,
        occurred_at=context.occurred_at.astimezone(UTC) if context.occurred_at else now,
        recorded_at=now,
        reason=None if context.reason is None else Sealed(context.reason),
        command_digest=None if context.digest is None or n else Sealed(context.digest),
        event=append.events[n],
    )


def _record(recorded: Recorded, stream: str, declared: EventType, append: Append) -> tuple[bytes, Sealing | None]:
    """The record's bytes, and the sealed values if the event has any."""
    sealing = reason = command_digest = None
    data = declared.clear(recorded.event)
    if len(data) < len(declared.fields) or recorded.reason or recorded.command_digest:
        sealing = Sealing(recorded.id, append.keys)
        if recorded.reason:
            reason = sealing.part("reason", recorded.reason.reveal(), declared.reason_protection)
        if recorded.command_digest:
            digest = recorded.command_digest.reveal()
            command_digest = sealing.part("command_digest", digest, Protection.INTERNAL)
        data = sealing.data(declared, recorded.event)
    record = records.write(
        {
            "form": records.FORM,
            "id": recorded.id,
            "service": declared.service,
            "stream": stream,
            "version": recorded.version,
            "type": recorded.type,
            "schema": recorded.schema_version,
            "command": recorded.command_id,
            "correlation": recorded.correlation_id,
            "causation": recorded.causation_id,
            "trace": recorded.trace,
            "actor": recorded.actor,
            "channel": recorded.channel,
            "policy": recorded.policy,
            "occurred_at": recorded.occurred_at,
            "recorded_at": recorded.recorded_at,
            "reason": reason,
            "command_digest": command_digest,
            "data": data,
        }
    )
    return record, sealing


SealedEvent: TypeAlias = tuple[Append, Sealing]
"""The sealing of one event, and the append that it belongs to."""


def key_rows(appends: Iterable[Append]) -> list[Row]:
    """The rows of the keys drawn for these appends, wrapped. Raises `KeyUnavailable` for a class group not held."""
    return [
        (
            key.id.bytes,
            append.stream.category.encode(),
            append.stream.id.bytes,
            key.group.encode(),
            key.subject.bytes if key.subject else None,
            key.master_key.bytes,
            key.wrapped,
        )
        for append in appends
        for key in append.keys.take_drawn()
    ]


def value_rows(sealed: Iterable[SealedEvent]) -> list[Row]:
    """The rows of the sealed values, encrypted."""
    return [(blob.key_id.bytes, blob.event_id.bytes, blob.blob) for _, sealing in sealed for blob in sealing.blobs()]


Decode: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, Any]], Recorded]
"""Envelope and opened values → the event as it was recorded."""


def decode(types: EventTypes, envelope: Mapping[str, Any], values: Mapping[str, Any]) -> Recorded:
    """The event of an envelope in today's form, with the values that could be opened."""
    event = types.decode(envelope["type"], envelope["schema"], _fields(envelope, values))
    return _recorded(envelope, values, event)


def decode_fields(envelope: Mapping[str, Any], values: Mapping[str, Any]) -> Recorded:
    """The event of an envelope with its bare fields, for readers who know only the published language."""
    return _recorded(envelope, values, _fields(envelope, values))


def _actor(kept: Mapping[str, Any]) -> Actor:
    on_behalf_of = kept["on_behalf_of"]
    return Actor(
        id=UUID(kept["id"]),
        role=kept["role"],
        app=kept["app"],
        on_behalf_of=None if on_behalf_of is None else UUID(on_behalf_of),
    )


def _recorded(envelope: Mapping[str, Any], values: Mapping[str, Any], event: Any) -> Recorded:
    causation = envelope["causation"]
    return Recorded(
        id=UUID(envelope["id"]),
        stream=StreamId.parse(envelope["stream"]),
        version=envelope["version"],
        type=envelope["type"],
        schema_version=envelope["schema"],
        command_id=UUID(envelope["command"]),
        correlation_id=UUID(envelope["correlation"]),
        causation_id=None if causation is None else UUID(causation),
        trace=envelope["trace"],
        actor=_actor(envelope["actor"]),
        channel=envelope["channel"],
        policy=envelope["policy"],
        occurred_at=datetime.fromisoformat(envelope["occurred_at"]),
        recorded_at=datetime.fromisoformat(envelope["recorded_at"]),
        reason=restore(envelope["reason"], "reason", values),
        command_digest=restore(envelope["command_digest"], "command_digest", values),
        event=event,
    )


def _fields(envelope: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The field values of an event: clear ones as JSON, sealed ones as `Sealed`."""
    return {
        name: restore(value, name, values) if is_sealed_part(value) else value
        for name, value in envelope["data"].items()
    }


def has_sealed_parts(envelope: Mapping[str, Any]) -> bool:
    """Whether anything in the record stands as a commitment."""
    parts = (envelope["reason"], envelope["command_digest"], *envelope["data"].values())
    return any(is_sealed_part(part) for part in parts)
