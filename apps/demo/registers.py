"""A suspension (入札参加停止) that is entered after a proposal: it flags proposal and case, and rejects nothing."""

from datetime import timedelta
from typing import Final

from apps.demo.samples import read
from apps.demo.scene import Desk
from apps.demo.screening import case_of
from apps.demo.showing import STATUSES, heading, say, short, table
from apps.demo.waiting import until

SAMPLE: Final = "14-tokorozawa-suspended-company"
MONTHS: Final = timedelta(days=90)


def suspend_and_lift(desk: Desk) -> None:
    """Enters the measure of a company whose proposal was accepted, and lifts it again."""
    heading(f"{desk.name}: 入札参加停止の登録と解除")
    today = desk.today()
    period = {"from_day": today.isoformat(), "until_day": (today + MONTHS).isoformat()}
    entry_id = desk.chief.command("intake.enter_measure", **read("desk/measure"), **period)["entry_id"]
    _show(desk, "登録のあと", flagged=True)
    desk.chief.command("intake.lift_measure", entry_id=entry_id, reason="契約課から解除の通知があったため。")
    _show(desk, "解除のあと", flagged=False)


def _show(desk: Desk, when: str, *, flagged: bool) -> None:
    """The proposal and its case, once both say whether a measure concerns their proposer."""
    proposal_id = desk.proposal(SAMPLE)

    def is_so() -> bool:
        items = desk.officer.call("intake.list_proposals", flagged=True)["items"]
        is_flagged = proposal_id in {item["proposal_id"] for item in items}
        return is_flagged is flagged and case_of(desk, proposal_id)["flagged"] is flagged

    until(is_so, f"proposal and case are {'' if flagged else 'not '}flagged")
    mark = "措置あり" if flagged else "措置なし"
    row = (short(desk.titles[proposal_id]), STATUSES["accepted"], mark, mark)
    table(when, ("提案", "状態", "提案の印", "案件の印"), [row])
    if flagged:
        say("提案はそのまま残ります。印のあるあいだは、協定を結べません。")
