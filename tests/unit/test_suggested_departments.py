"""Whether the right departments are suggested for proposals that nothing was tuned by: must not become worse."""

import pytest

from benchmarks.matching.proposals import Half, hits, pack, proposals
from benchmarks.matching.rankings import led_by_the_right, ours, shared_words

HELD_OUT = proposals(Half.HELD_OUT)
FIRST_AT_LEAST, AMONG_THREE_AT_LEAST = 0.6, 0.85
"""The bars of the issue; the page in benchmarks/matching says what the figures are worth."""


@pytest.mark.row("S04")
def test_the_right_department_is_first_or_among_three_often_enough() -> None:
    assert hits(HELD_OUT, ours(), 1) / len(HELD_OUT) >= FIRST_AT_LEAST
    assert hits(HELD_OUT, ours(), 3) / len(HELD_OUT) >= AMONG_THREE_AT_LEAST


@pytest.mark.parametrize("first", [1, 3])
def test_it_finds_no_less_than_counting_shared_words(first: int) -> None:
    assert hits(HELD_OUT, ours(), first) >= hits(HELD_OUT, shared_words(), first)


def test_earlier_cases_take_nothing_from_the_bars() -> None:
    earlier = led_by_the_right(proposals(Half.TUNING))

    assert hits(HELD_OUT, ours(earlier), 1) / len(HELD_OUT) >= FIRST_AT_LEAST
    assert hits(HELD_OUT, ours(earlier), 3) / len(HELD_OUT) >= AMONG_THREE_AT_LEAST


@pytest.mark.parametrize("half", list(Half))
def test_each_half_has_thirty_proposals_over_the_same_departments(half: Half) -> None:
    some = proposals(half)

    assert len(some) == len({one.title for one in some}) == 30
    assert all(80 <= len("".join(one.texts)) <= 250 for one in some)
    assert all(department in pack().departments for one in some for department in one.departments)
    assert len({one.departments[0] for one in some}) >= 12
    assert {one.departments[0] for one in some} == {one.departments[0] for one in HELD_OUT}
