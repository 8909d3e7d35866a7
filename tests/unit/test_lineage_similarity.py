"""How alike two texts are: by their letters, whatever their width; from the number nothing follows."""

import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.similarity import NOTICEABLE, letter_pairs, similarity

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BUS = "雪の日のバスの遅れを、停留所の札と電話でお知らせします。"


def alike(one: str, other: str) -> int:
    return similarity(letter_pairs(one), letter_pairs(other))


def summaries() -> list[str]:
    """The summaries of the sample proposals that differ from each other."""
    forms = [json.loads(path.read_text())["data"] for path in sorted(EXAMPLES.glob("[0-9]*.json"))]
    return sorted({form["summary"] for form in forms if isinstance(form.get("summary"), str)})


@pytest.mark.parametrize(
    ("one", "other", "percentage"),
    [
        ("除雪車", "除雪車", 100),
        ("除雪車の位置", "除雪車、の 位置！", 100),
        ("ＡＩカメラ", "aiｶﾒﾗ", 100),
        ("除雪車", "図書館", 0),
        ("除雪車", "車雪除", 0),
        ("雪", "雪", 0),
        ("", "", 0),
        ("あいう", "あいえ", 50),
        ("あああ", "ああ", 66),
    ],
)
def test_texts_are_alike_by_the_pairs_of_letters_that_they_share(one: str, other: str, percentage: int) -> None:
    assert alike(one, other) == percentage


@given(st.text(max_size=40), st.text(max_size=40))
def test_it_is_the_same_both_ways_and_a_whole_only_for_the_same_pairs(one: str, other: str) -> None:
    percentage = alike(one, other)

    assert percentage == alike(other, one)
    assert 0 <= percentage <= 100
    assert (percentage == 100) == (letter_pairs(one) == letter_pairs(other) != letter_pairs(""))


def test_a_text_with_a_few_words_changed_is_noticed_and_one_about_something_else_is_not() -> None:
    assert alike(BUS, "雪の日のバスの遅れを、停留所の掲示と電話でお知らせしたい。") >= NOTICEABLE
    assert alike(BUS, "週に一度、空き教室で朝食を出します。") < NOTICEABLE


def test_the_sample_proposals_are_not_mistaken_for_each_other() -> None:
    told = summaries()

    assert len(told) > 5
    assert max(alike(one, other) for one, other in combinations(told, 2)) < NOTICEABLE
