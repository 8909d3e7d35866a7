"""Answers (回答): a letter for each decision, mailed or posted; intake hears of it, and its deadline is met."""

from collections.abc import Sequence
from typing import Final

from apps.demo import letters
from apps.demo.cases.case import Case
from apps.demo.deadlines import show_answered
from apps.demo.letters import Approved
from apps.demo.showing import say

TEMPLATES: Final = {"no": "declined_answer", "kept": "kept_answer"}
"""Outcome → the letter that tells it; `feasibility_answer` tells the others."""


def answer(cases: Sequence[Case]) -> None:
    """Approves a letter for each case, and follows it to the proposer and back to what intake had promised."""
    out = [(case, _approved(case)) for case in cases]
    for case, letter in out:
        if case.plan["letter"] == "post":
            _post(case, letter)
        else:
            letter.show(letter.mail_to(case.email))
    show_answered(cases[0].desk, [case.proposal_id for case in cases])


def _approved(case: Case) -> Approved:
    template = TEMPLATES.get(case.plan["decision"]["outcome"], "feasibility_answer")
    number, means = next(case.desk.numbers), case.plan["letter"]
    return letters.approve(case.desk, f"case-{case.id}", case.title, template, number, means=means)


def _post(case: Case, letter: Approved) -> None:
    """Prints the letter, and records that it was handed to the post."""
    say(f"「{case.title}」への回答は、印刷して郵送しました（PDF: {letter.printed()}）。")
    case.desk.officer.command("matching.record_posting", letter_id=letter.id, posted_on=case.day(0))
