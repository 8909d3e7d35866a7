"""A call (課題提案の募集): it opens to the second, answers one's question to all, and takes proposals then only."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from apps.demo.samples import later, samples
from apps.demo.scene import Desk
from apps.demo.showing import heading, say, table
from apps.demo.waiting import until
from desk.wareki import wareki_moment

SAMPLE: Final = "16-aomori-for-call"
SOON: Final = timedelta(seconds=2)
OPEN_FOR: Final = timedelta(days=30)


def hold_call(desk: Desk, text: dict[str, Any]) -> dict[str, Any]:
    """Opens a call, answers a question, and gives the answer to the proposal that is handed in to it.

    text: what `draft_call` is told, with its command id, by which the sample knows the call.
    """
    heading(f"{desk.name}: 課題提案の募集")
    call_id = desk.officer.command("intake.draft_call", **text)["call_id"]
    opens_at = datetime.now(UTC) + SOON
    desk.chief.command(
        "intake.schedule_call",
        call_id=call_id,
        opens_at=opens_at.isoformat(),
        closes_at=(opens_at + OPEN_FOR).isoformat(),
        approver="窓口 責任者",
        approval_reference="起案第20号",
    )
    opened = until(lambda: desk.officer.call("intake.list_calls", status="open")["items"], "the call is open")
    (call,) = opened
    say(f"「{call['title']}」の募集が始まりました。")
    say(f"締切: {wareki_moment(datetime.fromisoformat(call['closes_at']), desk.pack.zone)}")
    _answer_to_all(desk, call_id)
    message = samples()[SAMPLE]
    answer = desk.ask(message)
    desk.note(SAMPLE, message, answer)
    say(f"募集の前にはお受けできなかった {SAMPLE} を、受け付けました（応答 {answer['type']}）。")
    return answer


def _answer_to_all(desk: Desk, call_id: str) -> None:
    """Answers what one asks by the portal; all read the answer, and nobody reads who asked."""
    desk.ask(later("question", call_id=call_id))
    (asked,) = desk.officer.call("intake.get_call", call_id=call_id, purpose="質問への回答")["questions"]
    desk.officer.command(
        "intake.answer_question",
        call_id=call_id,
        question_id=asked["question_id"],
        question=asked["question"],
        answer="はい。代表する会社の所在地は問いません。市内の団体との共同も歓迎します。",
    )
    told = until(lambda: desk.officer.call("intake.list_questions", call_id=call_id)["items"], "the answer is public")
    table("質問と回答（すべての方に公開）", ("質問", "回答"), [(one["question"], one["answer"]) for one in told])
