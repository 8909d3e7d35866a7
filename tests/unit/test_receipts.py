"""Receipts: told at once and again, betraying nothing, and forgiving to whoever types them."""

import random
from hashlib import sha256
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from desk.portal.receipts import ContentReceipt, content_receipt
from services.intake.domain.receipts import (
    ALPHABET,
    ReceiptKeys,
    access_code,
    is_access_code,
    normalised,
    receipt_number,
)

KEYS = ReceiptKeys(number=b"n" * 32, access=b"a" * 32)
MISREADINGS = {"1": "1IiLlＩ１", "0": "0Oo０Ｏ"}


def symbols(number: str) -> str:
    return number.replace("-", "")


@pytest.mark.row("B01")
@given(st.uuids())
def test_number_and_code_are_the_same_each_time_asked(submission: UUID) -> None:
    assert receipt_number(KEYS, submission) == receipt_number(KEYS, submission)
    assert access_code(KEYS, submission) == access_code(KEYS, submission)
    assert is_access_code(KEYS, submission, access_code(KEYS, submission))


@pytest.mark.row("B01")
@given(st.uuids())
def test_number_and_code_are_groups_of_four_plain_symbols(submission: UUID) -> None:
    for made, groups in ((receipt_number(KEYS, submission), 3), (access_code(KEYS, submission), 4)):
        assert [len(group) for group in made.split("-")] == [4] * groups
        assert set(symbols(made)) <= set(ALPHABET)


@given(st.uuids())
def test_each_single_wrong_symbol_of_a_number_is_noticed(submission: UUID) -> None:
    number = symbols(receipt_number(KEYS, submission))

    assert luhn.is_valid(number, alphabet=ALPHABET)
    for i, right in enumerate(number):
        for wrong in set(ALPHABET) - {right}:
            assert not luhn.is_valid(number[:i] + wrong + number[i + 1 :], alphabet=ALPHABET)


@pytest.mark.row("N3")
def test_numbers_are_not_consecutive() -> None:
    numbers = [receipt_number(KEYS, UUID(int=n)) for n in range(1, 400)]
    values = [[ALPHABET.index(symbol) for symbol in symbols(number)[:11]] for number in numbers]

    assert len(set(numbers)) == len(numbers)
    assert sorted(values) != values
    assert sorted(values, reverse=True) != values
    rising = sum(one < following for one, following in pairwise(values))
    assert 0.4 < rising / len(values) < 0.6
    for place in range(12):
        assert len({symbols(number)[place] for number in numbers}) == len(ALPHABET)


@pytest.mark.row("N3")
def test_numbers_and_codes_tell_nothing_without_the_city_s_keys() -> None:
    other = ReceiptKeys(number=b"x" * 32, access=b"y" * 32)
    submission = uuid4()

    assert receipt_number(other, submission) != receipt_number(KEYS, submission)
    assert access_code(other, submission) != access_code(KEYS, submission)
    assert symbols(receipt_number(KEYS, submission)) not in symbols(access_code(KEYS, submission))


def test_a_code_is_not_another_submission_s() -> None:
    one, other = uuid4(), uuid4()

    assert not is_access_code(KEYS, one, access_code(KEYS, other))
    assert not is_access_code(KEYS, one, receipt_number(KEYS, one))
    assert not is_access_code(KEYS, one, "")
    assert not is_access_code(KEYS, one, access_code(KEYS, one)[:-1])


@given(st.uuids(), st.randoms(use_true_random=False), st.sampled_from([" ", "-", "", "ー", "－", "　", "‐", "--"]))
def test_what_people_type_is_read_as_it_was_meant(submission: UUID, chance: random.Random, between: str) -> None:
    for meant in (receipt_number(KEYS, submission), access_code(KEYS, submission)):
        typed = between.join(
            chance.choice(MISREADINGS.get(symbol, symbol + symbol.lower())) for symbol in symbols(meant)
        )
        assert normalised(typed) == meant
        assert normalised(f"  {typed}\n") == meant


@given(st.text(max_size=40))
def test_anything_typed_is_read_as_something(typed: str) -> None:
    assert normalised(normalised(typed)) == normalised(typed)
    assert set(symbols(normalised(typed))) <= set(ALPHABET)
    assert not is_access_code(KEYS, UUID(int=1), typed)


def test_keys_and_codes_do_not_show_themselves() -> None:
    assert "nnnn" not in repr(KEYS)
    assert "aaaa" not in repr(KEYS)


@given(st.binary(max_size=100), st.binary(min_size=32, max_size=32))
def test_a_content_receipt_proves_what_was_handed_in(body: bytes, nonce: bytes) -> None:
    made = content_receipt(body, nonce)

    assert made == ContentReceipt(nonce=nonce.hex(), sha256=sha256(nonce + body).hexdigest())
    assert content_receipt(body + b" ", nonce).sha256 != made.sha256
    assert content_receipt(body, bytes([nonce[0] ^ 1]) + nonce[1:]).sha256 != made.sha256


def test_a_code_that_was_replaced_is_another_and_opens_nothing_any_more() -> None:
    submission = UUID(int=7)
    codes = [access_code(KEYS, submission, generation) for generation in range(4)]

    assert codes[0] == access_code(KEYS, submission)
    assert len(set(codes)) == len(codes)
    for generation, code in enumerate(codes):
        opened = [is_access_code(KEYS, submission, code, other) for other in range(4)]
        assert [n for n, is_open in enumerate(opened) if is_open] == [generation]
