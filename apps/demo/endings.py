"""What a day brings besides: a proposal withdrawn by its company, an inquiry turned into one, one found in the post."""

from datetime import UTC, datetime, timedelta
from typing import Final

from apps.demo import letters
from apps.demo.deadlines import show_deadlines
from apps.demo.samples import later, read
from apps.demo.scene import Desk
from apps.demo.showing import heading, say

WITHDRAWN: Final = "05-aomori-foreign-company"
INQUIRY: Final = "07-aomori-inquiry"
LATE: Final = timedelta(days=14)


def withdraw(desk: Desk) -> None:
    """A company withdraws its proposal (取下げ): no deadline runs any more."""
    heading(f"{desk.name}: 企業による取下げ")
    answer = desk.ask(later("withdrawal", desk.receipts[WITHDRAWN]))
    proposal_id = desk.proposal(WITHDRAWN)
    say(f"「{desk.titles[proposal_id]}」が取り下げられました（応答 {answer['type']}）。")
    show_deadlines(desk, proposal_id, "取下げのあとの期限", {"dropped"})


def convert_inquiry(desk: Desk) -> None:
    """An inquiry (相談) becomes a proposal at the counter, and its receipt slip is handed out."""
    heading(f"{desk.name}: 相談から提案へ")
    submission = read("desk/from-inquiry")
    inquiry_id = desk.receipts[INQUIRY]["inquiry_id"]
    told = desk.officer.command(
        "intake.convert_inquiry", inquiry_id=inquiry_id, submission=submission, channel="counter"
    )
    desk.titles[told["proposal_id"]] = submission["title"]
    say(f"相談「{desk.titles[inquiry_id]}」を、提案として受け付けました（受付番号 {told['receipt_number']}）。")
    letters.receipt_slip(desk, told["proposal_id"])
    show_deadlines(desk, inquiry_id, "相談の期限：提案になったので、最初の連絡は済んでいます", {"met"})


def enter_late(desk: Desk) -> None:
    """What came by post two weeks ago is entered today: it counts from the day on which it came (到達)."""
    heading(f"{desk.name}: 郵送された提案の、遅れた登録")
    submission = read("desk/by-post")
    came = datetime.now(UTC) - LATE
    told = desk.officer.command(
        "intake.receive_proposal",
        submission=submission,
        channel="post",
        received_at=came.isoformat(),
        reason="回覧の書類に紛れており、今日見つかったため。",
    )
    desk.titles[told["proposal_id"]] = submission["title"]
    say(f"「{submission['title']}」を登録しました。受付の日は、届いた日です（{told['received_on']}）。")
    show_deadlines(desk, told["proposal_id"], "この提案の期限", {"overdue"}, explained=True)
