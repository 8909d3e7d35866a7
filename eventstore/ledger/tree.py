"""The Merkle tree of the ledger: grown leaf by leaf, stored at every eighth level, proved from a few hundred hashes.

Node (level, number) covers the leaves from number·2^level to (number+1)·2^level, counted from 0 (RFC 6962 §2.1).
Level 0 is the leaves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from eventstore.merkle import EMPTY_ROOT, node_hash

STRIDE: Final = 8
"""Levels between those that are stored."""

Stored: TypeAlias = Callable[[int, int, int], Sequence[bytes]]
"""(level, first number, count) → the stored hashes of complete nodes of a level that is a multiple of `STRIDE`."""


@dataclass(slots=True)
class Growing:
    """A tree that leaves are added to: keeps only the roots of its complete subtrees, largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def at(cls, size: int, stored: Stored) -> "Growing":
        """The tree of the first `size` leaves that are stored."""
        return cls(size, [node(level, number, stored) for level, number in peaks_of(size)])

    def add(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Adds a leaf hash; gives the nodes (level, number, hash) that are now complete and to be stored."""
        self.peaks.append(leaf)
        self.size += 1
        level, number = 0, self.size
        while number % 2 == 0:
            right, left = self.peaks.pop(), self.peaks.pop()
            self.peaks.append(node_hash(left, right))
            level, number = level + 1, number // 2
            if level % STRIDE == 0:
                yield level, number - 1, self.peaks[-1]

    @property
    def root(self) -> bytes:
        """The tree head: 32 bytes."""
        return _fold(self.peaks)


def peaks_of(size: int) -> Iterator[tuple[int, int]]:
    """(level, number) of the complete subtrees that make up a tree of `size` leaves, largest first."""
    first = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield level, first >> level
            first += 1 << level


def node(level: int, number: int, stored: Stored) -> bytes:
    """The hash of a complete node, from the stored level at or below it."""
    at = level - level % STRIDE
    hashes = list(stored(at, number << level - at, 1 << level - at))
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def root_of(first: int, end: int, stored: Stored) -> bytes:
    """The tree hash of leaves `first` to `end` (not included); `first` is a multiple of the largest power within."""
    if first == end:
        return EMPTY_ROOT
    offsets = ((level, first + (number << level)) for level, number in peaks_of(end - first))
    return _fold([node(level, at >> level, stored) for level, at in offsets])


def inclusion_path(index: int, size: int, stored: Stored) -> list[bytes]:
    """The audit path of leaf `index` (from 0) in a tree of `size` leaves (RFC 6962 §2.1.1). Raises IndexError."""
    if not 0 <= index < size:
        raise IndexError(index)
    return _path(index, 0, size, stored)


def _path(index: int, first: int, end: int, stored: Stored) -> list[bytes]:
    if end - first == 1:
        return []
    middle = first + _split(end - first)
    if index < middle:
        return [*_path(index, first, middle, stored), root_of(middle, end, stored)]
    return [*_path(index, middle, end, stored), root_of(first, middle, stored)]


def consistency_path(older: int, size: int, stored: Stored) -> list[bytes]:
    """The proof that a tree of `older` leaves begins one of `size` (RFC 6962 §2.1.2). Raises IndexError."""
    if not 0 < older <= size:
        raise IndexError(older)
    return _subproof(older, 0, size, stored, is_whole=True)


def _subproof(older: int, first: int, end: int, stored: Stored, *, is_whole: bool) -> list[bytes]:
    """RFC 6962's SUBPROOF over leaves `first` to `end`; `older` counts from 0."""
    if older == end:
        return [] if is_whole else [root_of(first, end, stored)]
    middle = first + _split(end - first)
    if older <= middle:
        return [*_subproof(older, first, middle, stored, is_whole=is_whole), root_of(middle, end, stored)]
    return [*_subproof(older, middle, end, stored, is_whole=False), root_of(first, middle, stored)]


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1


def _fold(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root
