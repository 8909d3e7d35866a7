"""Dialogue (対話): a session, and minutes that the city confirms, then the proposer by a one-time code or by phone."""

import re
from collections.abc import Sequence
from typing import Final

from apps.demo import letters
from apps.demo.cases.case import Case
from apps.demo.letters import Approved
from apps.demo.samples import later
from apps.demo.showing import day, say, table
from services.matching.projections.case_sentences import SETTINGS

TEMPLATE: Final = "minutes_request"
FIRST: Final = 1
"""The edition of minutes that is written first; here both sides stand by it."""
CODE: Final = re.compile(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}")


def talk(cases: Sequence[Case]) -> None:
    """Holds a session of each case, and lets both sides confirm what its minutes say.

    One whose proposer has not answered yet stays so.
    """
    for case in cases:
        _hold(case)
    asked = [(case, _request(case)) for case in cases if case.plan["dialogue"].get("answered_by") != "phone"]
    for case, letter in asked:
        mail = letter.mail_to(case.email)
        letter.show(mail)
        if case.plan["dialogue"].get("answered_by") == "portal":
            _confirm_by_portal(case, letters.text_of(mail))
    for case in cases:
        if case.plan["dialogue"].get("answered_by") == "phone":
            _confirm_by_phone(case)


def _hold(case: Case) -> None:
    """The session, the first edition of its minutes, and the city's confirmation."""
    session, today = case.plan["dialogue"]["session"], case.day(0)
    case.sessions.append(case.does("hold_session", case.lead, held_on=today, **session)["session_id"])
    about = {"session_id": case.sessions[-1]}
    case.does("draft_minutes", case.lead, **about, text=case.plan["dialogue"]["minutes"])
    case.does("confirm_minutes", case.lead, **about, edition=FIRST)
    present = "、".join(f"{one['name']}（{one['position']}）" for one in session["participants"])
    rows = [
        ("日・方法", f"{day(today)}　{SETTINGS[session['setting']]}"),
        ("議題", session["subject"]),
        ("出席", present),
        ("議事録（第1版）", case.plan["dialogue"]["minutes"]),
    ]
    table(f"「{case.title}」の対話", ("項目", "内容"), rows)


def _request(case: Case) -> Approved:
    """The letter that asks the proposer to confirm, with a code that is good for this once."""
    number = next(case.desk.numbers)
    stated = {"session_id": case.sessions[-1]}
    return letters.approve(case.desk, f"case-{case.id}", case.title, TEMPLATE, number, **stated)


def _confirm_by_portal(case: Case, text: str) -> None:
    """The company's portal publishes what the company says, proven by the code that came by mail."""
    found = CODE.search(text)
    code = found.group() if found else ""
    answer = case.desk.ask(later("minutes", proof={"one_time_code": code}, edition=FIRST))
    say(f"企業がポータルサイトで一回限りの番号を入力し、議事録を確認しました（応答 {answer['type']}）。")


def _confirm_by_phone(case: Case) -> None:
    """The desk records what the proposer said, and how."""
    reason = case.plan["dialogue"]["reason"]
    told = {"session_id": case.sessions[-1], "edition": FIRST, "confirmed": True, "reason": reason}
    case.does("record_minutes_answer", case.lead, **told)
    say(f"「{case.title}」の議事録は、提案者の返事を職員が記録しました（{reason}）")
