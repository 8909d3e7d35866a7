"""The work queue (仕事の一覧): what is due first, why each date is as it is, and how many cases wait for what."""

from typing import Any, Final

from apps.cli.obligations import COUNTS as KEPT
from apps.cli.work import purpose_of
from apps.demo.figures import show_figures
from apps.demo.scene import Desk
from apps.demo.showing import day, heading, say, short, table
from apps.demo.waiting import until
from services.matching.projections.obligation_sentences import SIDES
from services.matching.queries.statistics import STATUSES

OF_CASES: Final = (
    "cases_by_outcome",
    "offers_by_department",
    "offers_declined_by_department",
    "case_days_to_answer_by_outcome",
    "obligations_kept_in_time_by_side",
    "obligations_open_by_side",
)
OF_FAIRNESS: Final = (
    "days_to_answer_by_proposer",
    "days_to_answer_by_new_or_returning",
    "realised_by_proposer",
    "realised_by_new_or_returning",
)
COUNTS: Final = {
    "cases": "案件",
    "overdue": "期日を過ぎたもの",
    "due_this_week": "今週が期日のもの",
    "without_department": "部署の決まっていないもの",
    "silent": "連絡の途絶えたもの",
    "flagged": "注意のあるもの",
    "minutes_waiting": "議事録が提案者の確認待ちのもの",
}


def show_work(desk: Desk) -> None:
    """The queue as the desk sees it, once it shows the whole log; then the numbers."""
    heading(f"{desk.name}: 仕事の一覧（期日の早い順）")

    def up_to_date() -> dict[str, Any]:
        told = desk.officer.call("matching.list_work", derivation=True)
        return {} if told["as_of"]["behind"] else told

    items = until(up_to_date, "the queue shows the whole log")["items"]
    rows = [_row(desk, number, item) for number, item in enumerate(items, start=1)]
    table("案件の一覧", ("", "案件", "状態と部署", "期日", "何の期日", "残り"), rows)
    _explain(items)
    _count(desk)
    show_figures(desk, "案件の統計", "matching", OF_CASES)
    show_figures(desk, "公平さを確かめる統計", "intake", OF_FAIRNESS)


def _row(desk: Desk, number: int, item: dict[str, Any]) -> tuple[str, ...]:
    """A case, and beside it its open dates, a line for each."""
    standing = [f"【{STATUSES[item['status']]}】", *(desk.people.name_of(code) for code in item["departments"])]
    dates = [(day(one["due_on"]), purpose_of(one), f"{one['days_left']}日") for one in item["dates"]]
    columns = zip(*dates, strict=True) if dates else ((), (), ())
    return f"{number}", short(item["title"]), "\n".join(standing), *("\n".join(lines) for lines in columns)


def _explain(items: list[dict[str, Any]]) -> None:
    """Why: for one date of each kind."""
    say("期日の根拠（それぞれの種類につき一つ）:")
    told: set[str] = set()
    for number, item in enumerate(items, start=1):
        for one in item["dates"]:
            if one["name"] not in told:
                told.add(one["name"])
                say(f"  {number}の「{one['name']}」")
                for step in one["derivation"]:
                    say(f"    ・{step}")


def _count(desk: Desk) -> None:
    told = desk.officer.call("matching.count_work")
    say("、".join(f"{label} {told[name]}件" for name, label in COUNTS.items()))
    rows = [(STATUSES[status], f"{count}件") for status, count in told["by_status"].items() if count]
    table("状態ごとの案件", ("状態", "件数"), rows)
    rows = [(desk.people.name_of(one["department"]), f"{one['cases']}件") for one in told["by_department"]]
    table("部署ごとの回答前の案件", ("部署", "件数"), rows)
    sides = desk.officer.call("matching.get_obligation_ledger")["sides"]
    kept = [(SIDES[one["side"]], *(f"{one[name]}件" for name in KEPT)) for one in sides]
    table("約束の状況", ("側", *KEPT.values()), kept)
