"""The ledger chapter of docs/verify.md: its example is true, and every kind of finding is described."""

import re
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from eventstore.ledger.checking import is_consistent, is_included
from eventstore.ledger.checkpoints import Checkpoint, Signer, Verifier
from eventstore.ledger.findings import Fault
from eventstore.ledger.tree import consistency_path, inclusion_path
from eventstore.merkle import leaf_hash, root

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "verify.md").read_text(encoding="utf-8")
CHAPTER = PAGE.partition("## The ledger\n")[2]
SIGNER = Signer("renkei/022012", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
RECORDS = [f'{{"n":{n}}}'.encode() for n in range(1, 6)]
HASHES = [bytes.fromhex(one) for one in re.findall(r"\b[0-9a-f]{64}\b", CHAPTER)]
LEAVES, (ONE_TWO, THREE_FOUR, ONE_TO_FOUR, FIVE, THREE) = HASHES[:5], HASHES[5:]


def indented(begin: str) -> str:
    """The line of an example that begins so."""
    return next(line for line in CHAPTER.splitlines() if line.startswith(f"    {begin}")).strip()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def test_the_example_s_tree_is_as_it_says() -> None:
    assert [sha256(b"\x00" + record).digest() for record in RECORDS] == LEAVES == [leaf_hash(one) for one in RECORDS]
    assert node(LEAVES[0], LEAVES[1]) == ONE_TWO
    assert node(LEAVES[2], LEAVES[3]) == THREE_FOUR
    assert node(ONE_TWO, THREE_FOUR) == ONE_TO_FOUR
    assert node(ONE_TO_FOUR, LEAVES[4]) == FIVE == root(RECORDS)
    assert node(ONE_TWO, LEAVES[2]) == THREE == root(RECORDS[:3])


def test_the_example_s_proofs_are_the_kernel_s_and_are_accepted() -> None:
    included, consistent = [LEAVES[3], ONE_TWO, LEAVES[4]], [LEAVES[2], LEAVES[3], ONE_TWO, LEAVES[4]]

    assert inclusion_path(2, 5, lambda _, first, count: LEAVES[first : first + count]) == included
    assert consistency_path(3, 5, lambda _, first, count: LEAVES[first : first + count]) == consistent
    assert is_included(LEAVES[2], 2, 5, included, FIVE)
    assert is_consistent(3, THREE, 5, FIVE, consistent)


def test_the_example_s_checkpoint_is_signed_by_the_key_beside_it() -> None:
    vkey, signature = indented("renkei/022012+"), indented("— renkei/022012 ")
    lines = [line.strip() for line in CHAPTER.partition("    renkei/022012\n")[2].splitlines()[:2]]
    text = "\n".join(["renkei/022012", *lines, ""])
    name, key_id, encoded = vkey.split("+", 2)
    public, given = b64decode(encoded), b64decode(signature.rpartition(" ")[2])

    assert text == Checkpoint("renkei/022012", 5, FIVE).body()
    assert sha256(name.encode() + b"\n" + public).digest()[:4].hex() == key_id == given[:4].hex()
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(given[4:], text.encode())
    assert Verifier.parse(vkey).open(f"{text}\n{signature}\n") == Checkpoint("renkei/022012", 5, FIVE)
    assert SIGNER.sign(Checkpoint("renkei/022012", 5, FIVE)) == f"{text}\n{signature}\n"


def test_every_kind_of_finding_is_described_once() -> None:
    rows = [line.split("|")[1] for line in CHAPTER.splitlines() if line.startswith("| `")]
    described = [kind for row in rows for kind in re.findall(r"`([a-z_]+)`", row)]

    assert sorted(described) == sorted(Fault)


@pytest.mark.parametrize("remark", ["signed_at", "reason", "begun_at", "held_size", "sequence"])
def test_what_is_not_protected_is_said(remark: str) -> None:
    assert f"`{remark}`" in CHAPTER.partition("**What it does not.**")[2]
