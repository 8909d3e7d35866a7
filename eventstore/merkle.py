"""The Merkle tree hash of RFC 6962 §2.1, over any list of byte strings."""

from collections.abc import Sequence
from hashlib import sha256

LEAF = b"\x00"
NODE = b"\x01"
EMPTY_ROOT = sha256(b"").digest()
"""The tree hash of nothing (RFC 6962 §2.1)."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry): 32 bytes (RFC 6962 §2.1)."""
    return sha256(LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right): 32 bytes (RFC 6962 §2.1)."""
    return sha256(NODE + left + right).digest()


def root(entries: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of the entries in order: 32 bytes; of none, SHA-256 of nothing (RFC 6962 §2.1)."""
    if not entries:
        return EMPTY_ROOT
    level = [leaf_hash(entry) for entry in entries]
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        # A last node without a partner rises as it is: the same tree as RFC 6962's split at the largest power of two.
        level = paired + level[len(paired) * 2 :]
    return level[0]
