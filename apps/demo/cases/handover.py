"""Hand-over (引継ぎ): somebody moves, and all that they had to do with goes to one other person at once."""

from apps.demo.scene import Desk
from apps.demo.showing import heading, say


def hand_over(desk: Desk) -> None:
    """Puts a new colleague in the place of the desk's officer, in every case."""
    heading(f"{desk.name}: 人事異動による引継ぎ")
    successor = desk.people.new("後任の担当者", "desk_officer")
    told = desk.chief.command(
        "matching.hand_over_cases",
        from_id=desk.officer.person,
        to_id=successor.person,
        reason="人事異動のため。",
    )
    done, refused = len(told["handed_over"]), len(told["refused"])
    say(f"担当者の案件を、後任の人に一度に引き継ぎました（{done}件、引き継げなかったもの{refused}件）。")
