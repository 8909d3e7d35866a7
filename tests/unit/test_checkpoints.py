"""Checkpoints: a note is what its signer signed, in the C2SP forms, and nothing else passes for one."""

from base64 import b64decode, b64encode
from datetime import date
from hashlib import sha256
from pathlib import Path
from stat import S_IMODE

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from eventstore.ledger.checkpoints import (
    VERIFYING,
    Checkpoint,
    CheckpointInvalid,
    Outside,
    Signer,
    Verifier,
    draw_signing_key,
    origin_of,
    read_signer,
)

NAME = "renkei/022012"
SIGNER = Signer(NAME, Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
OTHER = Signer(NAME, Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
CHECKPOINT = Checkpoint(NAME, 1500, sha256(b"root").digest())
NOTE = SIGNER.sign(CHECKPOINT)


def test_a_note_has_the_form_that_c2sp_describes() -> None:
    origin, size, root, empty, signature, end = NOTE.split("\n")
    name, encoded = signature.removeprefix("\u2014 ").split(" ")
    public = SIGNER.key.public_key().public_bytes_raw()
    given = b64decode(encoded)

    assert (origin, size, b64decode(root), empty, end) == (NAME, "1500", CHECKPOINT.root, "", "")
    assert name == NAME
    assert given[:4] == sha256(NAME.encode() + b"\n\x01" + public).digest()[:4]
    Ed25519PublicKey.from_public_bytes(public).verify(given[4:], f"{origin}\n{size}\n{root}\n".encode())


def test_a_note_opens_with_the_key_that_is_handed_out() -> None:
    assert Verifier.parse(SIGNER.verifier.vkey()).open(NOTE) == CHECKPOINT


def test_a_cosigned_note_opens() -> None:
    """Witnesses add lines of their own."""
    assert SIGNER.verifier.open(NOTE + f"\u2014 witness.example {b64encode(b'x' * 68).decode()}\n") == CHECKPOINT


@pytest.mark.parametrize(
    "note",
    [
        "",
        "renkei/022012\n",
        NOTE.replace("1500", "1501"),
        NOTE.replace("022012", "112089", 1),
        NOTE.replace(b64encode(CHECKPOINT.root).decode(), b64encode(sha256(b"other").digest()).decode()),
        NOTE.rsplit("\n\n", 1)[0] + "\n\n",
        NOTE.replace("\u2014 ", "- "),
        NOTE[:-8] + "\n",
        NOTE[:-8] + "雪\n",
        OTHER.sign(CHECKPOINT),
        SIGNER.sign(Checkpoint("renkei/112089", 1, CHECKPOINT.root)),
        SIGNER.sign(Checkpoint(f"{NAME}/x", 1, CHECKPOINT.root)),
        SIGNER.sign(Checkpoint(f"{NAME}0", 1, CHECKPOINT.root)),
    ],
    ids=[
        "nothing", "no signature", "other size", "other origin", "other root", "signature taken off", "other dash",
        "signature cut", "no base64", "other key", "other ledger", "no epoch", "longer name",
    ],
)  # fmt: skip
def test_anything_else_is_refused(note: str) -> None:
    with pytest.raises(CheckpointInvalid):
        SIGNER.verifier.open(note)


@pytest.mark.parametrize("epoch", [1, 2, 12])
def test_an_origin_tells_its_epoch(epoch: int) -> None:
    checkpoint = Checkpoint(origin_of("022012", epoch), 1, b"\0" * 32)

    assert SIGNER.verifier.open(SIGNER.sign(checkpoint)).epoch == epoch


@pytest.mark.parametrize(
    "vkey", ["", "a+b", "a+00000000+AAAA", "a+00000000+雪", SIGNER.verifier.vkey().replace("022012", "112089")]
)
def test_a_text_that_is_no_verifying_key_is_refused(vkey: str) -> None:
    with pytest.raises(CheckpointInvalid):
        Verifier.parse(vkey)


def test_a_drawn_key_is_its_owner_s_and_its_verifier_is_beside_it(tmp_path: Path) -> None:
    draw_signing_key(tmp_path, NAME)

    signer = read_signer(tmp_path, NAME)
    assert Verifier.parse((tmp_path / VERIFYING).read_text(encoding="utf-8")) == signer.verifier
    assert {S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_the_newest_outside_is_the_largest_of_the_last_origin(tmp_path: Path) -> None:
    outside = Outside(tmp_path / "checkpoints", SIGNER.verifier)
    assert outside.newest() is None

    for epoch, size in ((1, 9), (1, 10_000), (2, 20), (2, 3)):
        checkpoint = Checkpoint(origin_of("022012", epoch), size, CHECKPOINT.root)
        outside.keep(checkpoint, SIGNER.sign(checkpoint))

    assert outside.newest() == Checkpoint(f"{NAME}/2", 20, CHECKPOINT.root)
    assert len(outside.notes()) == 4


def test_a_closing_has_a_file_of_its_own_and_is_as_new_as_its_size(tmp_path: Path) -> None:
    outside, day = Outside(tmp_path, SIGNER.verifier), date(2026, 11, 22)
    for checkpoint, closes in ((CHECKPOINT, None), (CHECKPOINT, day), (Checkpoint(NAME, 9, CHECKPOINT.root), day)):
        outside.keep(checkpoint, SIGNER.sign(checkpoint), closes)
    (tmp_path / "001-000000000009-someday.txt").write_text("", encoding="utf-8")

    assert [(note.name, note.closes) for note in outside.notes()] == [
        ("001-000000000009-2026-11-22.txt", day),
        ("001-000000000009-someday.txt", None),
        ("001-000000001500-2026-11-22.txt", day),
        ("001-000000001500.txt", None),
    ]
    assert outside.newest() == CHECKPOINT


def test_a_forgery_outside_is_refused(tmp_path: Path) -> None:
    outside = Outside(tmp_path, SIGNER.verifier)
    outside.keep(CHECKPOINT, OTHER.sign(CHECKPOINT))

    with pytest.raises(CheckpointInvalid):
        outside.newest()
