"""A proposal that a rule of the city's guideline shuts out: found ineligible (対象外), and told so by letter."""

from typing import Final

from apps.demo import letters
from apps.demo.samples import read
from apps.demo.scene import Desk
from apps.demo.screening import screen, text_of
from apps.demo.showing import heading, say

SAMPLE: Final = "15-tokorozawa-sales"
RULE: Final = "sales_or_advertising"
FINDING: Final = {
    "grounds": "通信回線の申込みを市の広報紙に折り込むものであり、営業を直接の目的としているため。",
    "decider": "公民連携推進室長",
    "approval_reference": "起案第31号",
}


def find_ineligible(desk: Desk) -> None:
    """Records the hit, decides with an approval's reference, and sends the letter with its instruction on remedies."""
    heading(f"{desk.name}: 対象外の決定と通知")
    proposal_id = desk.proposal(SAMPLE)
    screen(desk, proposal_id, hit=RULE, finding=FINDING)
    desk.chief.command("intake.find_ineligible", proposal_id=proposal_id, about="project", rule=RULE, **FINDING)
    rule, decision = text_of(desk, proposal_id, RULE), FINDING["approval_reference"]
    say(f"「{desk.titles[proposal_id]}」を対象外と決定しました（要件「{rule}」、決裁 {decision}）。")
    letters.send(desk, "ineligible_notice", proposal_id, read(SAMPLE)["data"]["contact"]["email"], 31)
