"""The ledger's tree against a second implementation, written from RFC 6962's text: roots, paths, and their checking."""

from collections.abc import Iterator, Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore import merkle
from eventstore.ledger.checking import is_consistent, is_included
from eventstore.ledger.tree import STRIDE, Growing, consistency_path, inclusion_path
from eventstore.merkle import leaf_hash

ENTRIES = [n.to_bytes(4, "big") for n in range(1100)]
"""Enough for stored nodes on level 8, and for several of them."""


def k_of(n: int) -> int:
    """RFC 6962 §2.1: the largest power of two smaller than n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def mth(d: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1: MTH."""
    if len(d) <= 1:
        return sha256(b"\x00" + d[0]).digest() if d else sha256().digest()
    k = k_of(len(d))
    return sha256(b"\x01" + mth(d[:k]) + mth(d[k:])).digest()


def path(m: int, d: Sequence[bytes]) -> list[bytes]:
    """RFC 6962 §2.1.1: PATH(m, D[n])."""
    if len(d) == 1:
        return []
    k = k_of(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: Sequence[bytes], b: bool) -> list[bytes]:
    """RFC 6962 §2.1.2: SUBPROOF(m, D[n], b)."""
    if m == len(d):
        return [] if b else [mth(d)]
    k = k_of(len(d))
    if m <= k:
        return [*subproof(m, d[:k], b), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


class Kept:
    """A tree grown leaf by leaf, whose nodes are kept as the database keeps them."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.growing = Growing()
        self.nodes: dict[tuple[int, int], bytes] = {}
        for number, entry in enumerate(entries):
            self.nodes[0, number] = leaf_hash(entry)
            for level, at, made in self.growing.add(leaf_hash(entry)):
                assert level % STRIDE == 0
                self.nodes[level, at] = made

    def __call__(self, level: int, first: int, count: int) -> list[bytes]:
        return [self.nodes[level, number] for number in range(first, first + count)]


KEPT = Kept(ENTRIES)
sizes = st.one_of(st.integers(1, 70), st.integers(1, len(ENTRIES)))


@given(size=sizes)
def test_the_root_is_the_rfc_s_whether_grown_or_read_back(size: int) -> None:
    assert Growing.at(size, KEPT).root == Kept(ENTRIES[:size]).growing.root == mth(ENTRIES[:size])


def test_the_root_of_nothing_is_the_rfc_s() -> None:
    assert Growing().root == mth([])


@given(size=sizes, data=st.data())
def test_a_tree_goes_on_where_it_was_read_back(size: int, data: st.DataObject) -> None:
    end = data.draw(st.integers(size, len(ENTRIES)))
    tree = Growing.at(size, KEPT)
    made = {(level, at): node for entry in ENTRIES[size:end] for level, at, node in tree.add(leaf_hash(entry))}

    assert (tree.size, tree.root) == (end, mth(ENTRIES[:end]))
    assert made.items() <= KEPT.nodes.items()


@given(size=sizes, data=st.data())
def test_an_inclusion_proof_is_the_rfc_s_and_is_accepted_for_its_own_leaf_only(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    found = inclusion_path(index, size, KEPT)
    leaf, root = leaf_hash(ENTRIES[index]), mth(ENTRIES[:size])

    assert found == path(index, ENTRIES[:size])
    assert is_included(leaf, index, size, found, root)
    assert not is_included(leaf_hash(b"another"), index, size, found, root)
    assert not is_included(leaf, index, size, [*found, leaf], root)
    assert not is_included(leaf, size, size, found, root)
    assert not is_included(leaf, index, size, found, leaf_hash(b"another"))
    if found:
        assert not is_included(leaf, index, size, found[:-1], root)
        assert not is_included(leaf, index ^ 1, size, found, root)


@given(size=sizes, data=st.data())
def test_a_consistency_proof_is_the_rfc_s_and_is_accepted_for_its_own_trees_only(
    size: int, data: st.DataObject
) -> None:
    older = data.draw(st.integers(1, size))
    found = consistency_path(older, size, KEPT)
    older_root, root = mth(ENTRIES[:older]), mth(ENTRIES[:size])
    other = mth([b"rewritten", *ENTRIES[1:older]])

    assert found == subproof(older, ENTRIES[:size], True)
    assert is_consistent(older, older_root, size, root, found)
    assert not is_consistent(older, other, size, root, found)
    assert not is_consistent(older, older_root, size, other, found)
    assert not is_consistent(older, older_root, size, root, [*found, root])
    assert not is_consistent(size + 1, older_root, size, root, found)
    if found:
        assert not is_consistent(older, older_root, size, root, found[:-1])


@given(entries=st.lists(st.binary(max_size=40), min_size=1, max_size=40), data=st.data())
def test_trees_of_any_entries_and_their_proofs_are_the_rfc_s(entries: list[bytes], data: st.DataObject) -> None:
    kept, size = Kept(entries), len(entries)
    index, older = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    root = mth(entries)
    inclusion, consistency = inclusion_path(index, size, kept), consistency_path(older, size, kept)

    assert merkle.root(entries) == kept.growing.root == root
    assert inclusion == path(index, entries)
    assert consistency == subproof(older, entries, True)
    assert is_included(leaf_hash(entries[index]), index, size, inclusion, root)
    assert is_consistent(older, mth(entries[:older]), size, root, consistency)


@given(size=st.integers(2, 70), data=st.data())
def test_a_proof_with_any_hash_changed_is_refused(size: int, data: st.DataObject) -> None:
    index, older = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    root = mth(ENTRIES[:size])

    for wrong in _wrong(inclusion_path(index, size, KEPT)):
        assert not is_included(leaf_hash(ENTRIES[index]), index, size, wrong, root)
    for wrong in _wrong(consistency_path(older, size, KEPT)):
        assert not is_consistent(older, mth(ENTRIES[:older]), size, root, wrong)


def _wrong(proof: list[bytes]) -> Iterator[list[bytes]]:
    for at in range(len(proof)):
        yield [*proof[:at], sha256(proof[at]).digest(), *proof[at + 1 :]]


@settings(max_examples=5)
@given(st.integers(-3, 0))
def test_what_is_not_in_the_tree_cannot_be_proved(outside: int) -> None:
    with pytest.raises(IndexError):
        inclusion_path(outside - 1, 10, KEPT)
    with pytest.raises(IndexError):
        inclusion_path(10 - outside, 10, KEPT)
    with pytest.raises(IndexError):
        consistency_path(outside, 10, KEPT)
    with pytest.raises(IndexError):
        consistency_path(11 - outside, 10, KEPT)
