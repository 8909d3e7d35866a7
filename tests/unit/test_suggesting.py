"""Words of a text, and departments ranked by them: what counts, what counts more, and what is told of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.matching.domain.case.assignment import Ground, RankingTerm
from services.matching.suggesting.ranking import NO_EARLIER_CASES, Duties, EarlierCases, Ranked, ranked
from services.matching.suggesting.words import READ_AT_MOST, Word, words_of

SNOW, BUS, KITE = Word(form="除雪"), Word(form="バス"), Word(form="凧揚げ")
STREETS = Word(form="道路", groups=frozenset({7}))
ROADWAY = Word(form="車道", groups=frozenset({7}))
DUTIES = Duties({"roads": (STREETS, SNOW), "urban": (STREETS, BUS), "parks": (STREETS,)})


def forms(*texts: str) -> list[str]:
    return [word.form for word in words_of(texts)]


def found(*words: Word, earlier: EarlierCases = NO_EARLIER_CASES, limit: int = 5) -> dict[str, int]:
    """Department → its score."""
    return {one.suggested.department: one.suggested.score for one in told(*words, earlier=earlier, limit=limit)}


def told(*words: Word, earlier: EarlierCases = NO_EARLIER_CASES, limit: int = 5) -> tuple[Ranked, ...]:
    return ranked(words, DUTIES, earlier, limit)


def test_words_are_normalised_nouns_without_numerals_or_what_binds_them() -> None:
    assert forms("シュミレーションを120回、静かに行います。") == ["シミュレーション", "静か"]
    assert forms("附属の機関と引越し") == forms("付属の機関と引っ越し") == ["付属", "機関", "引っ越し"]


@pytest.mark.parametrize(
    "text",
    ["当社の担当が行うこと", "弊社のように", "貴社の会社一覧", "私たちがそれをした場合のため", "3か月で2回"],
)
def test_what_any_proposal_says_is_no_word_of_what_it_is_about(text: str) -> None:
    assert forms(text) == []


def test_a_compound_counts_whole_and_in_its_parts_of_more_than_one_character() -> None:
    assert forms("除雪車") == ["除雪車", "除雪"]


def test_a_word_knows_its_synonyms() -> None:
    (child,), (children,) = words_of(["こども"]), words_of(["児童"])

    assert child.form != children.form
    assert child.groups & children.groups


@pytest.mark.parametrize("text", ["", "　\n", "🚌", "あ" * 20_000, "𠮷" * 20_000])
def test_whatever_text_a_form_lets_in_can_be_read(text: str) -> None:
    words_of([text, text])


def test_of_a_long_text_the_beginning_is_read() -> None:
    said, too_much = "です。" * (READ_AT_MOST // 3 - 1), "です。" * (READ_AT_MOST // 3 + 1)
    assert forms(said + "除雪") == ["除雪"]
    assert forms(too_much + "除雪") == []


def test_several_at_once_read_the_same() -> None:
    text = "路線バスの位置を知らせ、待ち時間を減らします。" * 100
    with ThreadPoolExecutor(4) as threads:
        read = list(threads.map(lambda _: words_of([text]), range(16)))
    assert set(read) == {words_of([text])}


def test_a_word_that_fewer_departments_have_counts_more() -> None:
    scores = found(STREETS, SNOW)
    assert list(scores) == ["roads", "parks", "urban"]
    assert scores["roads"] - scores["urban"] > scores["urban"] > 0


def test_a_department_that_nothing_points_to_is_not_suggested() -> None:
    assert list(found(SNOW)) == ["roads"]
    assert found(KITE) == {}
    assert found() == {}


def test_equal_ones_keep_one_order_and_no_more_than_wanted_are_told() -> None:
    even = Duties(dict.fromkeys(("b", "c", "a"), (SNOW,)))
    assert [one.suggested.department for one in ranked([SNOW], even, NO_EARLIER_CASES, 2)] == ["a", "b"]


def test_a_synonym_counts_less_than_the_word_itself() -> None:
    assert 0 < found(ROADWAY)["parks"] < found(STREETS)["parks"]


def test_a_word_counts_once_however_often_it_is_said() -> None:
    assert found(SNOW, SNOW, SNOW) == found(SNOW)


def test_a_word_points_to_whoever_leads_more_of_its_cases_than_of_all() -> None:
    led = {"凧揚げ": {"parks": 8, "roads": 2}}
    busy = EarlierCases(led=led, in_all={"parks": 10, "roads": 400})

    assert list(found(KITE, earlier=busy)) == ["parks"]


def test_many_cases_prove_more_than_one() -> None:
    def led(count: int) -> EarlierCases:
        return EarlierCases(led={"凧揚げ": {"parks": count}}, in_all={"parks": count, "roads": 100})

    assert found(KITE, earlier=led(20))["parks"] > found(KITE, earlier=led(1))["parks"] > 0


COMMON = [Word(form=f"語{number}") for number in range(40)]
"""Words that say nothing, many together."""


def test_what_many_proposals_have_in_common_does_not_add_up_to_what_duties_say() -> None:
    earlier = EarlierCases(led={word.form: {"parks": 30} for word in COMMON}, in_all={"parks": 30, "urban": 30})
    strong = Duties({"roads": (SNOW, STREETS), "parks": (KITE,), **{f"other{n}": (BUS,) for n in range(200)}})

    found = ranked([SNOW, STREETS, *COMMON], strong, earlier, 5)

    assert [one.suggested.department for one in found] == ["roads", "parks"]


def test_where_duties_say_little_earlier_cases_decide() -> None:
    earlier = EarlierCases(led={word.form: {"parks": 30} for word in COMMON}, in_all={"parks": 30, "urban": 30})

    assert list(found(SNOW, *COMMON, earlier=earlier)) == ["parks", "roads"]


def test_earlier_cases_of_a_department_that_is_no_more_suggest_nothing() -> None:
    gone = EarlierCases(led={"凧揚げ": {"cinemas": 9}}, in_all={"cinemas": 9})
    assert found(KITE, earlier=gone) == {}


@pytest.mark.row("S04")
def test_the_words_that_made_a_rank_are_told_heaviest_first_with_where_they_stood() -> None:
    earlier = EarlierCases(led={"除雪": {"roads": 50}, "凧揚げ": {"roads": 1}}, in_all={"roads": 50, "parks": 50})

    (first, *_) = told(KITE, STREETS, SNOW, earlier=earlier)

    assert first.terms == (
        RankingTerm(term="除雪", grounds=(Ground.DUTIES, Ground.EARLIER_CASES)),
        RankingTerm(term="道路", grounds=(Ground.DUTIES,)),
    )
