"""What companies send later, as a portal writes it, and what the desk does in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from desk.letters.codes import draw_code
from desk.letters.commands import ApproveLetter, CodeGiven, CodeItem, ComposeLetter, Recipient
from desk.letters.events import CodePurpose, Means
from desk.letters.rules import letter_rules
from desk.office import Office
from desk.portal.messages import submission_command_id, submission_id
from eventstore.decider import Decider
from eventstore.execution import execute
from eventstore.records import Actor, Code, Recorded, StreamId
from services.intake.domain.call import CALL
from services.intake.domain.call.commands import DraftCall, RequestIdeaUse, ScheduleCall
from services.intake.domain.later import LATER_SUBMISSION
from services.intake.domain.proposal import PROPOSAL, AcceptProposal
from services.intake.domain.proposal.screening import BeginScreening, ReturnProposal
from tests.calls import DEPARTMENTS, SUBJECTS, TEXT
from tests.letters import APPROVAL
from tests.portals import MINIMAL, submission

DAY: Final = date(2026, 5, 20)
OPENS, CLOSES = datetime(2026, 5, 1, tzinfo=UTC), datetime(2027, 3, 31, tzinfo=UTC)
"""A call is open at the instant that `submission` states."""
CLAIM: Final = {"field": "title", "reason": "未公表の製品名", "on_condition_of_non_publication": True}
ASKER: Final = {"affiliation": "架空商店街", "name": "成田 一郎", "phone": "017-700-7777"}


def proof_of(receipt: Mapping[str, Any]) -> dict[str, str]:
    """The proof that a receipt gives."""
    return {name: receipt[name] for name in ("receipt_number", "access_code")}


def later(kind: str, **content: Any) -> dict[str, Any]:
    """A later message of `city-portal`."""
    return submission({"municipality": MINIMAL["municipality"], **content}, kind)


def correction(proof: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """A whole proposal anew, some of it changed."""
    return later("CorrectionSubmitted", proof=dict(proof), proposal={**MINIMAL, **changed})


def withdrawal(proof: Mapping[str, Any], **content: Any) -> dict[str, Any]:
    """A withdrawal."""
    return later("WithdrawalSubmitted", proof=dict(proof), **content)


def claim(proof: Mapping[str, Any], *claims: Mapping[str, Any]) -> dict[str, Any]:
    """Claims of confidentiality, one of the title unless others are named."""
    return later("ClaimSubmitted", proof=dict(proof), claims=[dict(one) for one in claims or (CLAIM,)])


def question(call_id: UUID, **content: Any) -> dict[str, Any]:
    """A question to a call."""
    return later("CallQuestionSubmitted", call_id=str(call_id), question="個人事業主も応募できますか。", **content)


def consent(proof: Mapping[str, Any], call_id: UUID, use_id: UUID, **content: Any) -> dict[str, Any]:
    """Consent to the use of an idea."""
    answered = {"call_id": str(call_id), "use_id": str(use_id), "consent": "consented"}
    return later("ConsentGiven", proof=dict(proof), **answered, **content)


@dataclass(frozen=True, slots=True)
class InBetween:
    """What the desk does with proposals and calls, and what the log then says."""

    office: Office

    def does(self, rules: Decider[Any, Any], stream_id: UUID, *commands: Any) -> None:
        """Executes commands on a stream, in the name of the desk."""
        actor = Actor(id=uuid4(), role=Code("desk"))
        for command in commands:
            context = self.office.context(actor)
            execute(self.office.store, rules, StreamId(rules.category, stream_id), command, context)

    def returned(self, proposal_id: str) -> None:
        """Asks for a correction."""
        points = ReturnProposal(returned_on=DAY, answer_by=None, points="費用を書いてください。")
        self.does(PROPOSAL, UUID(proposal_id), BeginScreening(begun_on=DAY), points)

    def accepted(self, proposal_id: str) -> None:
        """Accepts a proposal."""
        self.does(PROPOSAL, UUID(proposal_id), BeginScreening(begun_on=DAY), AcceptProposal(accepted_on=DAY))

    def opened_call(self, *, closes_at: datetime = CLOSES) -> UUID:
        """A call that is open at the instant that `submission` states, unless it closes earlier."""
        call_id = uuid4()
        scheduled = ScheduleCall(
            at=OPENS - timedelta(days=1),
            opens_at=OPENS,
            closes_at=closes_at,
            approver="市長",
            approval_reference="企連第2号",
        )
        self.does(CALL, call_id, DraftCall(text=TEXT, departments=DEPARTMENTS, subjects=SUBJECTS), scheduled)
        return call_id

    def asked_use(self, proposal_id: str) -> tuple[UUID, UUID]:
        """A drafted call, and the use of a proposal's idea in it that its proposer is asked about."""
        call_id, use_id = uuid4(), uuid4()
        asked = RequestIdeaUse(
            use_id=use_id,
            proposal_id=UUID(proposal_id),
            is_proposal_known=True,
            at=OPENS,
            requested_on=DAY,
            passage="停留所の札",
        )
        self.does(CALL, call_id, DraftCall(text=TEXT, departments=DEPARTMENTS, subjects=SUBJECTS), asked)
        return call_id, use_id

    def code(self, proposal_id: str, purpose: CodePurpose, *, days: int = 365, item: CodeItem | None = None) -> str:
        """The one-time code of a letter to whom a proposal names. item: what of another stream it is for."""
        code, valid_until = draw_code(), self.office.clock() + timedelta(days=days)
        asked = PROPOSAL.fold(self.events(PROPOSAL.category, proposal_id)).contact_id
        letter = ComposeLetter(
            template="correction_request",
            about=StreamId(PROPOSAL.category, UUID(proposal_id)),
            recipient=Recipient(id=asked or uuid4(), means=Means.POST, lines=("鈴木 洋子 様",), address="青森市"),
            adverse=False,
            title="補正のお願い",
            body=("補正をお願いします。",),
            remedies=None,
            code=CodeGiven(
                purpose=purpose,
                valid_until=valid_until,
                code=code,
                notice="この番号で補正できます。",
                item=item,
            ),
        )
        in_time = valid_until - timedelta(days=1)
        approved = ApproveLetter(approval=APPROVAL, at=in_time, issued_on=DAY, file=b"%PDF-1.7")
        self.does(letter_rules("intake"), uuid4(), letter, approved)
        return code

    def events(self, category: str, stream_id: UUID | str) -> tuple[Recorded, ...]:
        """What a stream says."""
        return self.office.store.load(StreamId(category, UUID(str(stream_id)))).events

    def types(self, category: str, stream_id: UUID | str) -> list[str]:
        """The types of a stream's events."""
        return [recorded.type for recorded in self.events(category, stream_id)]

    def proposals_of(self, command_id: UUID) -> tuple[Recorded, ...]:
        """What is on record of the proposal that a command would have brought."""
        return self.events(PROPOSAL.category, submission_id(command_id))

    def taken(self, message: Mapping[str, Any], portal: str = "city-portal") -> tuple[Recorded, ...]:
        """What is on record of a later message itself."""
        submitted = submission_id(submission_command_id(portal, message["id"]))
        return self.events(LATER_SUBMISSION.category, submitted)
