"""What a desk and a company do with each proposal, step by step; what has to be on record of it in the end."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid5

from desk.packs import Pack
from services.intake.domain.exclusions import asked_by
from tests.faults.portals import Portal, Submission
from tests.faults.pursuits import Pursuit, pack_id, pursued
from tests.faults.steps import Command, Steps, command
from tests.faults.telling import letter_story, told_by_letter

SUSPENDED: Final = "7010705000725"
"""The corporate number of the one company that measures are about."""
PROJECT: Final = "sales_or_advertising"
FOUND: Final = {"result": "hit", "grounds": "営業のため。", "decider": "室長", "approval_reference": "起案第1号"}


class Fate(StrEnum):
    """What becomes of a proposal."""

    LEFT = "left"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    INELIGIBLE = "ineligible"
    REDIRECTED = "redirected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A proposal that was received: by which portal, as what, and what was answered."""

    portal: Portal
    submission: Submission
    told: Mapping[str, Any]
    pack: Pack

    @property
    def proposal_id(self) -> str:
        """Its id."""
        return str(self.told["proposal_id"])

    @property
    def fate(self) -> Fate:
        """What becomes of it: drawn with its id, which follows from the seed."""
        drawn = UUID(self.proposal_id).int % 8
        shut_out = Fate.INELIGIBLE if self.pack.project_exclusions else Fate.REDIRECTED
        return {0: Fate.LEFT, 1: Fate.WITHDRAWN, 2: Fate.CORRECTED, 3: Fate.CORRECTED, 4: shut_out}.get(
            drawn, Fate.ACCEPTED
        )

    @property
    def is_of_suspended(self) -> bool:
        """Whether its proposer is the company that measures are about."""
        number: str | None = self.data["proposer"].get("corporate_number")
        return number == SUSPENDED

    @property
    def data(self) -> dict[str, Any]:
        """What the company wrote."""
        data: dict[str, Any] = json.loads(self.submission.body)["data"]
        return data

    @property
    def means(self) -> str:
        """How the company is written to."""
        return "mail" if self.data["contact"].get("email") else "post"

    def story(self) -> list[str]:
        """The types of the events that its stream has in the end, flags left out."""
        checked = ["ExclusionChecked"] * len(asked_by(self.pack))
        middle = {
            Fate.LEFT: [],
            Fate.WITHDRAWN: ["ProposalWithdrawn"],
            Fate.ACCEPTED: ["ScreeningBegun", *checked, "ProposalAccepted"],
            Fate.CORRECTED: [
                "ScreeningBegun", "ProposalReturned", "ProposalResubmitted", *checked, "ProposalAccepted",
            ],
            Fate.INELIGIBLE: ["ScreeningBegun", *checked, "ProposalFoundIneligible"],
            Fate.REDIRECTED: ["ScreeningBegun", "ProposalRedirected"],
        }  # fmt: skip
        return ["ProposalReceived", *middle[self.fate]]

    @property
    def pursuit(self) -> Pursuit:
        """What becomes of its case, where it is accepted."""
        return Pursuit(proposal_id=UUID(self.proposal_id), means=self.means, pack=self.pack)

    @property
    def has_case(self) -> bool:
        """Whether it is accepted."""
        return self.fate in (Fate.ACCEPTED, Fate.CORRECTED)

    def letter(self) -> list[str]:
        """The types of the events of the letter that tells of it; none where none is written."""
        return letter_story(self.means) if self.fate in (Fate.INELIGIBLE, Fate.REDIRECTED) else []


def course_of(matter: Matter) -> Steps | None:
    """What is done with a proposal, if anything."""
    courses = {
        Fate.ACCEPTED: _accepted,
        Fate.CORRECTED: _corrected,
        Fate.WITHDRAWN: _withdrawn,
        Fate.INELIGIBLE: _shut_out,
        Fate.REDIRECTED: _shut_out,
    }
    chosen = courses.get(matter.fate)
    return chosen(matter) if chosen else None


def measured(pack: Pack, name: str, *, is_lifted: bool) -> Steps:
    """A measure about the one company, lifted again or not. name: tells it from others."""
    begun = date.today() - timedelta(days=1)  # noqa: DTZ011 - a day that has begun everywhere
    told = yield command(
        "intake.enter_measure", uuid5(pack_id(pack), name), kind="suspended", rule="bid_suspension",
        clause="suspended", law="要綱別表第2", from_day=begun.isoformat(),
        until_day=(begun + timedelta(days=90)).isoformat(), party_name="株式会社むさし野くらし便",
        corporate_number=SUSPENDED, source="契約課からの通知",
    )  # fmt: skip
    if is_lifted:
        entry_id = told["entry_id"]
        yield command("intake.lift_measure", uuid5(UUID(entry_id), "lift"), entry_id=entry_id, reason="解除の通知")


def _on(matter: Matter, method: str, **arguments: Any) -> Command:
    command_id = uuid5(UUID(matter.proposal_id), method)
    return command(f"intake.{method}", command_id, proposal_id=matter.proposal_id, **arguments)


def _accepted(matter: Matter) -> Steps:
    yield _on(matter, "begin_screening")
    yield from _checked(matter)
    told = yield _on(matter, "accept_proposal")
    yield from pursued(matter.pursuit, UUID(told["events"][0]["id"]))


def _corrected(matter: Matter) -> Steps:
    yield _on(matter, "begin_screening")
    yield _on(matter, "return_proposal", points="実施の時期を書いてください。")
    yield _submitted(matter, "CorrectionSubmitted", proposal={**matter.data, "period": "2027年4月から"})
    yield from _checked(matter)
    told = yield _on(matter, "accept_proposal")
    yield from pursued(matter.pursuit, UUID(told["events"][0]["id"]))


def _withdrawn(matter: Matter) -> Steps:
    yield _submitted(matter, "WithdrawalSubmitted", explanation="今回は見送ります。")


def _shut_out(matter: Matter) -> Steps:
    """Found ineligible where the pack has such rules, redirected where not; and told by letter."""
    yield _on(matter, "begin_screening")
    if matter.fate is Fate.INELIGIBLE:
        yield from _checked(matter, hit=PROJECT)
        decided = {"about": "project", "rule": PROJECT, "grounds": "営業のため。", "decider": "室長"}
        yield _on(matter, "find_ineligible", approval_reference="起案第1号", **decided)
        yield from told_by_letter("intake", f"proposal-{matter.proposal_id}", "ineligible_notice", matter.means)
    else:
        yield _on(matter, "redirect_proposal", destination="citizens_channel", explanation="広聴の窓口で承ります。")
        yield from told_by_letter("intake", f"proposal-{matter.proposal_id}", "redirection_notice", matter.means)


def _checked(matter: Matter, hit: str | None = None) -> Steps:
    """Everything that the pack asks for. hit: the rule that is found to apply."""
    checks: Sequence[dict[str, Any]] = [
        {
            "about": about, "rule": rule, "clause": clause, "basis": "self_declared",
            **(FOUND if rule == hit else {"result": "clear"}),
        }
        for about, rule, clause in asked_by(matter.pack)
    ]  # fmt: skip
    if checks:
        yield _on(matter, "record_checks", checks=checks)


def _submitted(matter: Matter, kind: str, **told: Any) -> Submission:
    """What the company sends later by the same portal, proven by its receipt."""
    proof = {name: matter.told[name] for name in ("receipt_number", "access_code")}
    message = {
        **json.loads(matter.submission.body),
        "id": str(uuid5(UUID(matter.submission.id), kind)),
        "type": kind,
        "data": {"municipality": matter.data["municipality"], "proof": proof, **told},
    }
    body = json.dumps(message, ensure_ascii=False).encode()
    submission = Submission(id=message["id"], type=kind, body=body, valid=True)
    matter.portal.submit(submission)
    return submission
