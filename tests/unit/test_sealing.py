"""Sealing: what one key sealed opens with that key, in that event, and nowhere else."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.errors import KeyUnavailable
from eventstore.protection import ClassGroup, Protection
from eventstore.sealing.keys import MasterKey, MasterKeys
from eventstore.sealing.values import SealedBlob, Sealing, StreamKeys, open_blob, open_values, restore, verify_part
from tests.strategies import EVENT_TYPES, FOR_EACH, events_of, json_values

STREAM = f"proposal-{uuid4()}"


def masters() -> MasterKeys:
    return MasterKeys({group: [MasterKey(bytes([n]) * 32)] for n, group in enumerate(ClassGroup)})


@pytest.fixture
def keys() -> StreamKeys:
    return StreamKeys(stream=STREAM, masters=masters())


def opened(keys: StreamKeys, blobs: list[SealedBlob]) -> dict[str, Any]:
    return open_values(blobs, {key.id: key for key in keys.known.values()})


@given(json_values(), st.sampled_from([p for p in Protection if p is not Protection.PUBLIC]))
def test_a_sealed_value_is_restored(value: Any, protection: Protection) -> None:
    keys = StreamKeys(stream=STREAM, masters=masters())
    sealing = Sealing(uuid4(), keys)
    part = sealing.part("field", value, protection, uuid4() if protection is Protection.PERSONAL else None)

    restored = restore(part, "field", opened(keys, sealing.blobs()))

    assert restored is not None
    assert restored.reveal() == value
    assert part["class"] == protection


@given(json_values())
def test_a_kept_value_is_verified_against_its_commitment(value: Any) -> None:
    keys = StreamKeys(stream=STREAM, masters=masters())
    sealing = Sealing(uuid4(), keys)
    part = sealing.part("field", value, Protection.BUSINESS)
    (blob,) = sealing.blobs()
    entry = open_blob(blob, next(iter(keys.known.values())))["field"]

    assert verify_part(part, "field", entry)
    assert not verify_part(part, "other", entry)
    assert not verify_part(part, "field", {**entry, "value": ["another", value]})
    assert not verify_part({**part, "commitment": "00" * 32}, "field", entry)
    assert not verify_part(part, "field", {**entry, "salts": ""})


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda blob: replace(blob, event_id=uuid4()),
        lambda blob: replace(blob, key_id=uuid4()),
        lambda blob: replace(blob, blob=blob.blob[:-1]),
        lambda blob: replace(blob, blob=blob.blob[:-1] + bytes([blob.blob[-1] ^ 1])),
        lambda blob: replace(blob, blob=b""),
    ],
    ids=["event", "key", "shorter", "tag", "empty"],
)
def test_a_moved_or_changed_blob_does_not_open(keys: StreamKeys, spoilt: Any) -> None:
    sealing = Sealing(uuid4(), keys)
    sealing.part("field", "秘密", Protection.BUSINESS)
    (blob,) = sealing.blobs()

    with pytest.raises(KeyUnavailable):
        open_blob(spoilt(blob), next(iter(keys.known.values())))


def test_another_key_opens_nothing(keys: StreamKeys) -> None:
    sealing = Sealing(uuid4(), keys)
    sealing.part("one", "秘密", Protection.BUSINESS)
    sealing.part("two", "内部", Protection.INTERNAL)
    business, internal = sealing.blobs()
    by_group = {group: key for (group, _), key in keys.known.items()}

    assert open_blob(business, by_group[ClassGroup.BUSINESS])["one"]["value"] == "秘密"
    with pytest.raises(KeyUnavailable):
        open_blob(business, by_group[ClassGroup.INTERNAL])
    assert open_values([business, internal], {internal.key_id: by_group[ClassGroup.INTERNAL]}) == {"two": "内部"}


def test_classes_of_one_group_share_a_key_and_persons_do_not(keys: StreamKeys) -> None:
    sealing = Sealing(uuid4(), keys)
    ann, bob = uuid4(), uuid4()
    used = [
        sealing.part("a", 1, Protection.INTERNAL)["key"],
        sealing.part("b", 1, Protection.DELIBERATION)["key"],
        sealing.part("c", 1, Protection.PERSONAL, ann)["key"],
        sealing.part("d", 1, Protection.PERSONAL, bob)["key"],
        sealing.part("e", 1, Protection.PERSONAL, ann)["key"],
    ]

    assert used[0] == used[1]
    assert used[2] == used[4] != used[3]
    assert len(sealing.blobs()) == len(set(used)) == 3


def test_a_drawn_key_is_stored_once(keys: StreamKeys) -> None:
    Sealing(uuid4(), keys).part("a", 1, Protection.INTERNAL)
    first = keys.take_drawn()
    Sealing(uuid4(), keys).part("a", 1, Protection.INTERNAL)

    assert [key.group for key in first] == [ClassGroup.INTERNAL]
    assert keys.take_drawn() == []


def test_what_no_key_opens_is_closed_and_no_part_is_none() -> None:
    part = {"class": "business", "key": str(UUID(int=1)), "commitment": "00" * 32}

    closed = restore(part, "field", {})
    assert closed is not None
    assert not closed.is_open
    assert restore(None, "field", {"field": 1}) is None


@pytest.mark.parametrize("declared", EVENT_TYPES, ids=lambda declared: f"{declared.name}.v{declared.version}")
@FOR_EACH
@given(data=st.data())
def test_of_every_event_what_is_sealed_leaves_only_commitments(declared: Any, data: st.DataObject) -> None:
    keys = StreamKeys(stream=STREAM, masters=masters())
    event = data.draw(events_of(declared))
    sealing = Sealing(uuid4(), keys)

    written = sealing.data(declared, event)

    assert list(written) == [field.name for field in declared.fields]
    for field in declared.fields:
        if field.seal:
            assert set(written[field.name]) == {"class", "key", "commitment"}
            assert written[field.name]["class"] == field.seal.protection
        else:
            assert written[field.name] == getattr(event, field.name)
    indexed = [f.seal.blind_index for f in declared.fields if f.seal and f.seal.blind_index]
    assert {entry.name for entry in sealing.indexed} <= set(indexed)
    assert all(entry.value is not None for entry in sealing.indexed)
