"""What departments and the desk do with the case of an accepted proposal; what has to be on record of it in the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid5

from desk.packs import Pack
from tests.faults.steps import Command, Steps, command
from tests.faults.telling import letter_story, told_by_letter

SHARES: Final = {"city": "場所を貸す", "proposer": "運営する"}
BY_PHONE: Final = "電話による"
PARTICIPANTS: Final = [{"side": "city", "name": "工藤 誠"}, {"side": "proposer", "name": "長谷川 美咲"}]
DIALOGUE: Final = (
    "SessionHeld", "MinutesDrafted", "MinutesConfirmedByCity", "MinutesConfirmedByProposer", "GoalsAgreed",
)  # fmt: skip


class End(StrEnum):
    """Where a case ends: nobody is asked, or it is decided, and the proposer hears."""

    LEFT = "left"
    NO = "no"
    KEPT = "kept"
    PROCUREMENT = "procurement"


TEMPLATES: Final[Mapping[End, str]] = {
    End.NO: "declined_answer",
    End.KEPT: "kept_answer",
    End.PROCUREMENT: "feasibility_answer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pursuit:
    """What becomes of a proposal's case. means: how the company is written to."""

    proposal_id: UUID
    means: str
    pack: Pack

    @property
    def end(self) -> End:
        """Drawn with the proposal's id, by other bits of it than its fate."""
        return tuple(End)[self.proposal_id.int // 8 % len(End)]

    @property
    def status(self) -> str:
        """Where the case stands in the end."""
        return {End.LEFT: "unassigned", End.KEPT: "kept"}.get(self.end, "answered")

    @property
    def story(self) -> list[str]:
        """The types of the events that its stream has in the end, flags left out."""
        if self.end is End.LEFT:
            return ["CaseOpened"]
        asked = ["CaseOffered", "CaseOffered", "OfferDeclined", "OfferTaken"]
        talked = DIALOGUE if self.end is End.PROCUREMENT else ()
        return ["CaseOpened", *asked, *talked, "FeasibilityDecided", "ProposerAnswered"]

    @property
    def letter(self) -> list[str]:
        """The types of the events of the letter that answers; none where none is written."""
        return [] if self.end is End.LEFT else letter_story(self.means)

    @property
    def due(self) -> Mapping[str, str]:
        """How intake's dates stand in the end, where its case has a part in them: whoever is answered was contacted."""
        return {} if self.end is End.LEFT else {"first_contact": "met", "answer_with_reason": "met"}


def pack_id(pack: Pack) -> UUID:
    """A name space of a city's own."""
    return uuid5(UUID(int=0), pack.municipality_code)


def officer_of(pack: Pack) -> UUID:
    """The member of staff who is in charge of every case, in the department that leads."""
    return uuid5(pack_id(pack), "officer")


def lead_of(pack: Pack) -> str:
    """The department that leads every case."""
    return str(next(iter(pack.departments)))


def pursued(pursuit: Pursuit, accepted: UUID) -> Steps:
    """What is done with the case that an acceptance opens, by its event. The case may open a good while later."""
    if pursuit.end is End.LEFT:
        return
    case_id = uuid5(accepted, "matching.open_cases/")

    def on(method: str, *, awaits: bool = False, **arguments: Any) -> Command:
        asked = uuid5(case_id, method)
        return command(f"matching.{method}", asked, awaits=awaits, case_id=str(case_id), **arguments)

    lead, supporting = [str(code) for code in pursuit.pack.departments][:2]
    asked = [{"department": lead, "part": "lead"}, {"department": supporting, "part": "supporting"}]
    told = yield on("offer_case", awaits=True, offers=asked)
    first, second = told["offer_ids"]
    yield on("decline_offer", offer_id=second, grounds="担当外のため", reason=BY_PHONE)
    officer = str(officer_of(pursuit.pack))
    yield on("take_offer", offer_id=first, officer_id=officer, reason=BY_PHONE)
    today = datetime.now(pursuit.pack.zone).date()
    if pursuit.end is End.PROCUREMENT:
        told = yield on(
            "hold_session",
            held_on=today.isoformat(),
            setting="online",
            participants=PARTICIPANTS,
            subject="鍵の開け閉め",
        )
        of_session = {"session_id": told["session_id"]}
        yield on("draft_minutes", **of_session, text="鍵は市が開ける。")
        yield on("confirm_minutes", **of_session, edition=1)
        yield on("record_minutes_answer", **of_session, edition=1, confirmed=True, reason=BY_PHONE)
        due_on = (today + timedelta(days=90)).isoformat()
        goals = [{"indicator": "利用者", "baseline": "0人", "target": "100人", "due_on": due_on}]
        yield on("agree_goals", **of_session, goals=goals, roles=SHARES, merits=SHARES)
    yield on("decide_feasibility", **_decision(pursuit.end, today))
    yield from told_by_letter("matching", f"case-{case_id}", TEMPLATES[pursuit.end], pursuit.means)


def _decision(end: End, today: date) -> dict[str, Any]:
    details: Mapping[End, dict[str, Any]] = {
        End.KEPT: {"kept_until": (today + timedelta(days=180)).isoformat()},
        End.PROCUREMENT: {"procurement_reference": "調達第3号"},
    }
    return {
        "outcome": end, "city_cost_yen": 0, "needs_open_call": False, "explanation": "庁内で検討した結果です。",
        "approver": "室長", "approval_reference": "起案第1号", **details.get(end, {}),
    }  # fmt: skip
