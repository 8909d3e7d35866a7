"""The window for inquiries to the police: nobody but who may ask learns that there is anything behind it."""

from typing import Any
from uuid import uuid5

from desk.forms import load_or_refuse
from desk.openings import PurposeForm
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.domain.police_inquiry import (
    POLICE_INQUIRY,
    InquirePolice,
    PoliceAlreadyInquired,
    PoliceAnsweredBeforeAsked,
    PoliceDayInFuture,
    RecordPoliceAnswer,
)
from services.intake.domain.proposal import PROPOSAL
from services.intake.queries import police
from services.intake.schemas.police import PoliceQuestion, PoliceQuestionSchema, PoliceReply, PoliceReplySchema
from services.intake.service.window import Window


class PoliceWindow(Window):
    """What the desk asks the police, and what they answer."""

    @staff_rpc(
        permission=Permission.POLICE_INQUIRE,
        conceals=True,
        takes=PoliceQuestionSchema,
        refuses=(NotFound, PoliceAlreadyInquired, PoliceDayInFuture),
    )
    def inquire_police(self, **arguments: Any) -> dict[str, Any]:
        """Records that the police are asked about a proposer (警察への照会).

        proposal_id: the proposal. asked_on: the day of the letter. party: the name that is asked about. persons:
        `name`, `kana`, `birth_date` and `position` of each officer. authority: who is asked. reference: the letter's
        number.

        Gives the event and `inquiry_id`. Nothing of it is told on the broker, in lists or with the proposal.
        """
        stated: PoliceQuestion = load_or_refuse(PoliceQuestionSchema(), arguments)
        police.require_proposal(self.office.store, stated.proposal_id)
        inquiry_id = uuid5(stated.command_id, POLICE_INQUIRY.category)
        command = InquirePolice(
            proposal_id=stated.proposal_id,
            asked_on=stated.asked_on,
            party=stated.party,
            persons=stated.persons,
            authority=stated.authority,
            reference=stated.reference,
            today=self.office.today(),
        )
        told = self.carry_out(POLICE_INQUIRY, inquiry_id, command, stated, arguments)
        return {**told, "inquiry_id": str(inquiry_id)}

    @staff_rpc(
        permission=Permission.POLICE_INQUIRE,
        conceals=True,
        takes=PoliceReplySchema,
        refuses=(NotFound, PoliceDayInFuture, PoliceAnsweredBeforeAsked),
    )
    def record_police_answer(self, **arguments: Any) -> dict[str, Any]:
        """Records what the police answered; a later answer counts instead of an earlier one, which stays on record.

        inquiry_id: as `inquire_police` gave it. answered_on: the day of the answer. result: `hit`, `clear` or
        `unknown`. reference: the answer's number.

        Gives the event; none where this very answer stood already.
        """
        stated: PoliceReply = load_or_refuse(PoliceReplySchema(), arguments)
        command = RecordPoliceAnswer(
            answered_on=stated.answered_on,
            result=stated.result,
            reference=stated.reference,
            today=self.office.today(),
        )
        return self.carry_out(POLICE_INQUIRY, stated.inquiry_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.POLICE_INQUIRE,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound,),
    )
    def get_police_inquiries(self, proposal_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads the inquiries to the police about a proposal, once it is on record who opens each of them.

        proposal_id: the proposal. purpose: why they are opened, in a line of 400 characters at most.

        Gives `inquiries`, in the order in which they were recorded: `inquiry_id`, `version`, the fields of
        `PoliceInquired` in clear, and `answer`: those of the last `PoliceAnswered`, or null.
        """
        stream = StreamId.sought(PROPOSAL.category, proposal_id)
        return {"inquiries": police.opened_inquiries(self.office, stream, self.actor, purpose)}
