"""A correction (補正): asked for with a letter, handed in again by the portal, compared; the clock stood still."""

import json
from datetime import timedelta
from typing import Any, Final

from apps.demo import letters
from apps.demo.deadlines import show_deadlines
from apps.demo.samples import later, read
from apps.demo.scene import Desk
from apps.demo.screening import accept, screen
from apps.demo.showing import heading, say, table

SAMPLE: Final = "01-aomori-company"
NAMES: Final = {
    "period": "実施時期",
    "summary": "概要",
    "cost": "費用",
    "place": "場所",
    "pledges": "誓約",
    "indicators": "指標",
}


def correct(desk: Desk) -> None:
    """Returns a proposal, lets its company correct it, shows what changed, and accepts it."""
    heading(f"{desk.name}: 補正の求めと、補正された提案")
    proposal_id = desk.proposal(SAMPLE)
    desk.officer.command("intake.begin_screening", proposal_id=proposal_id)
    desk.officer.command(
        "intake.return_proposal",
        proposal_id=proposal_id,
        points="実施時期が道路の工事と重なります。時期をご検討ください。",
        answer_by=(desk.today() + timedelta(days=14)).isoformat(),
    )
    letters.send(desk, "correction_request", proposal_id, read(SAMPLE)["data"]["contact"]["email"], 12)
    show_deadlines(desk, proposal_id, "補正を待つあいだの期限", {"paused"})
    answer = desk.ask(later("correction", desk.receipts[SAMPLE]))
    say(f"ポータルサイトから補正が届きました（応答 {answer['type']}）。")
    _show_changes(desk, proposal_id)
    show_deadlines(desk, proposal_id, "補正のあとの期限", {"running"}, explained=True)
    screen(desk, proposal_id)
    accept(desk, proposal_id)


def _show_changes(desk: Desk, proposal_id: str) -> None:
    told = desk.officer.call(
        "intake.compare_proposal", proposal_id=proposal_id, edition_from=1, edition_to=2, purpose="補正の確認"
    )
    rows = [
        (NAMES.get(one["field"], one["field"]), _written(one["old"]), _written(one["new"])) for one in told["changes"]
    ]
    table("第1版と第2版の違い", ("項目", "補正の前", "補正の後"), rows)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
