"""The published vectors of the commitments: the kernel and an independent implementation both give them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore.merkle import leaf_hash, root
from eventstore.sealing import commitments
from tests import sealing_vectors
from tests.sealing_vectors import VECTORS
from tests.strategies import json_values

PUBLISHED = json.loads(VECTORS.read_text(encoding="utf-8"))
each_vector = pytest.mark.parametrize("vector", PUBLISHED["vectors"], ids=lambda vector: vector["name"])


def test_the_independent_implementation_gives_the_published_vectors() -> None:
    assert json.loads(json.dumps(sealing_vectors.vectors())) == PUBLISHED


@each_vector
def test_the_kernel_gives_the_published_pieces(vector: dict[str, Any]) -> None:
    made = list(commitments.pieces(vector["path"], vector["value"]))

    assert [path for path, _ in made] == [piece["path"] for piece in vector["pieces"]]
    assert [
        commitments.piece(path, value, bytes.fromhex(piece["salt"])).hex()
        for (path, value), piece in zip(made, vector["pieces"], strict=True)
    ] == [piece["hash"] for piece in vector["pieces"]]


@each_vector
def test_the_kernel_gives_the_published_commitment(vector: dict[str, Any]) -> None:
    salts = b"".join(bytes.fromhex(piece["salt"]) for piece in vector["pieces"])

    assert commitments.recompute(vector["path"], vector["value"], salts).hex() == vector["commitment"]


def test_a_text_with_two_sentences_blacked_out_verifies() -> None:
    redaction = PUBLISHED["redaction"]
    hashes = [
        commitments.piece(piece["path"], json.loads(piece["json"]), bytes.fromhex(piece["salt"]))
        if "json" in piece
        else bytes.fromhex(piece["hash"])
        for piece in redaction["pieces"]
    ]

    assert ["json" in piece for piece in redaction["pieces"]] == [True, False, False, True]
    assert root(hashes).hex() == redaction["commitment"]


@settings(max_examples=200)
@given(json_values(texts=st.text(max_size=30) | st.text('。\r\n"\\\x00\x1f\x7f\u2028あ𠮟', max_size=12)))
def test_kernel_and_independent_implementation_agree_on_anything(value: Any) -> None:
    shown: list[dict[str, str]] = []
    made = sealing_vectors.commitment("field", value, sealing_vectors.fixed_salts("any"), shown)

    salts = b"".join(bytes.fromhex(piece["salt"]) for piece in shown)
    assert commitments.recompute("field", value, salts) == made
    assert [path for path, _ in commitments.pieces("field", value)] == [piece["path"] for piece in shown]


def test_the_example_in_the_description_is_true() -> None:
    text, salts = "雪を売る。夏に", [b"\x11" * 32, b"\x22" * 32]
    page = (VECTORS.parents[1] / "docs" / "verify.md").read_text(encoding="utf-8")

    hashes = [
        commitments.piece(path, value, salt)
        for (path, value), salt in zip(commitments.pieces("title", text), salts, strict=True)
    ]
    leaves = [leaf_hash(one) for one in hashes]
    for shown in (*hashes, *leaves, commitments.recompute("title", text, b"".join(salts))):
        assert shown.hex() in page
