"""What was asked lately is asked once, however many want it, and again once it is old."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Barrier

import pytest

from apps.watch.lately import LATELY, Lately
from eventstore.errors import Unavailable
from tests.cities import FrozenClock

MOMENT = timedelta(microseconds=1)


def test_an_answer_is_told_again_until_it_is_old(clock: FrozenClock) -> None:
    asked = count(1)
    lately = Lately(lambda: next(asked), clock)

    assert [lately(), lately()] == [1, 1]
    clock.advance(LATELY - MOMENT)
    assert lately() == 1
    clock.advance(MOMENT)
    assert [lately(), lately()] == [2, 2]


def test_many_who_ask_at_once_ask_once(clock: FrozenClock) -> None:
    many, asked = 8, count(1)
    together = Barrier(many, timeout=20)
    lately = Lately(lambda: next(asked), clock)

    def ask(_: int) -> int:
        together.wait()
        return lately()

    with ThreadPoolExecutor(many) as pool:
        assert list(pool.map(ask, range(many))) == [1] * many


def test_an_answer_is_as_old_as_its_end_however_long_the_asking_took(clock: FrozenClock) -> None:
    asked = count(1)

    def slow() -> int:
        clock.advance(2 * LATELY)
        return next(asked)

    lately = Lately(slow, clock)
    assert [lately(), lately()] == [1, 1]


def test_a_clock_that_was_set_back_keeps_no_answer_alive(clock: FrozenClock) -> None:
    asked = count(1)
    lately = Lately(lambda: next(asked), clock)
    lately()
    clock.advance(-timedelta(hours=1))

    assert lately() == 2


def test_a_fault_is_told_and_asked_for_again(clock: FrozenClock) -> None:
    answers = iter([Unavailable("away"), 1])

    def ask() -> int:
        match next(answers):
            case Unavailable() as away:
                raise away
            case answer:
                return int(answer)

    lately = Lately(ask, clock)
    with pytest.raises(Unavailable):
        lately()
    assert lately() == 1
