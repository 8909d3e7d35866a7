"""Every sample handed in by its city's portal, and what the portals were answered."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.markup import escape
from rich.table import Table

from apps.demo.samples import read, samples
from apps.demo.scene import Desk
from apps.demo.showing import console

RECEIVED: Final = ("ProposalReceived", "InquiryReceived")


def hand_in(desks: Sequence[Desk]) -> dict[str, dict[str, Any]]:
    """Publishes every sample and waits for its answer: sample → answer."""
    by_municipality = {desk.city.municipality: desk for desk in desks}
    given = [(name, message, by_municipality[message["data"]["municipality"]]) for name, message in samples().items()]
    for _, message, desk in given:
        desk.portal.publish(message)
    answers = {}
    for name, message, desk in given:
        answers[name] = desk.answer(message)
        if answers[name]["type"] in RECEIVED:
            desk.note(name, message, answers[name])
    return answers


def show(answers: Mapping[str, dict[str, Any]]) -> None:
    """What came back for each sample."""
    made = Table("見本", "応答", title="ポータルサイトへの応答", title_justify="left")
    made.add_column("内容", overflow="fold")
    for name, answer in answers.items():
        made.add_row(name, answer["type"], escape(_what_came_back(answer["data"])))
    console.print(made)


def unexpected(answers: Mapping[str, dict[str, Any]]) -> list[str]:
    """The samples whose answer is not the one that examples/expected.json names; says them."""
    expected = read("expected")
    wrong = [name for name, answer in answers.items() if _outline(answer) != expected[name]]
    for name in wrong:
        console.print(f"[red]{name} was not answered as expected")
    return wrong


def _what_came_back(told: Mapping[str, Any]) -> str:
    if "errors" in told:
        return "\n".join(f"{error['field']}: {error['message']}" for error in told["errors"])
    return f"受付番号 {told['receipt_number']}  確認番号 {told['access_code']}  受付日 {told['received_on']}"


def _outline(answer: Mapping[str, Any]) -> dict[str, Any]:
    errors = [[error["field"], error["code"]] for error in answer["data"].get("errors", [])]
    return {"type": answer["type"], "errors": errors}
