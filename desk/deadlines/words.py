"""A date's derivation in plain Japanese, for whoever answers for it: each step a sentence, each day in 和暦."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from desk.deadlines.counting import Derived, LeftOut
from desk.deadlines.open_days import ClosedDay
from desk.packs.codes import Counting, DeadlineNature, DeadlineUnit, Status
from desk.wareki import wareki

MODES: Final = {
    Counting.INCLUSIVE: "当日を1日目として起算",
    Counting.EXCLUSIVE: "初日は算入しない（民法第140条）",
    Counting.NEXT_DAY: "翌日から起算",
    Counting.CLEAR: "間に置く日数",
}
UNITS: Final = {
    DeadlineUnit.DAYS: "日",
    DeadlineUnit.OPEN_DAYS: "日（開庁日）",
    DeadlineUnit.MONTHS: "か月",
    DeadlineUnit.YEARS: "年",
}
NATURES: Final = {DeadlineNature.RULE: "定め", DeadlineNature.TARGET: "目標"}
BY_CALENDAR: Final = frozenset({DeadlineUnit.MONTHS, DeadlineUnit.YEARS})
UNSURE: Final = "要確認"
LISTED: Final = 12
"""So many closed days are named one by one; of more than that, how many of each kind."""


def explained(derived: Derived) -> tuple[str, ...]:
    """How a date came about: the rule, the count, what was left out, where the end moved, and by which calendar."""
    return tuple(_sentences(derived))


def _sentences(derived: Derived) -> Iterator[str]:
    yield _rule(derived)
    yield _count(derived)
    if derived.not_counted:
        yield f"閉庁日は数えません：{_named(derived.not_counted)}。"
    for pause in derived.pauses:
        yield _left_out(derived, pause)
    if derived.pauses:
        yield f"算入しない日数を加えると、{wareki(derived.runs_to)}です。"
    if derived.rolled:
        yield _rolled(derived)
    if derived.stays_on:
        yield f"{_day(derived.stays_on)}は閉庁日ですが、この日は移りません（次の開庁日に移るという定めがありません）。"
    if derived.paused_since:
        yield f"{wareki(derived.paused_since)}から日数の計算を止めています。再開までの日数だけ遅くなります。"
    yield _conclusion(derived)
    yield _calendar(derived)


def _rule(derived: Derived) -> str:
    rule = derived.rule
    unsure = f"（{UNSURE}）" if rule.status is Status.ASSUMED and UNSURE not in rule.source else ""
    period = f"{rule.starts}から{rule.value}{UNITS[rule.unit]}、{MODES[rule.counting]}"
    return f"{NATURES[rule.nature]}：{period}。出典：{rule.source}{unsure}"


def _count(derived: Derived) -> str:
    rule, unit = derived.rule, UNITS[derived.rule.unit]
    start = f"起算のもととなる日は{wareki(derived.start)}です。"
    first, end = wareki(derived.first_counted), wareki(derived.counted_to)
    if rule.counting is Counting.CLEAR:
        return f"{start}{first}から数えて{rule.value}{unit}を置いた次の日は、{end}です。"
    if rule.unit in BY_CALENDAR:
        return f"{start}{first}から{rule.value}{unit}の期間の末日は、{end}です（民法第143条）。"
    counted = "開庁日だけを数えて" if rule.unit is DeadlineUnit.OPEN_DAYS else "数えて"
    return f"{start}{first}を1日目と{counted}、{rule.value}日目は{end}です。"


def _left_out(derived: Derived, pause: LeftOut) -> str:
    unit = "日（開庁日）" if derived.rule.unit is DeadlineUnit.OPEN_DAYS else "日"
    return f"{wareki(pause.since)}の翌日から{wareki(pause.until)}までの{pause.days}{unit}は算入しません。"


def _rolled(derived: Derived) -> str:
    return (
        f"期間の末日が閉庁日に当たるため、次の開庁日に移ります（地方自治法第4条の2第4項）：{_named(derived.rolled)}。"
    )


def _conclusion(derived: Derived) -> str:
    day = wareki(derived.due_on)
    if derived.rule.counting is Counting.CLEAR:
        return f"最も早い日は{day}です。"
    return f"期限は{day}です。" if derived.rule.nature is DeadlineNature.RULE else f"目標の日は{day}です。"


def _calendar(derived: Derived) -> str:
    calendar, _, holidays = derived.calendar.partition("/")
    adopted = f"市の暦 {calendar}版" if calendar != "none" else "市の暦は未採用"
    pack = f"運用ルール {derived.pack_version}版、" if derived.pack_version else ""
    return f"閉庁日の根拠：{pack}{adopted}、国民の祝日に関する法律（{holidays}）。"


def _named(days: Sequence[ClosedDay]) -> str:
    """Each day with its reason, as many as a reader takes in; of more, how many there are of each reason."""
    if len(days) <= LISTED:
        return "、".join(_day(closed) for closed in days)
    by_reason = groupby(sorted(closed.reason for closed in days))
    counted = "、".join(f"{reason} {sum(1 for _ in same)}日" for reason, same in by_reason)
    return f"計{len(days)}日（{counted}）"


def _day(closed: ClosedDay) -> str:
    day = wareki(closed.day)
    return day if closed.reason.endswith("曜日") else f"{day}　{closed.reason}"
