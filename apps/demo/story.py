"""The story that the demo tells: from what the portals hand in to the answers, and what the records office reads."""

from collections.abc import Sequence
from typing import Final

from apps.demo import submissions
from apps.demo.call import SAMPLE as FOR_CALL
from apps.demo.call import hold_call
from apps.demo.cases.handover import hand_over
from apps.demo.cases.sight import show_sight
from apps.demo.cases.story import carry_on
from apps.demo.cases.work import show_work
from apps.demo.correction import SAMPLE as CORRECTED
from apps.demo.correction import correct
from apps.demo.endings import convert_inquiry, enter_late, withdraw
from apps.demo.ineligible import find_ineligible
from apps.demo.overview import show_desk
from apps.demo.records import is_sound, show_timeline
from apps.demo.registers import suspend_and_lift
from apps.demo.samples import read
from apps.demo.scene import Desk
from apps.demo.screening import accept_all
from apps.demo.showing import console

ACCEPTED_IN_AOMORI: Final = ("02-aomori-university", "03-aomori-sole-proprietor", "06-aomori-confidential")
ACCEPTED_IN_TOKOROZAWA: Final = (
    "08-tokorozawa-company-long", "09-tokorozawa-university", "10-tokorozawa-npo", "14-tokorozawa-suspended-company",
)  # fmt: skip


def tell(opened: Sequence[Desk]) -> bool:
    """Tells it, in Aomori and Tokorozawa; whether all went as the samples say."""
    aomori, tokorozawa = opened
    with console.status("Handing the samples in"):
        answers = submissions.hand_in(opened)
    submissions.show(answers)
    accept_all(tokorozawa, ACCEPTED_IN_TOKOROZAWA)
    find_ineligible(tokorozawa)
    suspend_and_lift(tokorozawa)
    enter_late(tokorozawa)
    accept_all(aomori, ACCEPTED_IN_AOMORI)
    correct(aomori)
    answers[FOR_CALL] = hold_call(aomori, read("desk/call"))
    withdraw(aomori)
    convert_inquiry(aomori)
    carry_on(tokorozawa, ACCEPTED_IN_TOKOROZAWA)
    cases = carry_on(aomori, (CORRECTED, *ACCEPTED_IN_AOMORI))
    show_sight(own=cases[CORRECTED], other=cases[ACCEPTED_IN_AOMORI[0]])
    hand_over(aomori)
    show_desk(tokorozawa, overdue=True)
    show_work(tokorozawa)
    show_desk(aomori, overdue=False)
    show_work(aomori)
    show_timeline(aomori, aomori.proposal(CORRECTED), CORRECTED)
    show_timeline(aomori, cases[CORRECTED].id, f"{CORRECTED}（案件）")
    sound = [is_sound(desk) for desk in opened]
    return not submissions.unexpected(answers) and all(sound)
