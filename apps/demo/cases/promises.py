"""Promises (約束) of both sides, with their days: some kept at once, the others in the work queue until they are."""

from apps.demo.cases.case import Case
from apps.demo.showing import day, table
from services.matching.projections.obligation_sentences import KINDS, SIDES


def promise(case: Case) -> None:
    """Records what either side promised by when, and what was done of it."""
    rows = []
    for one in case.plan["promises"]:
        stated = {"due_on": case.day(one["due_in_days"]), **{name: one[name] for name in ("side", "kind", "text")}}
        department = one.get("department")
        promising = case.desk.people.of(department) if department else case.lead
        told = case.does("undertake_obligation", promising, department=department, **stated)
        if one.get("fulfilled"):
            case.desk.people.of(department).command(
                "matching.fulfil_obligation", obligation_id=told["obligation_id"], note=one["fulfilled"]
            )
        who = case.desk.people.name_of(department) if department else ""
        standing = f"果たした：{one['fulfilled']}" if one.get("fulfilled") else "期日前"
        rows.append((SIDES[one["side"]], who, KINDS[one["kind"]], one["text"], day(stated["due_on"]), standing))
    table(f"「{case.title}」の約束", ("側", "部署", "種類", "内容", "期日", "状態"), rows)
