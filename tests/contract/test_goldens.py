"""Goldens: every event ever released is readable today, by who owns it and by who reads it, and keeps its form."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from apps.composition import SERVICES
from desk import rules
from eventstore.merkle import leaf_hash
from eventstore.protection import Sealed
from eventstore.recording import decode, decode_fields
from eventstore.records import is_sealed_part, read
from eventstore.sealing.values import verify_part
from eventstore.testing import in_clear
from services.intake.queries import cases, progress
from tests.goldens import CONTRACTS, OWNERS, form, golden, path_of
from tests.strategies import EVENT_TYPES

FOREIGN: Final = [
    (f"{service.name}.{subscription.name}", owner, followed)
    for service in SERVICES
    for subscription in service.subscriptions
    for owner, types in subscription.by_service(service.name).items()
    if owner != service.name
    for followed in types.values()
]
"""What services follow of one another."""
READERS: Final = [
    *(("desk.rules", "administration", name, read) for name, read in rules.READS.items()),
    ("intake.cases", "matching", "CaseOpened", cases.READS["CaseOpened"]),
    *(("intake.progress", "matching", name, read) for name, read in progress.READS.items()),
    *((who, owner, followed.type, followed.read) for who, owner, followed in FOREIGN),
]
"""Who reads whose event type, and how."""

CODES: Final = re.compile(r"one of \(([^)]*)\)")

GOLDENS: Final = {path: orjson.loads(path.read_bytes()) for path in sorted(CONTRACTS.glob("*/*.v*.json"))}
each_golden = pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
each_example = pytest.mark.parametrize(
    ("path", "which"),
    [(path, which) for path in GOLDENS for which in ("full", "sparse")],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
each_type = pytest.mark.parametrize("declared", EVENT_TYPES, ids=lambda d: f"{d.name}.v{d.version}")


def values(example: dict[str, Any]) -> dict[str, Any]:
    return {path: entry["value"] for path, entry in example["sealed"].items()}


@each_type
def test_every_version_has_a_golden(declared: Any) -> None:
    assert path_of(declared) in GOLDENS, "write it: python -m tests.goldens"


@each_golden
def test_no_released_version_is_forgotten(path: Path) -> None:
    released = GOLDENS[path]

    declared = OWNERS[released["service"]].declared(released["type"], released["version"])
    assert declared.category == released["category"]
    assert path == path_of(declared)


@each_golden
def test_no_released_version_changes_its_fields(path: Path) -> None:
    released = GOLDENS[path]
    declared = OWNERS[released["service"]].declared(released["type"], released["version"])

    assert list(released["fields"]) == [field.name for field in declared.fields]
    for field in declared.fields:
        assert grown(released["fields"][field.name], form(field)), field.name


def grown(released: str, today: str) -> bool:
    """Whether a form is what it was, or has only got more codes to choose from."""
    codes_then, codes_now = (CODES.findall(words) for words in (released, today))
    return CODES.sub("", released) == CODES.sub("", today) and all(
        set(then.split()) <= set(now.split()) for then, now in zip(codes_then, codes_now, strict=True)
    )


@pytest.mark.parametrize(
    ("released", "today", "allowed"),
    [
        ("uuid", "uuid", True),
        ("uuid", "uuid | null", False),
        ("[one of (a b), …]", "[one of (a b c), …]", True),
        ("[one of (a b), …]", "[one of (c a b), …]", True),
        ("[one of (a b), …]", "[one of (a c), …]", False),
        ("one of (a) | null", "one of (a)", False),
        ("business: text", "internal: text", False),
        ("personal, of a: text", "personal, of b: text", False),
    ],
)
def test_a_form_may_only_get_more_codes(released: str, today: str, allowed: bool) -> None:
    assert grown(released, today) is allowed


@each_example
def test_the_owner_reads_every_golden_in_today_s_form(path: Path, which: str) -> None:
    released = GOLDENS[path]
    example = released["examples"][which]
    types = OWNERS[released["service"]]

    recorded = decode(types, read(orjson.dumps(example["record"])), values(example))

    assert types.of(recorded.event).name == released["type"]
    opened = in_clear(recorded.event)
    for name, value in values(example).items():
        if name in opened:
            assert not isinstance(opened[name], Sealed), name
        else:
            assert getattr(recorded, name).reveal() == value


@each_example
def test_the_owner_reads_every_golden_without_any_key(path: Path, which: str) -> None:
    released = GOLDENS[path]
    example = released["examples"][which]

    recorded = decode(OWNERS[released["service"]], read(orjson.dumps(example["record"])), {})

    closed = [value for value in in_clear(recorded.event).values() if isinstance(value, Sealed)]
    assert not any(value.is_open for value in closed)


@pytest.mark.parametrize("which", ["full", "sparse"])
@pytest.mark.parametrize(
    ("who", "owner", "name", "reading"), READERS, ids=lambda value: getattr(value, "__qualname__", value)
)
def test_every_reader_reads_every_version_of_what_it_follows(
    who: str, owner: str, name: str, reading: Any, which: str
) -> None:
    versions = [released for released in GOLDENS.values() if (released["service"], released["type"]) == (owner, name)]
    assert versions, f"{who} follows {name}, which {owner} never released"
    for released in versions:
        example = released["examples"][which]
        for opened in (values(example), {}):
            recorded = decode_fields(read(orjson.dumps(example["record"])), opened)
            loaded = asdict(reading(recorded.event))
            assert set(loaded) <= set(released["fields"])
            assert None not in loaded.values()


def test_a_reader_of_foreign_events_says_how_it_reads_them() -> None:
    assert [f"{who}: {followed.type}" for who, _, followed in FOREIGN if followed.read is None] == []


@each_example
def test_a_golden_s_bytes_and_commitments_are_what_they_were(path: Path, which: str) -> None:
    example = GOLDENS[path]["examples"][which]
    record = example["record"]
    parts = {name: record[name] for name in ("reason", "command_digest")} | record["data"]
    sealed = {name: part for name, part in parts.items() if is_sealed_part(part)}

    assert leaf_hash(orjson.dumps(record)).hex() == example["leaf"]
    assert set(sealed) == set(example["sealed"])
    for name, part in sealed.items():
        assert verify_part(part, name, example["sealed"][name]), name
        changed = {**example["sealed"][name], "value": "something else"}
        assert not verify_part(part, name, changed), name


@each_type
def test_what_is_written_today_is_what_the_golden_holds(declared: Any) -> None:
    """The producer's side: the same event gives the same bytes."""
    assert golden(declared)["examples"] == GOLDENS[path_of(declared)]["examples"]


def test_the_newest_version_of_a_type_is_reached_from_each_older_one() -> None:
    for types in OWNERS.values():
        newest: dict[str, int] = {}
        for declared in types:
            newest[declared.name] = max(newest.get(declared.name, 0), declared.version)
        for declared in types:
            example = GOLDENS[path_of(declared)]["examples"]["full"]
            event = decode(types, example["record"], values(example)).event
            assert types.of(event).version == newest[declared.name], declared.name
