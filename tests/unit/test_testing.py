"""The kit itself: an expectation that is wrong fails, and says what was decided."""

import pytest

from eventstore.errors import Refusal
from eventstore.testing import given
from tests.toy import COUNTER, Counted, CountUp, Reset, SetToNought, TooFar

LIMITED = CountUp(by=5, limit=4)


def test_what_was_expected_passes() -> None:
    given(COUNTER).when(CountUp(by=2, times=2)).then(Counted(by=2), Counted(by=2))
    given(COUNTER, Counted(by=2)).when(SetToNought()).then(Reset())
    given(COUNTER).when(SetToNought()).nothing()
    assert given(COUNTER).when(LIMITED).refused(TooFar).stable_code == "too_far"
    assert given(COUNTER).when(CountUp(by=2)).event() == Counted(by=2)


@pytest.mark.parametrize(
    ("expectation", "words"),
    [
        (lambda: given(COUNTER).when(CountUp(by=2)).then(Counted(by=3)), r"Counted \{'by': 2\}"),
        (lambda: given(COUNTER).when(CountUp(by=2)).then(), "Counted"),
        (lambda: given(COUNTER).when(CountUp(by=2)).nothing(), "Counted"),
        (lambda: given(COUNTER).when(CountUp(by=2)).refused(TooFar), "expected TooFar but decided"),
        (lambda: given(COUNTER).when(CountUp(by=2, times=2)).event(), "expected one event"),
        (lambda: given(COUNTER).when(SetToNought()).event(), "nothing"),
        (lambda: given(COUNTER).when(LIMITED).nothing(), "was refused"),
        (lambda: given(COUNTER).when(LIMITED).then(Counted(by=5)), "was refused"),
        (lambda: given(COUNTER).when(LIMITED).event(), "was refused"),
    ],
)
def test_what_was_not_expected_fails(expectation, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        expectation()


def test_another_refusal_fails() -> None:
    class Another(Refusal):
        """Not the one."""

        code = "another_for_this_test"

    with pytest.raises(AssertionError, match="expected Another"):
        given(COUNTER).when(LIMITED).refused(Another)


def test_a_fault_in_the_rules_is_not_a_refusal() -> None:
    with pytest.raises(AttributeError):
        given(COUNTER).when("no command")
