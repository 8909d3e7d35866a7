"""A derivation as people read it: each step in a sentence of its own, each day in 和暦."""

from datetime import date

import pytest

from desk.deadlines.counting import Pause, due
from desk.deadlines.holidays import EDITION
from desk.deadlines.open_days import OpenDays
from desk.deadlines.words import explained
from desk.packs import load_pack
from desk.packs.codes import DeadlineCode
from tests.cities import AOMORI

PACK = load_pack(AOMORI.read_bytes(), origin=AOMORI.name)
OFFICE = OpenDays(rules=PACK.closed_days, pack_version=PACK.version)


def sentences(code: DeadlineCode, start: date, *pauses: Pause) -> tuple[str, ...]:
    return explained(due(PACK.deadlines[code], start, OFFICE, pauses))


@pytest.mark.row("N12")
def test_a_rule_is_told_with_its_source_its_count_its_end_and_the_calendar() -> None:
    assert sentences(DeadlineCode.DISCLOSURE_DECISION, date(2026, 7, 1)) == (
        "定め：開示請求があった日から15日、当日を1日目として起算。出典：青森市情報公開条例（「起算して15日」。二次資料による）",
        "起算のもととなる日は令和8年7月1日（水）です。令和8年7月1日（水）を1日目と数えて、15日目は令和8年7月15日（水）です。",
        "期限は令和8年7月15日（水）です。",
        f"閉庁日の根拠：運用ルール 2026-04版、市の暦は未採用、国民の祝日に関する法律（{EDITION}）。",
    )


@pytest.mark.row("N12")
def test_a_target_is_told_as_one_and_what_is_assumed_is_marked() -> None:
    told = sentences(DeadlineCode.FIRST_CONTACT, date(2026, 11, 20))

    assert told[0].startswith("目標：提案又は相談を受け付けた日から3日（開庁日）、")
    assert told[0].endswith("（要確認）")
    assert told[-2] == "目標の日は令和8年11月26日（木）です。"


def test_a_source_that_says_itself_that_it_is_unsure_is_not_marked_again() -> None:
    told = sentences(DeadlineCode.WAIT_AFTER_REJECTED_APPEAL, date(2026, 7, 1))

    assert told[0].count("要確認") == 1


@pytest.mark.row("N12")
def test_the_days_that_are_not_counted_are_named_with_their_holidays() -> None:
    told = sentences(DeadlineCode.FIRST_CONTACT, date(2026, 11, 20))

    weekend = "令和8年11月21日（土）、令和8年11月22日（日）"
    assert told[2] == f"閉庁日は数えません：{weekend}、令和8年11月23日（月）　祝日「勤労感謝の日」。"


def test_of_many_closed_days_the_number_of_each_kind_is_told() -> None:
    told = sentences(
        DeadlineCode.DEPARTMENT_ANSWER, date(2027, 4, 26), Pause(since=date(2027, 4, 27), until=date(2027, 5, 31))
    )

    assert any("土曜日 6日" in sentence and "祝日「こどもの日」 1日" in sentence for sentence in told)


@pytest.mark.row("N12")
def test_a_pause_is_told_with_its_days_and_where_the_end_came_to() -> None:
    told = sentences(
        DeadlineCode.DISCLOSURE_DECISION,
        date(2026, 7, 1),
        Pause(since=date(2026, 7, 6), until=date(2026, 7, 9)),
        Pause(since=date(2026, 7, 10), until=None),
    )

    assert told[2:6] == (
        "令和8年7月6日（月）の翌日から令和8年7月9日（木）までの3日は算入しません。",
        "算入しない日数を加えると、令和8年7月18日（土）です。",
        "令和8年7月18日（土）は閉庁日ですが、この日は移りません（次の開庁日に移るという定めがありません）。",
        "令和8年7月10日（金）から日数の計算を止めています。再開までの日数だけ遅くなります。",
    )


@pytest.mark.row("N12")
def test_an_end_that_moves_is_told_with_the_days_that_it_moved_over() -> None:
    told = sentences(DeadlineCode.APPEAL_FROM_KNOWING, date(2026, 6, 20))

    assert told[1].endswith("令和8年6月21日（日）から3か月の期間の末日は、令和8年9月20日（日）です（民法第143条）。")
    assert told[2].startswith("期間の末日が閉庁日に当たるため、次の開庁日に移ります（地方自治法第4条の2第4項）：")
    assert "令和8年9月22日（火）　国民の休日" in told[2]
    assert told[3] == "期限は令和8年9月24日（木）です。"


@pytest.mark.row("N12")
def test_whole_days_between_two_acts_give_the_earliest_day_of_the_second() -> None:
    told = sentences(DeadlineCode.WAIT_AFTER_OBJECTION, date(2026, 7, 1))

    assert told[1].endswith("令和8年7月2日（木）から数えて14日を置いた次の日は、令和8年7月16日（木）です。")
    assert told[2] == "最も早い日は令和8年7月16日（木）です。"
