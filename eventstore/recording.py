"""From an event to its record and back: the envelope filled in, protected values taken out, and later put back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from eventstore import records
from eventstore.events import Event, EventType, EventTypes
from eventstore.protection import Protection, Sealed
from eventstore.records import Actor, Context, Recorded, StreamId, is_sealed_part
from eventstore.sealing import Sealing, StreamKeys, restore


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """Events to append to one stream after `version`, caused by one command."""

    stream: StreamId
    version: int
    events: Sequence[Event]
    context: Context
    keys: StreamKeys


def record(
    append: Append, n: int, event: Event, declared: EventType, now: datetime
) -> tuple[Recorded, bytes, Sealing | None]:
    """The n-th event of an append: as it will be read back, its record's bytes, and its sealed values if it has any."""
    context, stream = append.context, str(append.stream)
    recorded = Recorded(
        id=records.event_id(context.command_id, stream, n),
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
        occurred_at=context.occurred_at or now,
        recorded_at=now,
        reason=None if context.reason is None else Sealed(context.reason),
        command_digest=None if context.digest is None or n else Sealed(context.digest),
        event=event,
    )
    sealing = None
    reason = command_digest = None
    if declared.is_sealed or recorded.reason or recorded.command_digest:
        sealing = Sealing(recorded.id, append.keys)
        reason = recorded.reason and sealing.part("reason", context.reason, declared.reason_protection)
        command_digest = recorded.command_digest and sealing.part("command_digest", context.digest, Protection.INTERNAL)
    written = records.write(
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
            "recorded_at": now,
            "reason": reason,
            "command_digest": command_digest,
            "data": sealing.data(declared, event) if sealing else declared.clear(event),
        }
    )
    return recorded, written, sealing


Decode: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, Any]], Recorded]
"""Envelope and opened values → the event as it was recorded."""


def decode(types: EventTypes, envelope: Mapping[str, Any], values: Mapping[str, Any]) -> Recorded:
    """The event of an envelope in today's form, with the values that could be opened."""
    event = types.decode(envelope["type"], envelope["schema"], _fields(envelope, values))
    return _recorded(envelope, values, event)


def decode_fields(envelope: Mapping[str, Any], values: Mapping[str, Any]) -> Recorded:
    """The event of an envelope with its bare fields, for readers who know only the published language."""
    return _recorded(envelope, values, _fields(envelope, values))


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
        actor=Actor(id=UUID(envelope["actor"]["id"]), role=envelope["actor"]["role"]),
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
