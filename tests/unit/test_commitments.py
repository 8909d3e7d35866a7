"""Commitments: a value cannot be changed behind one, cannot be guessed from one, and can be shown piece by piece."""

from itertools import count
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore.merkle import root
from eventstore.sealing.commitments import SALT_BYTES, commit, commitment, piece, pieces, recompute, sentences
from tests.strategies import json_values

VALUES = json_values()
SENTENCES = st.text("。\r\nあ漢a ", max_size=30) | st.text(max_size=60)


def salts_of(value: Any) -> bytes:
    """Different salts for every piece, the same each time."""
    return b"".join(n.to_bytes(SALT_BYTES, "big") for n, _ in enumerate(pieces("f", value)))


@settings(max_examples=200)
@given(SENTENCES)
def test_the_sentences_concatenated_are_the_text_exactly(text: str) -> None:
    assert "".join(sentences(text)) == text


@settings(max_examples=200)
@given(SENTENCES)
def test_a_sentence_ends_where_it_should_and_nowhere_else(text: str) -> None:
    cut = sentences(text)

    for sentence in cut[:-1]:
        assert sentence.endswith(("。", "\n", "\r"))
    for sentence in cut:
        inner = sentence.removesuffix("\r\n") if sentence.endswith("\r\n") else sentence[:-1]
        assert not {"。", "\n", "\r"} & set(inner)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("一文だけ", ["一文だけ"]),
        ("一。二。", ["一。", "二。"]),
        ("一。\r\n二\n\n三", ["一。", "\r\n", "二\n", "\n", "三"]),
        ("\r\r\n\n。", ["\r", "\r\n", "\n", "。"]),
        ("3.5 percent. Not here!\u2028nor here\u3000", ["3.5 percent. Not here!\u2028nor here\u3000"]),
    ],
)
def test_a_text_is_cut_after_full_stops_and_line_breaks(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_crlf_is_never_cut_apart() -> None:
    assert sentences("a\r\nb") == ["a\r\n", "b"]


@settings(max_examples=200)
@given(VALUES)
def test_a_value_and_its_salts_give_the_commitment_again(value: Any) -> None:
    made, salts = commit("field", value)

    assert recompute("field", value, salts) == made
    assert recompute("field", orjson.loads(orjson.dumps(value)), salts) == made


@given(VALUES)
def test_every_piece_has_a_salt_of_its_own(value: Any) -> None:
    _, salts = commit("field", value)
    drawn = [salts[i : i + SALT_BYTES] for i in range(0, len(salts), SALT_BYTES)]

    assert len(drawn) == len(list(pieces("field", value)))
    assert len(set(drawn)) == len(drawn)


@given(VALUES)
def test_no_two_pieces_have_the_same_path(value: Any) -> None:
    paths = [path for path, _ in pieces("field", value)]

    assert len(set(paths)) == len(paths)


@given(VALUES, VALUES)
def test_another_value_has_another_commitment(value: Any, other: Any) -> None:
    same_pieces = list(pieces("f", value)) == list(pieces("f", other))
    enough = (n.to_bytes(SALT_BYTES, "big") for n in count())
    again = (n.to_bytes(SALT_BYTES, "big") for n in count())

    made = commitment("f", value, lambda: next(enough))
    assert (commitment("f", other, lambda: next(again)) == made) == same_pieces


@given(VALUES, st.data())
def test_any_other_salt_gives_another_commitment(value: Any, data: st.DataObject) -> None:
    salts = salts_of(value)
    at = data.draw(st.integers(0, len(salts) - 1))
    changed = salts[:at] + bytes([salts[at] ^ 1]) + salts[at + 1 :]

    assert recompute("f", value, changed) != recompute("f", value, salts)


@given(VALUES)
def test_another_path_gives_another_commitment(value: Any) -> None:
    assert recompute("f", value, salts_of(value)) != recompute("g", value, salts_of(value))


@given(VALUES)
def test_the_same_value_is_not_recognised_by_its_commitment(value: Any) -> None:
    assert commit("f", value)[0] != commit("f", value)[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, []),
        (None, {}),
        ([], {}),
        ("", None),
        ("", []),
        ("1", 1),
        (True, 1),
        (False, 0),
        (["a"], "a"),
        (["a", "b"], "a。b"),
        ([["a"]], ["a"]),
        ({"a": 1}, [1]),
        ({"a": {"b": 1}}, {"a": {"c": 1}}),
    ],
)
def test_values_that_look_alike_do_not_share_a_commitment(one: Any, other: Any) -> None:
    salt = b"\x07" * SALT_BYTES

    assert commitment("f", one, lambda: salt) != commitment("f", other, lambda: salt)


def test_a_path_cannot_run_over_into_the_value() -> None:
    salt = b"\x07" * SALT_BYTES

    assert piece('f"x', "y", salt) != piece("f", 'x"y', salt)


@pytest.mark.parametrize("salts", [b"", b"s" * 31, b"s" * 33, b"s" * 64])
def test_salts_that_do_not_fit_are_refused(salts: bytes) -> None:
    with pytest.raises(ValueError, match="do not match in number"):
        recompute("f", 5, salts)


@given(st.lists(st.text("あ漢a", max_size=6).map(lambda s: s + "。"), min_size=2, max_size=9), st.data())
def test_a_text_with_blacked_out_sentences_still_verifies(cut: list[str], data: st.DataObject) -> None:
    text = "".join(cut)
    made, salts = commit("summary", text)
    hidden = data.draw(st.sets(st.integers(0, len(cut) - 1)))

    shown = {i: (sentence, salts[i * 32 : i * 32 + 32]) for i, sentence in enumerate(cut) if i not in hidden}
    blacked_out = {i: piece(f"summary[{i}]", cut[i], salts[i * 32 : i * 32 + 32]) for i in hidden}
    leaves = [blacked_out[i] if i in blacked_out else piece(f"summary[{i}]", *shown[i]) for i in range(len(cut))]

    assert root(leaves) == made
