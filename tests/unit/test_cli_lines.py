"""What an operator says in words is a line by the rule of the staff's forms, or wrong usage."""

import pytest
from click import BadParameter

from apps.cli.lines import one_line


@pytest.mark.parametrize(("said", "kept"), [(" 誤送信のため ", "誤送信のため"), ("長" * 10, "長" * 10)])
def test_a_line_is_kept_without_outer_blanks(said: str, kept: str) -> None:
    assert one_line(10)(None, None, said) == kept


@pytest.mark.parametrize(
    "said", ["", " \u3000", "\u200b", "\u202e", "二\n行", "二\u2028行", "a\0b", "\udcff", "長" * 11]
)
def test_what_shows_nothing_or_is_no_line_is_wrong_usage(said: str) -> None:
    with pytest.raises(BadParameter, match="one line of 10 characters"):
        one_line(10)(None, None, said)
