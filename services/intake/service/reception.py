"""The reception's window: staff enter what came by counter, phone, mail or post, and ask where a submission stands."""

from typing import Any, Final

from desk.permissions import Permission
from desk.portal.submissions import SubmissionErased
from eventstore.errors import InvalidMessage, NotFound
from eventstore.nameko import staff_rpc
from services.intake.counter import Entered
from services.intake.domain.inquiry import InquiryAlreadyReceived
from services.intake.domain.proposal import ProposalAlreadyReceived
from services.intake.queries import records
from services.intake.schemas import EntrySchema, InquirySchema, ProposalSchema
from services.intake.service.window import Window

LATE_OR_MISDIRECTED: Final = ("other_municipality", "too_long_ago", "in_the_future")
"""What may be wrong with anything that is entered, beside its form."""
AGAINST_THE_RULES: Final = (
    "channel_not_accepted",
    "call_unknown",
    "call_closed",
    "attachment_unknown",
    "terms_version",
)
"""What the city's rules may have against a proposal."""


class ReceptionWindow(Window):
    """What is entered on someone's behalf, and its status."""

    @staff_rpc(
        permission=Permission.PROPOSAL_RECEIVE,
        reads=(EntrySchema, ProposalSchema),
        refuses=(ProposalAlreadyReceived, SubmissionErased),
        problems=LATE_OR_MISDIRECTED + AGAINST_THE_RULES,
    )
    def receive_proposal(
        self, command_id: str, submission: dict[str, Any], channel: str,
        received_at: str | None = None, reason: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Enters a proposal on someone's behalf.

        submission: `data` of `ProposalSubmitted`; pledges and terms may still be pending. channel: `counter`, `phone`,
        `mail` or `post`. received_at: the instant when it came, if that was earlier than now. reason: why it is entered
        late; required with `received_at`.

        At `proposer.kind` the city's pack may refuse with a code and a sentence of its own.

        Gives the event, `proposal_id`, and the receipt to hand out: `receipt_number`, `access_code`, `received_on` and
        `content_receipt` (`nonce`, `sha256`).
        """
        stated = {"command_id": command_id, "channel": channel, "received_at": received_at, "reason": reason}
        told: dict[str, Any] = self.desk.counter.enter_proposal(Entered(submission, stated), self.actor)
        return told

    @staff_rpc(
        permission=Permission.INQUIRY_RECEIVE,
        reads=(EntrySchema, InquirySchema),
        refuses=(InquiryAlreadyReceived, SubmissionErased),
        problems=LATE_OR_MISDIRECTED,
    )
    def receive_inquiry(
        self, command_id: str, submission: dict[str, Any], channel: str,
        received_at: str | None = None, reason: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Enters an inquiry (相談) on someone's behalf.

        submission: `data` of `InquirySubmitted`. channel, received_at, reason: as in `receive_proposal`.

        Gives the event, `inquiry_id`, and the receipt as `receive_proposal` does.
        """
        stated = {"command_id": command_id, "channel": channel, "received_at": received_at, "reason": reason}
        told: dict[str, Any] = self.desk.counter.enter_inquiry(Entered(submission, stated), self.actor)
        return told

    @staff_rpc(permission=Permission.SUBMISSION_STATUS, refuses=(NotFound,))
    def submission_status(self, receipt_number: str, access_code: str) -> dict[str, Any]:
        """Says where a submission stands, for who holds both its number and its code.

        receipt_number, access_code: as on the receipt, in any width, with any dash or blank between.

        Gives `kind` (`proposal` or `inquiry`), `receipt_number`, `status`, `received_on` and `progress`: where the
        city's pack has proposers told (`tells_progress`), each step of an accepted proposal with its day (`step`:
        `department_sought`, `department_found`, `dialogue_held`, `answered`; `on`), else null.

        A proposal on hold is told as `screening`; so is one that was found ineligible or redirected, until the letter
        that tells it has gone out. One that was accepted is `accepted`, and `answered` once the letter that says what
        becomes of it has.
        """
        given = (receipt_number, access_code)
        if not all(isinstance(text, str) for text in given):
            raise InvalidMessage("受付番号と確認番号を入力してください。")
        return records.submission_status(self.office, self.desk.reception.keys, *given)
