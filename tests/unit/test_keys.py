"""Keys: what is missing or wrong is noticed at once, and a wrapped key opens only where it belongs."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from eventstore.errors import KeyUnavailable
from eventstore.protection import ClassGroup
from eventstore.sealing.keys import (
    KEY_BYTES,
    DataKey,
    MasterKey,
    MasterKeys,
    WrappedKey,
    derive,
    new_data_key,
    read_secret,
    write_master_key,
    write_secret,
)

GROUP = ClassGroup.BUSINESS
STREAM = f"proposal-{uuid4()}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a master key for every class group."""
    for group in ClassGroup:
        write_master_key(tmp_path, group)
    return tmp_path


@pytest.fixture
def masters(folder: Path) -> MasterKeys:
    return MasterKeys.read(folder, ClassGroup)


@pytest.fixture
def key() -> DataKey:
    return new_data_key(STREAM, ClassGroup.PERSONAL, uuid4())


def edited(path: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    kept = json.loads(path.read_text())
    edit(kept)
    path.write_text(json.dumps(kept))


def test_a_wrapped_key_opens_again(masters: MasterKeys, key: DataKey) -> None:
    assert masters.unwrap(masters.wrap(key)) == key


def test_the_wrapped_form_does_not_hold_the_key_in_clear(masters: MasterKeys, key: DataKey) -> None:
    wrapped = masters.wrap(key)

    assert key.secret not in wrapped.wrapped
    assert wrapped.wrapped != masters.wrap(key).wrapped


@pytest.mark.parametrize(
    "moved",
    [
        lambda wrapped: replace(wrapped, stream=f"proposal-{uuid4()}"),
        lambda wrapped: replace(wrapped, stream=STREAM.replace("proposal", "inquiry")),
        lambda wrapped: replace(wrapped, subject=uuid4()),
        lambda wrapped: replace(wrapped, subject=None),
        lambda wrapped: replace(wrapped, id=uuid4()),
        lambda wrapped: replace(wrapped, group=ClassGroup.BUSINESS),
        lambda wrapped: replace(wrapped, wrapped=wrapped.wrapped[:-1] + bytes([wrapped.wrapped[-1] ^ 1])),
        lambda wrapped: replace(wrapped, wrapped=bytes([wrapped.wrapped[0] ^ 1]) + wrapped.wrapped[1:]),
        lambda wrapped: replace(wrapped, wrapped=b""),
        lambda wrapped: replace(wrapped, wrapped=wrapped.wrapped[:12]),
        lambda wrapped: replace(wrapped, master_key=uuid4()),
    ],
    ids=[
        "stream", "category", "person", "no person", "id", "group", "tag", "nonce", "empty", "nonce only", "master",
    ],
)  # fmt: skip
def test_a_moved_or_changed_wrapped_key_does_not_open(
    masters: MasterKeys, key: DataKey, moved: Callable[[WrappedKey], WrappedKey]
) -> None:
    with pytest.raises(KeyUnavailable):
        masters.unwrap(moved(masters.wrap(key)))


def test_a_key_wrapped_for_one_group_does_not_open_with_another_group_s_master_key(folder: Path) -> None:
    business = MasterKeys.read(folder, [ClassGroup.BUSINESS])
    wrapped = MasterKeys.read(folder, ClassGroup).wrap(new_data_key(STREAM, ClassGroup.PERSONAL, None))

    with pytest.raises(KeyUnavailable):
        business.unwrap(replace(wrapped, group=ClassGroup.BUSINESS, master_key=business.ids[0]))


def test_a_group_that_is_not_held_can_be_neither_sealed_nor_opened(folder: Path, key: DataKey) -> None:
    wrapped = MasterKeys.read(folder, ClassGroup).wrap(key)
    few = MasterKeys.read(folder, [ClassGroup.INTERNAL])

    assert few.groups == {ClassGroup.INTERNAL}
    with pytest.raises(KeyUnavailable, match="personal"):
        few.wrap(key)
    with pytest.raises(KeyUnavailable, match="personal"):
        few.unwrap(wrapped)


def test_the_newest_master_key_wraps_and_the_old_ones_still_open(folder: Path, key: DataKey) -> None:
    before = MasterKeys.read(folder, ClassGroup).wrap(key)
    newest = write_master_key(folder, ClassGroup.PERSONAL)
    now = MasterKeys.read(folder, ClassGroup)

    again = now.rewrap(before)

    assert before.master_key != newest
    assert again.master_key == newest == now.wrap(key).master_key
    assert now.unwrap(before) == now.unwrap(again) == key


def test_rewrapped_keys_open_without_the_old_master_key(folder: Path, key: DataKey) -> None:
    before = MasterKeys.read(folder, ClassGroup).wrap(key)
    write_master_key(folder, ClassGroup.PERSONAL)
    again = MasterKeys.read(folder, ClassGroup).rewrap(before)
    edited(folder / "master-personal.json", lambda kept: kept["keys"].pop(0))
    newest_only = MasterKeys.read(folder, ClassGroup)

    assert newest_only.unwrap(again) == key
    with pytest.raises(KeyUnavailable, match="is not held here"):
        newest_only.unwrap(before)


@pytest.mark.parametrize(
    "edit",
    [
        lambda kept: kept["keys"][0].update(key="00" * KEY_BYTES),
        lambda kept: kept["keys"][0].update(id=str(uuid4())),
        lambda kept: kept["keys"][0].update(key=kept["keys"][0]["key"][:-2]),
        lambda kept: kept["keys"][0].update(key="not hexadecimal"),
        lambda kept: kept["keys"][0].update(id="not an id"),
        lambda kept: kept["keys"][0].pop("key"),
        lambda kept: kept["keys"].clear(),
        lambda kept: kept.pop("keys"),
        lambda kept: kept.update(keys=5),
        lambda kept: kept.update(keys=["key"]),
    ],
    ids=[
        "another key", "another id", "short", "no hex", "no id", "key missing", "none", "no list", "number", "texts",
    ],
)  # fmt: skip
def test_a_wrong_file_of_master_keys_is_noticed_when_it_is_read(folder: Path, edit: Callable[..., object]) -> None:
    edited(folder / f"master-{GROUP}.json", edit)

    with pytest.raises(KeyUnavailable, match=f"master-{GROUP}.json"):
        MasterKeys.read(folder, ClassGroup)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"null"])
def test_an_unreadable_file_of_master_keys_is_noticed_when_it_is_read(folder: Path, content: bytes) -> None:
    (folder / f"master-{GROUP}.json").write_bytes(content)

    with pytest.raises(KeyUnavailable, match=f"master-{GROUP}.json"):
        MasterKeys.read(folder, ClassGroup)


def test_a_missing_file_of_master_keys_is_noticed_when_it_is_read(folder: Path) -> None:
    (folder / f"master-{GROUP}.json").unlink()

    with pytest.raises(KeyUnavailable, match=f"master-{GROUP}.json"):
        MasterKeys.read(folder, ClassGroup)
    assert MasterKeys.read(folder, [ClassGroup.INTERNAL]).groups == {ClassGroup.INTERNAL}


def test_another_group_s_file_is_noticed_when_it_is_read(folder: Path) -> None:
    (folder / "master-safety.json").write_bytes((folder / "master-internal.json").read_bytes())

    with pytest.raises(KeyUnavailable, match="another class group"):
        MasterKeys.read(folder, ClassGroup)


def test_a_key_s_fault_does_not_show_the_key(folder: Path) -> None:
    path = folder / f"master-{GROUP}.json"
    secret = json.loads(path.read_text())["keys"][0]["key"]
    edited(path, lambda kept: kept["keys"][0].update(id=str(uuid4())))

    with pytest.raises(KeyUnavailable) as raised:
        MasterKeys.read(folder, ClassGroup)
    assert secret not in str(raised.value)


def test_keys_do_not_show_themselves(masters: MasterKeys, key: DataKey) -> None:
    master = MasterKey(b"\x01" * KEY_BYTES)

    for shown in (repr(master), repr(key), repr(masters)):
        assert repr(master.secret)[2:-1] not in shown
        assert repr(key.secret)[2:-1] not in shown


def test_a_master_key_s_id_is_computed_from_it() -> None:
    assert MasterKey(b"\x01" * 32).id == MasterKey(b"\x01" * 32).id
    assert MasterKey(b"\x01" * 32).id != MasterKey(b"\x02" * 32).id


def test_derived_keys_differ_by_label_and_secret() -> None:
    made = {derive(secret, label) for secret in (b"a" * 32, b"b" * 32) for label in ("one", "two")}

    assert len(made) == 4
    assert {len(key) for key in made} == {KEY_BYTES}


@pytest.mark.parametrize("content", ["", "00", "zz" * 32, "00" * 33])
def test_a_wrong_secret_is_noticed_when_it_is_read(tmp_path: Path, content: str) -> None:
    write_secret(tmp_path / "intake.secret", content)

    with pytest.raises(KeyUnavailable, match="the secret intake"):
        read_secret(tmp_path / "intake.secret")


def test_a_secret_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_secret(tmp_path / "intake.secret", "ab" * KEY_BYTES)

    assert read_secret(tmp_path / "intake.secret") == b"\xab" * KEY_BYTES
    assert [path.name for path in tmp_path.iterdir()] == ["intake.secret"]
