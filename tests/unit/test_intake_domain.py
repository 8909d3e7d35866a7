"""Proposals and inquiries: received once, whole, every text sealed; and which of them a city takes at all."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from desk.packs import Pack, load_pack
from desk.packs.codes import Channel, PledgeCode, ProposalKind, ProposerKind
from desk.portal.receipts import ContentReceipt
from eventstore.errors import NotFound
from eventstore.protection import Sealed
from eventstore.testing import given, in_clear
from services.intake.domain.admission import NamedCall, Submitted, is_pledge_pending, objections
from services.intake.domain.call.state import Schedule
from services.intake.domain.content import Contact, Cost, InquiryContent, ProposalContent
from services.intake.domain.inquiry import INQUIRY, InquiryAlreadyReceived, InquiryReceived, ReceiveInquiry
from services.intake.domain.proposal import (
    PROPOSAL,
    AcceptProposal,
    ProposalAlreadyReceived,
    ProposalReceived,
    ReceiveProposal,
    Status,
)
from tests.calls import CLOSES, OPENS, SECOND
from tests.strategies import EVENT_TYPES, events_of, values_of

ROOT = Path(__file__).parents[2]
AOMORI, TOKOROZAWA, THIRD_CITY = (
    load_pack((ROOT / file).read_bytes(), origin=file)
    for file in ("municipalities/aomori.toml", "municipalities/tokorozawa.toml", "tests/unit/third_city.toml")
)
PACKS = pytest.mark.parametrize("pack", [AOMORI, TOKOROZAWA, THIRD_CITY], ids=["aomori", "tokorozawa", "third"])

DAY = date(2026, 11, 22)
INSTANT = datetime(2026, 11, 22, 0, 15, tzinfo=UTC)
ACCEPT = AcceptProposal(accepted_on=DAY)
NO_CALL = NamedCall(schedule=None, counted=INSTANT)
PROPOSAL_ID, INQUIRY_ID = UUID(int=1), UUID(int=2)
PROPOSAL_CONTENTS, INQUIRY_CONTENTS = values_of(ProposalContent), values_of(InquiryContent)
PROPOSAL_EVENTS = st.lists(
    st.one_of([events_of(declared) for declared in EVENT_TYPES if declared.category == "proposal"]), max_size=3
)
INQUIRY_EVENTS = st.lists(
    st.one_of([events_of(declared) for declared in EVENT_TYPES if declared.category == "inquiry"]), max_size=3
)


def receive(content: ProposalContent) -> ReceiveProposal:
    return ReceiveProposal(
        proposal_id=PROPOSAL_ID,
        content=content,
        document=b'{"data": "as received"}',
        received_on=DAY,
        submitted_at=INSTANT,
        pledges_pending=False,
        receipt_number="0123-4567-89AB",
        content_receipt=ContentReceipt(nonce="00" * 32, sha256="11" * 32),
    )


def receive_inquiry(content: InquiryContent) -> ReceiveInquiry:
    return ReceiveInquiry(
        inquiry_id=INQUIRY_ID,
        content=content,
        document=b'{"data": "as received"}',
        received_on=DAY,
        submitted_at=INSTANT,
        receipt_number="0123-4567-89AB",
        content_receipt=ContentReceipt(nonce="00" * 32, sha256="11" * 32),
    )


def contact_of(kept: dict[str, Any]) -> Contact:
    """The contact as its four fields say it."""
    return Contact(
        affiliation=kept["contact_affiliation"],
        name=kept["contact_name"],
        phone=kept["contact_phone"],
        email=kept["contact_email"],
    )


class TestProposal:
    @pytest.mark.row("S19")
    @generated(PROPOSAL_CONTENTS)
    def test_everything_that_was_handed_in_is_in_the_event(self, content: ProposalContent) -> None:
        event: ProposalReceived = given(PROPOSAL).when(receive(content)).event()
        kept = in_clear(event)

        cost = content.cost or Cost(total_yen=None, city_share_yen=None, bearer=None)
        same_name = {f.name for f in fields(content)} & set(kept)
        assert same_name == {f.name for f in fields(content)} - {"proposer", "contact", "cost", "attachments"}
        assert {name: kept[name] for name in same_name} == {name: getattr(content, name) for name in same_name}
        assert (kept["cost_total_yen"], kept["city_share_yen"], kept["cost_bearer"]) == (
            cost.total_yen,
            cost.city_share_yen,
            cost.bearer,
        )
        assert contact_of(kept) == content.contact
        proposer = content.proposer
        assert (kept["proposer_kind"], kept["proposer_name"], kept["proposer_address"], kept["representative"]) == (
            proposer.kind,
            proposer.name,
            proposer.address,
            proposer.representative,
        )
        assert kept["corporate_number"] == proposer.corporate_number
        assert kept["corporate_number_absent_reason"] == proposer.corporate_number_absent_reason
        assert (kept["document"], kept["received_on"], kept["submitted_at"]) == (
            b'{"data": "as received"}', DAY, INSTANT,
        )  # fmt: skip

    @generated(PROPOSAL_CONTENTS)
    def test_each_person_of_a_proposal_has_an_id_of_its_own(self, content: ProposalContent) -> None:
        event = given(PROPOSAL).when(receive(content)).event()
        ids = {event.document_id, event.proposer_id, event.representative_id, event.contact_id}

        assert len(ids) == 4
        assert PROPOSAL_ID not in ids

    @generated(PROPOSAL_CONTENTS, PROPOSAL_CONTENTS)
    def test_a_proposal_is_received_once(self, content: ProposalContent, other: ProposalContent) -> None:
        received = given(PROPOSAL).when(receive(content)).event()

        refusal = given(PROPOSAL, received).when(receive(other)).refused(ProposalAlreadyReceived)
        assert refusal.stable_code == "proposal_already_received"

    @generated(PROPOSAL_CONTENTS)
    def test_a_received_proposal_is_received(self, content: ProposalContent) -> None:
        received = given(PROPOSAL).when(receive(content)).event()
        proposal = given(PROPOSAL, received).state

        assert given(PROPOSAL).state.status is Status.ABSENT
        assert (proposal.status, proposal.received_on, proposal.edition) == (Status.RECEIVED, DAY, 1)
        assert (proposal.kind, proposal.call_id) == (content.kind, content.call_id)
        assert proposal.claimed == {claim.field for claim in content.claims}

    def test_what_was_never_received_cannot_be_accepted(self) -> None:
        with pytest.raises(NotFound):
            given(PROPOSAL).when(ACCEPT)

    @generated(PROPOSAL_EVENTS)
    def test_where_a_proposal_stands_follows_without_opening_anything(self, events: list[Any]) -> None:
        closed = [
            replace(
                event,
                **{f.name: Sealed.closed() for f in fields(event) if isinstance(getattr(event, f.name), Sealed)},
            )
            for event in events
        ]

        opened, shut = given(PROPOSAL, *events).state, given(PROPOSAL, *closed).state
        for name in ("status", "edition", "kind", "call_id", "pledges_pending", "flags", "absorbed"):
            assert getattr(shut, name) == getattr(opened, name)
        assert (dict(shut.checks), shut.claimed, shut.party.name) == ({}, frozenset(), None)


class TestInquiry:
    @pytest.mark.row("S20")
    @generated(INQUIRY_CONTENTS)
    def test_everything_that_was_asked_is_in_the_event(self, content: InquiryContent) -> None:
        event: InquiryReceived = given(INQUIRY).when(receive_inquiry(content)).event()
        kept = in_clear(event)

        assert (kept["subject"], kept["content"]) == (content.subject, content.content)
        assert contact_of(kept) == content.contact
        for name in ("kind", "name", "address"):
            assert kept[f"proposer_{name}"] == (content.proposer and getattr(content.proposer, name))
        for name in ("corporate_number", "corporate_number_absent_reason", "representative"):
            assert kept[name] == (content.proposer and getattr(content.proposer, name))

    @generated(INQUIRY_CONTENTS)
    def test_an_inquiry_is_received_once(self, content: InquiryContent) -> None:
        received = given(INQUIRY).when(receive_inquiry(content)).event()

        given(INQUIRY, received).when(receive_inquiry(content)).refused(InquiryAlreadyReceived)

    @generated(INQUIRY_EVENTS)
    def test_any_events_make_an_inquiry(self, events: list[Any]) -> None:
        received = any(isinstance(event, InquiryReceived) for event in events)
        assert (given(INQUIRY, *events).state.received_on is not None) == received


def submitted(pack: Pack, **changed: Any) -> Submitted:
    """What this city takes from a company through a portal, with changes."""
    good = Submitted(
        kind=ProposalKind.FREE,
        call=None,
        proposer_kind=ProposerKind.CORPORATION,
        pledges=frozenset(PledgeCode),
        terms_version=pack.terms.version,
        attachments=False,
    )
    return replace(good, **changed)


def codes(pack: Pack, channel: Channel = Channel.PORTAL, **changed: Any) -> list[tuple[str, str]]:
    return [(objection.field, objection.code) for objection in objections(submitted(pack, **changed), pack, channel)]


class TestAdmission:
    @pytest.mark.row("S15")
    @PACKS
    def test_a_free_proposal_is_taken(self, pack: Pack) -> None:
        assert codes(pack) == []

    @pytest.mark.row("S21")
    def test_where_the_pack_says_so_an_individual_is_sent_on_and_a_sole_proprietor_is_not(self) -> None:
        (objection,) = objections(submitted(AOMORI, proposer_kind=ProposerKind.INDIVIDUAL), AOMORI, Channel.PORTAL)

        assert objection.field == "proposer.kind"
        assert objection.sentence
        assert codes(AOMORI, proposer_kind=ProposerKind.SOLE_PROPRIETOR) == []
        assert codes(THIRD_CITY, proposer_kind=ProposerKind.INDIVIDUAL) == []

    @pytest.mark.row("S22")
    @pytest.mark.parametrize(
        "kind", [ProposerKind.CORPORATION, ProposerKind.UNIVERSITY, ProposerKind.ORGANISATION], ids=str
    )
    @pytest.mark.parametrize("pack", [AOMORI, TOKOROZAWA], ids=["aomori", "tokorozawa"])
    def test_companies_universities_and_organisations_may_propose(self, pack: Pack, kind: ProposerKind) -> None:
        assert codes(pack, proposer_kind=kind) == []

    def test_another_city_may_decide_otherwise(self) -> None:
        assert codes(THIRD_CITY, proposer_kind=ProposerKind.ORGANISATION) == [
            ("proposer.kind", "organisation_not_accepted")
        ]

    @pytest.mark.row("S33")
    @PACKS
    def test_the_terms_in_force_must_be_the_ones_acknowledged(self, pack: Pack) -> None:
        (objection,) = objections(submitted(pack, terms_version="1999-01"), pack, Channel.PORTAL)

        assert (objection.field, objection.code, objection.detail) == (
            "terms_version",
            "terms_version",
            pack.terms.version,
        )
        assert codes(pack, terms_version="") == [("terms_version", "required")]

    @PACKS
    def test_each_pledge_that_the_city_asks_for_is_asked_for(self, pack: Pack) -> None:
        missing = codes(pack, pledges=frozenset())

        assert missing == [("pledges", "pledge_missing")] * len(pack.required_pledges)
        assert codes(pack, pledges=pack.required_pledges) == []

    @pytest.mark.row("S18", "B28")
    @pytest.mark.parametrize("pack", [AOMORI, TOKOROZAWA], ids=["aomori", "tokorozawa"])
    def test_what_staff_enter_may_lack_pledges_and_terms(self, pack: Pack) -> None:
        assert codes(pack, Channel.COUNTER, pledges=frozenset(), terms_version="") == []
        assert codes(pack, Channel.COUNTER, terms_version="1999-01") == [("terms_version", "terms_version")]

    def test_a_way_that_the_city_does_not_offer_is_refused(self) -> None:
        assert codes(THIRD_CITY, Channel.PHONE) == [("channel", "channel_not_accepted")]

    @pytest.mark.row("S16")
    @PACKS
    def test_a_call_that_nobody_knows_is_refused(self, pack: Pack) -> None:
        assert codes(pack, kind=ProposalKind.CALL, call=NO_CALL) == [("call_id", "call_unknown")]

    @pytest.mark.row("S16")
    @pytest.mark.parametrize(
        ("counted", "code"),
        [(OPENS - SECOND, "call_unknown"), (OPENS, None), (CLOSES - SECOND, None), (CLOSES, "call_closed")],
    )
    def test_a_call_takes_proposals_from_opening_until_closing(self, counted: datetime, code: str | None) -> None:
        named = NamedCall(schedule=Schedule(opens_at=OPENS, closes_at=CLOSES), counted=counted)

        assert codes(AOMORI, kind=ProposalKind.CALL, call=named) == ([("call_id", code)] if code else [])

    def test_a_closed_call_is_told_with_the_instant_in_words(self) -> None:
        named = NamedCall(schedule=Schedule(opens_at=OPENS, closes_at=CLOSES), counted=CLOSES)

        (objection,) = objections(submitted(AOMORI, kind=ProposalKind.CALL, call=named), AOMORI, Channel.PORTAL)

        assert objection.detail == "令和8年12月25日（金）17時00分"

    def test_every_objection_is_told_at_once(self) -> None:
        told = codes(
            AOMORI,
            kind=ProposalKind.CALL,
            call=NO_CALL,
            proposer_kind=ProposerKind.INDIVIDUAL,
            pledges=frozenset(),
            terms_version="1999-01",
            attachments=True,
        )

        assert {field for field, _ in told} == {
            "call_id", "proposer.kind", "pledges", "terms_version", "attachments",
        }  # fmt: skip

    def test_nothing_is_held_against_what_cannot_be_read(self) -> None:
        assert codes(AOMORI, kind=None, proposer_kind=None, pledges=None, terms_version=None) == []

    @generated(PROPOSAL_CONTENTS)
    def test_a_pledge_is_pending_until_pledges_and_terms_are_there(self, content: ProposalContent) -> None:
        complete = replace(content, pledges=tuple(PledgeCode), terms_version="2026-04")

        assert not is_pledge_pending(complete, AOMORI)
        assert is_pledge_pending(replace(complete, terms_version=None), AOMORI)
        assert is_pledge_pending(replace(complete, pledges=()), AOMORI)
