"""The inquiries' window (相談): answered, turned into a proposal, closed."""

from typing import Any, Final

from desk.forms import Form, load_or_refuse
from desk.openings import PurposeForm
from desk.permissions import Permission
from desk.portal.submissions import SubmissionErased
from eventstore.errors import NotFound, RenkeiError
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.counter import Entered
from services.intake.domain.inquiry import (
    INQUIRY,
    AnswerInquiry,
    CloseInquiry,
    InquiryIsClosed,
    InquiryIsConverted,
    InquiryNotAnswered,
)
from services.intake.domain.proposal import ProposalAlreadyReceived
from services.intake.queries import inquiries
from services.intake.schemas import ConversionEntrySchema, ProposalSchema
from services.intake.schemas import inquiries as forms
from services.intake.service.reception import AGAINST_THE_RULES, LATE_OR_MISDIRECTED
from services.intake.service.window import Window

ENDED: Final[tuple[type[RenkeiError], ...]] = (NotFound, InquiryIsConverted, InquiryIsClosed)
"""What every command to an inquiry may be refused with."""


class InquiryWindow(Window):
    """What the desk does with inquiries."""

    @staff_rpc(
        permission=Permission.INQUIRY_RECEIVE, takes=forms.AnsweringForm, refuses=ENDED, problems=("in_the_future",)
    )
    def answer_inquiry(self, **arguments: Any) -> dict[str, Any]:
        """Records what was answered to an inquiry; there may be more than one answer.

        inquiry_id: as `receive_inquiry` gave it. means: `counter`, `phone`, `mail`, `post` or `portal`. answer: what
        was said. answered_on: the day, if that was earlier than today.

        Gives the event.
        """
        stated: forms.Answering = self._stated(forms.AnsweringForm(), arguments)
        answered_on = self.day(stated.answered_on, "answered_on", forms.WORDS)
        command = AnswerInquiry(answered_on=answered_on, means=stated.means, answer=stated.answer)
        return self.carry_out(INQUIRY, stated.inquiry_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.PROPOSAL_RECEIVE,
        reads=(ConversionEntrySchema, ProposalSchema),
        refuses=(*ENDED, ProposalAlreadyReceived, SubmissionErased),
        problems=LATE_OR_MISDIRECTED + AGAINST_THE_RULES,
    )
    def convert_inquiry(
        self, command_id: str, inquiry_id: str, submission: dict[str, Any], channel: str,
        received_at: str | None = None, reason: str | None = None, expected_version: int | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Turns an inquiry into a proposal, which names it as its origin; both are recorded together or not at all.

        inquiry_id: as `receive_inquiry` gave it. submission, channel, received_at: as in `receive_proposal`; it is
        received today unless something else is said. reason: why, required with `received_at`. expected_version: of the
        inquiry.

        Gives the events of both, `proposal_id`, and the receipt as `receive_proposal` does.
        """
        self.office.reading(self.token, Permission.INQUIRY_READ)
        stated = {
            "command_id": command_id, "inquiry_id": inquiry_id, "channel": channel, "received_at": received_at,
            "reason": reason, "expected_version": expected_version,
        }  # fmt: skip
        told: dict[str, Any] = self.desk.counter.enter_conversion(Entered(submission, stated), self.actor)
        return told

    @staff_rpc(permission=Permission.INQUIRY_RECEIVE, takes=forms.OnInquiryForm, refuses=(*ENDED, InquiryNotAnswered))
    def close_inquiry(self, **arguments: Any) -> dict[str, Any]:
        """Is done with an inquiry that was answered.

        inquiry_id: as `receive_inquiry` gave it.

        Gives the event; none where it was closed before.
        """
        stated: forms.OnInquiry = self._stated(forms.OnInquiryForm(), arguments)
        command = CloseInquiry(closed_on=self.office.today())
        return self.carry_out(INQUIRY, stated.inquiry_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.INQUIRY_READ,
        takes=forms.InquiryListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_inquiries(self, **arguments: Any) -> dict[str, Any]:
        """Lists inquiries in the order in which they were received; nothing protected is among what it tells.

        status: `received`, `answered`, `converted` or `closed`; all unless named.

        Gives `items` (`inquiry_id`, `version`, `status`, `proposer_kind`, `channel`, `received_on`, `answered_on`,
        `proposal_id`, `ended_on`, `recorded_at`), `after` and `as_of` as `list_proposals` does.
        """
        wanted: forms.InquiryListing = load_or_refuse(forms.InquiryListingSchema(), arguments)
        return inquiries.INQUIRY_LIST.page(self.office, wanted, status=wanted.status)

    @staff_rpc(
        permission=Permission.INQUIRY_READ,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound,),
    )
    def get_inquiry(self, inquiry_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads an inquiry with its fields opened, once it is on record who opens it.

        inquiry_id: as `receive_inquiry` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `inquiry_id`, `version`, `status`, `channel`, `recorded_at`, the fields of `InquiryReceived` in clear
        without the document and its digest, `closed`: the names of those that cannot be opened any more, `answers`,
        and `proposal_id`: the proposal that it became, or null.
        """
        stream = StreamId.sought(INQUIRY.category, inquiry_id)
        return inquiries.opened_inquiry(self.office, stream, self.actor, purpose)

    def _stated(self, form: Form, arguments: dict[str, Any]) -> Any:
        """What a command states, for whoever may read inquiries: nobody else learns whether one exists."""
        stated = load_or_refuse(form, arguments)
        self.office.reading(self.token, Permission.INQUIRY_READ)
        return stated
