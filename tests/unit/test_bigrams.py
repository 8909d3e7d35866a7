"""Words are searched by two characters at a time, in one form for texts and words."""

from hypothesis import given
from hypothesis import strategies as st

from desk.bigrams import bigrams, folded


def test_full_width_capitals_and_blanks_make_no_difference() -> None:
    assert folded("ＡＩ\u3000ドローン\r\nで") == folded("ai ﾄﾞﾛｰﾝ で")


def test_a_word_of_two_characters_is_one_pair() -> None:
    assert bigrams("防災") == ["防災"]


def test_no_pair_goes_across_a_blank() -> None:
    assert bigrams("子 育て") == ["育て"]


@given(st.text())
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(max_size=8), st.text(alphabet="子育て防災", min_size=2, max_size=4), st.text(max_size=8))
def test_a_text_has_every_pair_of_each_word_in_it(before: str, word: str, after: str) -> None:
    assert set(bigrams(folded(word))) <= set(bigrams(folded(f"{before} {word} {after}")))
