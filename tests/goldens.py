"""Goldens: an example of every released version of every event, as it was stored, kept for ever in `contracts/`.

`python -m tests.goldens` writes `contracts/<service>/<Type>.v<N>.json` for versions that have none, and never writes
over one: what is stored in a city's log cannot be changed either.
"""

import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from itertools import count
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID, uuid5

import orjson

from apps.composition import SERVICES
from eventstore.events import Event, EventType, as_json
from eventstore.events import Field as DeclaredField
from eventstore.merkle import leaf_hash
from eventstore.protection import ClassGroup
from eventstore.recording import Append, written
from eventstore.records import Actor, Code, Context, StreamId, is_sealed_part
from eventstore.sealing.commitments import commitment, pieces
from eventstore.sealing.keys import DataKey, MasterKeys
from eventstore.sealing.values import StreamKeys
from tests.samples import NAMESPACE, sample
from tests.strategies import EVENT_TYPES

CONTRACTS: Final = Path(__file__).resolve().parents[1] / "contracts"
RECORDED: Final = datetime(2026, 11, 22, 3, 0, 0, 123456, tzinfo=UTC)
OWNERS: Final = {service.name: service.events for service in SERVICES}
_NAMES: Final = {NoneType: "null", str: "text", bytes: "base64", int: "integer", bool: "boolean", UUID: "uuid"}


def path_of(declared: EventType) -> Path:
    """Where the golden of a version stands."""
    return CONTRACTS / declared.service / f"{declared.name}.v{declared.version}.json"


def golden(declared: EventType) -> dict[str, Any]:
    """The golden of a version: its form, and an example with everything and one with as little as may be."""
    return {
        "service": declared.service,
        "type": declared.name,
        "version": declared.version,
        "category": declared.category,
        "fields": {field.name: form(field) for field in declared.fields},
        "examples": {
            "full": example(declared, sample(declared), sparse=False),
            "sparse": example(declared, sample(declared, sparse=True), sparse=True),
        },
    }


def form(field: DeclaredField) -> str:
    """A field's form in words: how it is sealed, by whose key, found by which index, and what it holds."""
    if field.seal is None:
        return _form(field.type)
    parts = [field.seal.protection.value]
    parts += [f"of {field.seal.subject}"] if field.seal.subject else []
    parts += [f"found by {field.seal.blind_index}"] if field.seal.blind_index else []
    return f"{', '.join(parts)}: {_form(field.type)}"


def _form(hint: Any) -> str:
    if get_origin(hint) is Annotated:
        return _form(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return " | ".join(_form(part) for part in get_args(hint))
    if get_origin(hint) is tuple:
        return f"[{', '.join('…' if part is Ellipsis else _form(part) for part in get_args(hint))}]"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return f"one of ({' '.join(hint)})"
    if hint in _NAMES:
        return _NAMES[hint]
    members = get_type_hints(hint, include_extras=True) if hasattr(hint, "__dataclass_fields__") else {}
    return f"{{{', '.join(f'{name}: {_form(part)}' for name, part in members.items())}}}" if members else hint.__name__


def example(declared: EventType, event: Event, *, sparse: bool) -> dict[str, Any]:
    """An event as it is stored: the record, its leaf hash, and beside it the sealed values with their salts."""
    ((_, (*_, record), _),) = written(_append(declared, event, sparse), OWNERS[declared.service], RECORDED)
    envelope: dict[str, Any] = orjson.loads(cast(bytes, record))
    sealed: dict[str, Any] = {}
    for path, part, value in _sealed_parts(declared, event, envelope, sparse):
        salts = [sha256(f"{declared.name}/{path}/{n}".encode()).digest() for n, _ in enumerate(pieces(path, value))]
        part["commitment"] = commitment(path, value, iter(salts).__next__).hex()
        sealed[path] = {"salts": b64encode(b"".join(salts)).decode(), "value": value}
    return {"record": envelope, "leaf": leaf_hash(orjson.dumps(envelope)).hex(), "sealed": sealed}


def _append(declared: EventType, event: Event, sparse: bool) -> Append:
    """The append of an example: its ids and its keys are the same each time."""
    stream = StreamId(declared.category, uuid5(NAMESPACE, declared.category))
    subjects = {getattr(event, f.seal.subject) for f in declared.fields if f.seal and f.seal.subject}
    keys = {
        (group, subject): _key(str(stream), group, subject)
        for group in ClassGroup
        for subject in (subjects if group is ClassGroup.PERSONAL else {None})
    }
    return Append(
        stream=stream,
        version=0 if sparse else 6,
        events=[event],
        context=_context(sparse),
        keys=StreamKeys(stream=str(stream), masters=MasterKeys({}), known=keys),
    )


def _key(stream: str, group: ClassGroup, subject: UUID | None) -> DataKey:
    return DataKey(
        id=uuid5(NAMESPACE, f"{stream}/{group}/{subject}"),
        stream=stream,
        group=group,
        subject=subject,
        secret=b"k" * 32,
    )


def _context(sparse: bool) -> Context:
    ids = (uuid5(NAMESPACE, f"context/{n}") for n in count())
    required = {
        "command_id": next(ids),
        "correlation_id": next(ids),
        "actor": Actor(id=next(ids), role=Code("desk_officer")),
        "channel": Code("counter"),
    }
    if sparse:
        return Context(**required)
    return Context(
        **required,
        causation_id=next(ids),
        trace="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        policy=sha256(b"policy").hexdigest(),
        reason="窓口で受け付けたため。",
        occurred_at=datetime(2026, 11, 20, 1, 30, tzinfo=UTC),
        digest=sha256(b"command").hexdigest(),
    )


def _sealed_parts(
    declared: EventType, event: Event, envelope: dict[str, Any], sparse: bool
) -> Iterator[tuple[str, dict[str, str], Any]]:
    """Path, commitment and value in clear of everything that is sealed in an example."""
    context = _context(sparse)
    for path, value in (("reason", context.reason), ("command_digest", context.digest)):
        if envelope[path] is not None:
            yield path, envelope[path], value
    for field in declared.fields:
        if is_sealed_part(envelope["data"][field.name]):
            yield field.name, envelope["data"][field.name], as_json(getattr(event, field.name).reveal())


def write_missing() -> list[Path]:
    """Writes the goldens of versions that have none."""
    missing = [declared for declared in EVENT_TYPES if not path_of(declared).exists()]
    for declared in missing:
        path_of(declared).parent.mkdir(parents=True, exist_ok=True)
        path_of(declared).write_bytes(orjson.dumps(golden(declared), option=orjson.OPT_INDENT_2) + b"\n")
    return [path_of(declared) for declared in missing]


if __name__ == "__main__":
    sys.stdout.writelines(f"{path}\n" for path in write_missing())
