"""What a desk and a company do with each proposal, step by step; what has to be on record of it in the end.

A course is a generator: it gives a command or a submission, and is told the answer before it goes on.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid5

from desk.packs import Pack
from services.intake.domain.exclusions import asked_by
from tests.faults.portals import Portal, Submission

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


@dataclass(slots=True)
class Command:
    """One command, how often its answer is wanted, and every answer: a result, or an error that ends the course."""

    method: str
    arguments: dict[str, Any]
    wanted: int
    answers: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be asked."""
        return len(self.answers) >= self.wanted or bool(self.errors)


Steps: TypeAlias = Generator[Command | Submission, dict[str, Any], None]


@dataclass(slots=True)
class Course:
    """A course amid its steps. commands: all that were given so far; awaited: what it waits for, None at the end."""

    steps: Steps
    commands: list[Command] = field(default_factory=list)
    awaited: Command | Submission | None = None

    def __post_init__(self) -> None:
        self._await(next(self.steps))

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be done."""
        return self.awaited is None or any(command.errors for command in self.commands)

    def go_on(self, answer: dict[str, Any]) -> None:
        """Takes the next step."""
        try:
            self._await(self.steps.send(answer))
        except StopIteration:
            self.awaited = None

    def _await(self, step: Command | Submission) -> None:
        self.awaited = step
        if isinstance(step, Command):
            self.commands.append(step)


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

    def letter(self) -> list[str]:
        """The types of the events of the letter that tells of it; none where none is written."""
        if self.fate not in (Fate.INELIGIBLE, Fate.REDIRECTED):
            return []
        return ["LetterComposed", "LetterApproved", "LetterDispatched" if self.means == "mail" else "LetterPosted"]


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
    told = yield _command(
        "intake.enter_measure", uuid5(pack_id(pack), name), kind="suspended", rule="bid_suspension",
        clause="suspended", law="要綱別表第2", from_day=begun.isoformat(),
        until_day=(begun + timedelta(days=90)).isoformat(), party_name="株式会社むさし野くらし便",
        corporate_number=SUSPENDED, source="契約課からの通知",
    )  # fmt: skip
    if is_lifted:
        entry_id = told["entry_id"]
        yield _command("intake.lift_measure", uuid5(UUID(entry_id), "lift"), entry_id=entry_id, reason="解除の通知")


def pack_id(pack: Pack) -> UUID:
    """A name space of a city's own."""
    return uuid5(UUID(int=0), pack.municipality_code)


def _command(method: str, command_id: UUID, **arguments: Any) -> Command:
    """A command under an id by which it is known again; every fourth answer is asked for twice."""
    wanted = 2 if command_id.int % 4 == 0 else 1
    return Command(method, {"command_id": str(command_id), **arguments}, wanted)


def _on(matter: Matter, method: str, **arguments: Any) -> Command:
    command_id = uuid5(UUID(matter.proposal_id), method)
    return _command(f"intake.{method}", command_id, proposal_id=matter.proposal_id, **arguments)


def _accepted(matter: Matter) -> Steps:
    yield _on(matter, "begin_screening")
    yield from _checked(matter)
    yield _on(matter, "accept_proposal")


def _corrected(matter: Matter) -> Steps:
    yield _on(matter, "begin_screening")
    yield _on(matter, "return_proposal", points="実施の時期を書いてください。")
    yield _submitted(matter, "CorrectionSubmitted", proposal={**matter.data, "period": "2027年4月から"})
    yield from _checked(matter)
    yield _on(matter, "accept_proposal")


def _withdrawn(matter: Matter) -> Steps:
    yield _submitted(matter, "WithdrawalSubmitted", explanation="今回は見送ります。")


def _shut_out(matter: Matter) -> Steps:
    """Found ineligible where the pack has such rules, redirected where not; and told by letter."""
    yield _on(matter, "begin_screening")
    if matter.fate is Fate.INELIGIBLE:
        yield from _checked(matter, hit=PROJECT)
        decided = {"about": "project", "rule": PROJECT, "grounds": "営業のため。", "decider": "室長"}
        yield _on(matter, "find_ineligible", approval_reference="起案第1号", **decided)
        yield from _told(matter, "ineligible_notice")
    else:
        yield _on(matter, "redirect_proposal", destination="citizens_channel", explanation="広聴の窓口で承ります。")
        yield from _told(matter, "redirection_notice")


def _told(matter: Matter, template: str) -> Steps:
    """A letter, composed, approved and sent."""
    about = {"template": template, "about": f"proposal-{matter.proposal_id}", "means": matter.means}
    told = yield _command("intake.compose_letter", uuid5(UUID(matter.proposal_id), "compose_letter"), **about)
    letter_id = told["letter_id"]
    approval = {"document_number": f"企連第{letter_id[:13]}号", "approver": "室長", "approval_reference": "起案第1号"}
    yield _command("intake.approve_letter", uuid5(UUID(letter_id), "approve"), letter_id=letter_id, **approval)
    if matter.means == "post":
        posted = {"letter_id": letter_id, "posted_on": date.today().isoformat()}  # noqa: DTZ011 - any day will do
        yield _command("intake.record_posting", uuid5(UUID(letter_id), "post"), **posted)


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
