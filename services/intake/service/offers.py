"""The offers' window (逆提案, B26): posted for companies, answered by departments, closed or withdrawn."""

from typing import Any, Final
from uuid import uuid5

from desk.forms import load_or_refuse
from desk.openings import PurposeForm
from desk.permissions import Permission
from eventstore.errors import NotFound, RenkeiError
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.domain.offer import OFFER
from services.intake.domain.offer.commands import AnswerOffer, CloseOffer, PostOffer, WithdrawOffer
from services.intake.domain.offer.decider import (
    AnsweringDepartmentUnknown,
    OfferAlreadyPosted,
    OfferEndsInThePast,
    OfferHasLapsed,
    OfferIsClosed,
    OfferIsWithdrawn,
)
from services.intake.domain.offer.state import Standing
from services.intake.domain.party_rules import KindNotTaken, SubjectUnknown
from services.intake.queries import offers as queries
from services.intake.queries.companies import is_registered, party_rules
from services.intake.schemas import offers as forms
from services.intake.service.window import Window

STANDING: Final[tuple[type[RenkeiError], ...]] = (NotFound, OfferHasLapsed, OfferIsClosed, OfferIsWithdrawn)
LISTS: Final = (NotFound, NotYetFollowed, PositionParked)


class OfferWindow(Window):
    """What the desk and the departments do with offers."""

    @staff_rpc(
        permission=Permission.COMPANY_REGISTER,
        takes=forms.PostingOfferSchema,
        refuses=(NotFound, OfferAlreadyPosted, KindNotTaken, SubjectUnknown, OfferEndsInThePast),
    )
    def post_offer(self, **arguments: Any) -> dict[str, Any]:
        """Posts what a company offers, on its behalf.

        company_id: an entry of the register. proposer, contact: as in `receive_proposal`, without an entry. title,
        description: what is offered. wanted: what is wanted of the city. subjects: the fields (分野) that it is about,
        codes of the pack in force. until: the last day on which departments may answer.

        Gives the event and `offer_id`.
        """
        stated: forms.Posting = load_or_refuse(forms.PostingOfferSchema(), arguments)
        company_id = stated.offeror.company_id
        offer_id = uuid5(stated.command_id, OFFER.category)
        command = PostOffer(
            offer_id=offer_id,
            offeror=stated.offeror,
            is_registered=company_id is not None and is_registered(self.office.store, company_id),
            text=stated.text,
            today=self.office.today(),
            rules=party_rules(self.office.pack()),
        )
        told = self.carry_out(OFFER, offer_id, command, stated, arguments)
        return {**told, "offer_id": str(offer_id)}

    @staff_rpc(
        permission=Permission.OFFER_ANSWER,
        takes=forms.AnsweringSchema,
        refuses=(*STANDING, AnsweringDepartmentUnknown),
    )
    def answer_offer(self, **arguments: Any) -> dict[str, Any]:
        """Answers an offer for a department, which may think again: its last answer counts.

        Nobody's token says of which department they are: the record keeps which one was stated, and who stated it.

        offer_id: as `list_offers_to_answer` gives it. department: code of the pack in force. answer: `interested`,
        `talk` or `not_now`. note: for the desk.

        Gives the event; none where the department said so before.
        """
        stated: forms.Answering = load_or_refuse(forms.AnsweringSchema(), arguments)
        command = AnswerOffer(
            department=stated.department,
            answer=stated.answer,
            note=stated.note,
            today=self.office.today(),
            departments=frozenset(self.office.pack().departments),
        )
        return self.carry_out(OFFER, stated.offer_id, command, stated, arguments)

    @staff_rpc(permission=Permission.COMPANY_REGISTER, takes=forms.OnOfferForm, refuses=(NotFound, OfferIsWithdrawn))
    def close_offer(self, **arguments: Any) -> dict[str, Any]:
        """Is done with an offer.

        offer_id: as `post_offer` gave it.

        Gives the event; none where it was closed before.
        """
        stated: forms.OnOffer = load_or_refuse(forms.OnOfferForm(), arguments)
        return self.carry_out(OFFER, stated.offer_id, CloseOffer(today=self.office.today()), stated, arguments)

    @staff_rpc(permission=Permission.COMPANY_REGISTER, takes=forms.OnOfferForm, refuses=(NotFound, OfferIsClosed))
    def withdraw_offer(self, **arguments: Any) -> dict[str, Any]:
        """Takes an offer back, as the company asked.

        offer_id: as `post_offer` gave it.

        Gives the event; none where it was withdrawn before.
        """
        stated: forms.OnOffer = load_or_refuse(forms.OnOfferForm(), arguments)
        return self.carry_out(OFFER, stated.offer_id, WithdrawOffer(today=self.office.today()), stated, arguments)

    @staff_rpc(permission=Permission.COMPANY_READ, takes=forms.OfferListingSchema, refuses=LISTS)
    def list_offers(self, **arguments: Any) -> dict[str, Any]:
        """Lists offers in the order in which they were posted; what is offered and by whom is not among it.

        subject: that they are about. status: `open`, `lapsed` once its last day has passed, `closed` or `withdrawn`;
        all unless named.

        Gives `items` (`offer_id`, `version`, `status`, `subjects`, `posted_on`, `until`, `company_id`, `answered_by`:
        departments, `recorded_at`), `after` and `as_of` as `list_proposals` does.
        """
        wanted: forms.OfferListing = load_or_refuse(forms.OfferListingSchema(), arguments)
        return queries.OFFER_LIST.page(self.office, wanted, subjects=wanted.subjects, status=wanted.status)

    @staff_rpc(permission=Permission.OFFER_ANSWER, takes=forms.OpenOfferListingSchema, refuses=LISTS)
    def list_offers_to_answer(self, **arguments: Any) -> dict[str, Any]:
        """Lists the open offers for departments; which company offers is not among it.

        subject: that they are about; all unless named.

        Gives `items` (`offer_id`, `version`, `status`, `subjects`, `posted_on`, `until`, `recorded_at`), `after` and
        `as_of` as `list_proposals` does.
        """
        wanted: forms.OpenOfferListing = load_or_refuse(forms.OpenOfferListingSchema(), arguments)
        return queries.FOR_DEPARTMENTS.page(self.office, wanted, subjects=wanted.subjects, status=Standing.OPEN)

    @staff_rpc(permission=Permission.COMPANY_READ, conceals=True, reads=(PurposeForm,), refuses=(NotFound,))
    def get_offer(self, offer_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads an offer with everything of it opened, once it is on record who opens it.

        offer_id: as `post_offer` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `offer_id`, `version`, `status`, the fields of `OfferPosted` in clear, `closed`: the names of those that
        cannot be opened any more, and `answers` (`department`, `answer`, `answered_on`, `note`).
        """
        return queries.opened_offer(self.office, StreamId.sought(OFFER.category, offer_id), self.actor, purpose)

    @staff_rpc(permission=Permission.OFFER_ANSWER, conceals=True, reads=(PurposeForm,), refuses=(NotFound,))
    def get_offer_to_answer(self, offer_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads what is offered, for a department, while the offer is open; who offers it the desk knows.

        offer_id: as `list_offers_to_answer` gives it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `offer_id`, `version`, `status`, `posted_on`, `until`, `subjects`, `title`, `description` and `wanted`.
        """
        stream = StreamId.sought(OFFER.category, offer_id)
        return queries.offer_for_department(self.office, stream, self.actor, purpose)
