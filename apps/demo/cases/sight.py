"""Who sees what (N3): a department its own cases; another's is as absent to it as one that never was."""

from uuid import uuid4

from apps.demo.cases.case import Case
from apps.demo.showing import heading, say
from apps.demo.staff import CallFailed, StaffTool
from apps.demo.waiting import until


def show_sight(own: Case, other: Case) -> None:
    """What the department that has `own` sees, and what it hears of another department's case and of none."""
    heading(f"{own.desk.name}: 担当課から見えるもの")
    officer = own.lead
    items = until(lambda: officer.call("matching.list_work")["items"], "the department sees its cases")
    name = own.desk.people.name_of(next(iter(own.offers)))
    say(f"{name}の一覧にある案件: {'、'.join(item['title'] for item in items)}")
    say(f"ほかの部署の案件（「{other.title}」）を開こうとすると: {_heard(officer, other.id)}")
    say(f"存在しない案件を開こうとすると: {_heard(officer, str(uuid4()))}")


def _heard(who: StaffTool, case_id: str) -> str:
    """The sentence that is heard where there is nothing to be seen."""
    try:
        who.call("matching.get_case", case_id=case_id, purpose="実演")
    except CallFailed as refused:
        return refused.sentence
    raise AssertionError("a department saw another's case")
