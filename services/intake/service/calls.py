"""The calls' window (課題提案の募集): drafted, decided, opened and closed by the clock, answered to all."""

from typing import Any, Final
from uuid import uuid5

from desk.forms import load_or_refuse
from desk.openings import PurposeForm
from desk.permissions import Permission
from eventstore.errors import NotFound, RenkeiError
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.domain.call import CALL, refusals
from services.intake.domain.call.commands import (
    AnswerCall,
    ArchiveCall,
    DraftCall,
    ExtendCall,
    ReviseCall,
    ScheduleCall,
)
from services.intake.domain.party_rules import SubjectUnknown
from services.intake.queries import calls
from services.intake.schemas import calls as forms
from services.intake.service.window import Window

STANDING: Final[tuple[type[RenkeiError], ...]] = (NotFound, *refusals.STANDING_REFUSALS)
"""What every command to a call may be refused with: that it does not stand where it would have to."""


class CallWindow(Window):
    """What the desk does with calls."""

    @staff_rpc(
        permission=Permission.CALL_DRAFT,
        takes=forms.DraftingSchema,
        refuses=(refusals.CallAlreadyDrafted, refusals.DepartmentUnknown, SubjectUnknown),
    )
    def draft_call(self, **arguments: Any) -> dict[str, Any]:
        """Begins a call; what it is about and says is confidential until it opens.

        aim: `selects_partners`, or `collects_ideas`, by which nobody is selected. department, subjects: codes of the
        pack in force; without subjects (分野) all who want notices of new calls are told when it opens. purposes: what
        it serves, as in `receive_proposal`. title, issue, conditions: what it will say. draws_on: the proposals that
        ideas in the text come from, if any.

        Gives the event and `call_id`.
        """
        stated: forms.Drafting = load_or_refuse(forms.DraftingSchema(), arguments)
        call_id = uuid5(stated.command_id, "call")
        command = DraftCall(text=stated.text, departments=self._departments(), subjects=self._subjects())
        told = self.carry_out(CALL, call_id, command, stated, arguments)
        return {**told, "call_id": str(call_id)}

    @staff_rpc(
        permission=Permission.CALL_DRAFT,
        takes=forms.RevisionSchema,
        refuses=(
            *STANDING,
            refusals.DepartmentUnknown,
            SubjectUnknown,
            refusals.IdeaUseUnknown,
            refusals.IdeaUseNotConsented,
            refusals.IdeaUseConditionsNotAcknowledged,
        ),
    )
    def revise_call(self, **arguments: Any) -> dict[str, Any]:
        """Puts another text in the place of the one that stands; a schedule that was approved for that one falls.

        call_id: as `draft_call` gave it. aim, department, subjects, purposes, title, issue, conditions, draws_on: as in
        `draft_call`, all of the text anew. uses: the uses of proposers' ideas that the text relies on, each with
        recorded consent, with what was used, and with the conditions acknowledged.

        Gives the events; none where nothing changes.
        """
        stated: forms.Revision = load_or_refuse(forms.RevisionSchema(), arguments)
        command = ReviseCall(
            at=self.office.clock(),
            text=stated.text,
            uses=stated.uses,
            departments=self._departments(),
            subjects=self._subjects(),
        )
        return self.carry_out(CALL, stated.call_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.CALL_OPEN,
        takes=forms.SchedulingSchema,
        refuses=(
            *STANDING,
            refusals.CallOpensInThePast,
            refusals.CallClosesBeforeOpening,
            refusals.IdeaUseNotConsented,
        ),
    )
    def schedule_call(self, **arguments: Any) -> dict[str, Any]:
        """Decides when a call opens and closes; it does both by itself, to the second.

        call_id: as `draft_call` gave it. opens_at, closes_at: instants with their offset; proposals and questions are
        taken from the first until before the second. approver: who decided (決裁者). approval_reference: number of the
        decision (決裁番号).

        Gives the event; none where it was so decided before.
        """
        stated: forms.Scheduling = load_or_refuse(forms.SchedulingSchema(), arguments)
        command = ScheduleCall(
            at=self.office.clock(),
            opens_at=stated.opens_at,
            closes_at=stated.closes_at,
            approver=stated.approver,
            approval_reference=stated.approval_reference,
        )
        return self.carry_out(CALL, stated.call_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.CALL_OPEN,
        takes=forms.ExtensionSchema,
        refuses=(*STANDING, refusals.ExtensionNotLater),
    )
    def extend_call(self, **arguments: Any) -> dict[str, Any]:
        """Lets an open call close later than was said.

        call_id: as `draft_call` gave it. closes_at: the new instant. explanation: why, as all will read it.

        Gives the event; none where it closes then anyway.
        """
        stated: forms.Extension = load_or_refuse(forms.ExtensionSchema(), arguments)
        command = ExtendCall(at=self.office.clock(), closes_at=stated.closes_at, explanation=stated.explanation)
        return self.carry_out(CALL, stated.call_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.CALL_OPEN,
        takes=forms.ResultSchema,
        refuses=(
            *STANDING,
            refusals.CallSelectsNobody,
            refusals.ProposalNotOfCall,
            refusals.SelectedProposalNotPursued,
        ),
    )
    def answer_call(self, **arguments: Any) -> dict[str, Any]:
        """Tells all what came of a closed call.

        call_id: as `draft_call` gave it. selected: proposals that were handed in to it and are still pursued; none
        where it only collects ideas. explanation: as all will read it.

        Gives the event.
        """
        stated: forms.Result = load_or_refuse(forms.ResultSchema(), arguments)
        command = AnswerCall(
            selected=stated.selected,
            proposals=calls.proposals_of(self.office, stated.call_id, stated.selected),
            explanation=stated.explanation,
            answered_on=self.office.today(),
        )
        return self.carry_out(CALL, stated.call_id, command, stated, arguments)

    @staff_rpc(permission=Permission.CALL_OPEN, takes=forms.OnCallForm, refuses=STANDING)
    def archive_call(self, **arguments: Any) -> dict[str, Any]:
        """Is done with a call whose result is out.

        call_id: as `draft_call` gave it.

        Gives the event; none where it was archived before.
        """
        stated: forms.OnCall = load_or_refuse(forms.OnCallForm(), arguments)
        return self.carry_out(CALL, stated.call_id, ArchiveCall(archived_on=self.office.today()), stated, arguments)

    @staff_rpc(
        permission=Permission.CALL_READ,
        takes=forms.CallListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_calls(self, **arguments: Any) -> dict[str, Any]:
        """Lists calls in the order in which they were drafted; nothing protected is among what it tells.

        status: where they stand by the record; all unless named.

        Gives `items` (`call_id`, `version`, `status`, `opens_at`, `closes_at`; `aim`, `department`, `purposes`,
        `subjects`, `title`, `issue`, `conditions` once it has opened, null before: `get_call` opens a draft; `outcome`,
        `selected`, `explanation` once it is answered; `recorded_at`), `after` and `as_of` as `list_proposals` does.
        """
        wanted: forms.CallListing = load_or_refuse(forms.CallListingSchema(), arguments)
        return calls.CALL_LIST.page(self.office, wanted, status=wanted.status)

    @staff_rpc(permission=Permission.CALL_READ, conceals=True, reads=(PurposeForm,), refuses=(NotFound,))
    def get_call(self, call_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads a call with its text, its questions and its consultations opened, once it is on record who opens it.

        call_id: as `draft_call` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `call_id`, `version`, `status`, `opens_at`, `closes_at`, the text, `uses`, `questions` and
        `consultations`; what cannot be opened any more is null.
        """
        stream = StreamId.sought(CALL.category, call_id)
        return calls.opened_call(self.office, stream, self.actor, purpose)

    def _departments(self) -> frozenset[str]:
        return frozenset(self.office.pack().departments)

    def _subjects(self) -> frozenset[str]:
        return frozenset(self.office.pack().subjects)
