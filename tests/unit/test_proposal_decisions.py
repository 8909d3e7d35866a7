"""What follows from each decision on a proposal, and what it is refused for."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from desk.packs.codes import PledgeCode, ProposalKind
from eventstore.errors import Refusal
from eventstore.protection import Sealed
from eventstore.testing import given, in_clear
from services.intake.domain.exclusions import Basis, CheckResult, Finding, InquiryKeptApart, PeriodOver
from services.intake.domain.parties import Party
from services.intake.domain.proposal import PROPOSAL, Status
from services.intake.domain.proposal.changes import ChangeContact, NotClaimed, SuccessorNotTaken
from services.intake.domain.proposal.lineage import (
    AbsorbProposal,
    MergeAcrossCalls,
    MergeOfOthers,
    MergeTargetUnfit,
    TooFewParts,
)
from services.intake.domain.proposal.origin import Origin, ProposalDerived
from services.intake.domain.proposal.outcomes import (
    ChecksMissing,
    ChecksUndecided,
    MethodUnknown,
    NoSuchHit,
    PoliceInquiryHit,
    PoliceInquiryOpen,
    PoliceStanding,
    ProposalAccepted,
    ProposalFoundIneligible,
    ProposalPledgePending,
)
from services.intake.domain.proposal.screening import (
    DayPassed,
    PledgesDeclared,
    ProposalResumed,
    TermsNotInForce,
    Waiting,
)
from services.intake.domain.proposal.submission import ProposalKindFixed
from tests.unit.proposals import (
    ACCEPT,
    ANSWER_CLAIMS,
    BEGIN,
    CLEAR_FLAG,
    COMMANDS,
    CONTENT,
    DAY,
    ENTRY,
    FIND_INELIGIBLE,
    FLAG,
    HOLD,
    LATER_CLAIM,
    MERGE,
    PLEDGE,
    PROJECT_RULE,
    PROPOSER,
    REDIRECT,
    RENAME,
    RENEW,
    RESUME,
    RETURN,
    RULE,
    SPLIT,
    SUCCEED,
    check,
    checks,
    events_of_commands,
    events_to,
    receive,
    resubmit,
    state_of,
)

REQUIRED = frozenset({RULE, PROJECT_RULE})
COMPLETE = receive(pledges_pending=False)
BOTH_CLEAR = checks(check(), check(ground=PROJECT_RULE))


class TestAcceptance:
    def test_a_screened_proposal_is_accepted(self) -> None:
        given(PROPOSAL, *events_of_commands(COMPLETE, BEGIN)).when(ACCEPT).then(ProposalAccepted(accepted_on=DAY))

    @pytest.mark.row("S33")
    def test_not_while_a_pledge_is_pending(self) -> None:
        given(PROPOSAL, *events_of_commands(receive(), BEGIN)).when(ACCEPT).refused(ProposalPledgePending)

    @pytest.mark.row("S23", "S27")
    def test_not_before_everything_was_checked_and_found_clear(self) -> None:
        accept = replace(ACCEPT, required=REQUIRED)
        screened = events_of_commands(COMPLETE, BEGIN)
        half = events_of_commands(COMPLETE, BEGIN, checks(check()))
        unknown = events_of_commands(COMPLETE, BEGIN, BOTH_CLEAR, checks(check(CheckResult.UNKNOWN)))
        clear = events_of_commands(COMPLETE, BEGIN, checks(check(CheckResult.HIT)), BOTH_CLEAR)

        given(PROPOSAL, *screened).when(accept).refused(ChecksMissing)
        given(PROPOSAL, *half).when(accept).refused(ChecksMissing)
        given(PROPOSAL, *unknown).when(accept).refused(ChecksUndecided)
        given(PROPOSAL, *clear).when(accept).then(ProposalAccepted(accepted_on=DAY))

    @pytest.mark.row("S25")
    @pytest.mark.parametrize(
        ("said", "refusal"), [(PoliceStanding.OPEN, PoliceInquiryOpen), (PoliceStanding.HIT, PoliceInquiryHit)]
    )
    def test_not_while_the_police_have_not_answered_or_say_that_it_applies(
        self, said: PoliceStanding, refusal: type[Refusal]
    ) -> None:
        screened = events_of_commands(COMPLETE, BEGIN)
        given(PROPOSAL, *screened).when(replace(ACCEPT, police=said)).refused(refusal)
        accepted = given(PROPOSAL, *screened, ProposalAccepted(accepted_on=DAY))
        accepted.when(replace(ACCEPT, police=said)).nothing()

    @pytest.mark.row("N6")
    def test_a_flag_alone_never_rejects(self) -> None:
        flagged = events_of_commands(COMPLETE, FLAG, BEGIN)
        given(PROPOSAL, *flagged).when(ACCEPT).then(ProposalAccepted(accepted_on=DAY))


class TestWaiting:
    @pytest.mark.row("B05", "B07")
    @pytest.mark.parametrize(("wait", "after"), [(RETURN, Waiting.CORRECTION), (HOLD, Waiting.HOLD)])
    def test_screening_goes_on_and_says_what_it_waited_for(self, wait: object, after: Waiting) -> None:
        waiting = events_of_commands(COMPLETE, BEGIN, wait)
        given(PROPOSAL, *waiting).when(RESUME).then(ProposalResumed(resumed_on=DAY, after=after))


class TestChecks:
    def test_each_check_is_an_event_and_the_latest_counts(self) -> None:
        screened = events_of_commands(COMPLETE, BEGIN)
        decided = given(PROPOSAL, *screened).when(checks(check(CheckResult.HIT), check(CheckResult.CLEAR)))

        assert [event.result.reveal() for event in decided.events] == [CheckResult.HIT, CheckResult.CLEAR]
        assert state_of([*screened, *decided.events]).checks == {RULE: Finding(result=CheckResult.CLEAR)}

    def test_one_that_does_not_hold_leaves_all_unrecorded(self) -> None:
        police = (RULE[0], "organised_crime", "suspended")
        asked = BOTH_CLEAR.catalogue[RULE]
        catalogue = {RULE: asked, police: replace(asked, asked_of_police=True)}
        apart = check(ground=police, basis=Basis.INQUIRY)

        screened = events_of_commands(COMPLETE, BEGIN)
        refusal = given(PROPOSAL, *screened).when(checks(check(), apart, catalogue=catalogue)).refused(InquiryKeptApart)
        assert refusal.message.startswith("2件目の確認：")

    def test_a_correction_has_the_project_checked_again_but_not_the_same_proposer(self) -> None:
        before = (COMPLETE, BEGIN, BOTH_CLEAR, RETURN)
        other = replace(CONTENT, proposer=replace(PROPOSER, corporate_number="7123456789012"))

        assert set(state_of(events_of_commands(*before, resubmit())).checks) == {RULE}
        assert set(state_of(events_of_commands(*before, resubmit(other))).checks) == set()

    def test_a_successor_is_checked_afresh(self) -> None:
        assert set(state_of(events_of_commands(COMPLETE, BEGIN, BOTH_CLEAR, SUCCEED)).checks) == {PROJECT_RULE}
        assert set(state_of(events_of_commands(COMPLETE, BEGIN, BOTH_CLEAR, RENAME)).checks) == REQUIRED


class TestOutcomes:
    @pytest.mark.row("S26")
    def test_ineligible_only_by_a_rule_that_a_check_has_hit(self) -> None:
        hit = events_of_commands(COMPLETE, BEGIN, checks(check(CheckResult.HIT)))
        event = given(PROPOSAL, *hit).when(FIND_INELIGIBLE).event()

        assert in_clear(event)["grounds"] == FIND_INELIGIBLE.grounds
        cleared = events_of_commands(COMPLETE, BEGIN, checks(check(CheckResult.HIT)), checks(check()))
        given(PROPOSAL, *cleared).when(FIND_INELIGIBLE).refused(NoSuchHit)

    @pytest.mark.row("S24")
    def test_a_hit_shuts_out_until_its_last_day(self) -> None:
        hit = check(CheckResult.HIT, barred_from=DAY, barred_until=DAY)
        barred = events_of_commands(COMPLETE, BEGIN, checks(hit))
        later = replace(FIND_INELIGIBLE, decided_on=DAY + timedelta(days=1))

        assert given(PROPOSAL, *barred).when(FIND_INELIGIBLE).event()
        given(PROPOSAL, *barred).when(later).refused(PeriodOver)

    @pytest.mark.row("S25")
    def test_what_the_police_say_needs_no_check_and_leaves_none(self) -> None:
        screened = events_of_commands(COMPLETE, BEGIN)
        told = replace(FIND_INELIGIBLE, police_hits=frozenset({RULE}))
        decided = given(PROPOSAL, *screened).when(told)

        assert [type(event) for event in decided.events] == [ProposalFoundIneligible]
        elsewhere = replace(FIND_INELIGIBLE, police_hits=frozenset({PROJECT_RULE}))
        given(PROPOSAL, *screened).when(elsewhere).refused(NoSuchHit)

    @pytest.mark.row("S35")
    def test_a_method_is_one_of_the_pack_s(self) -> None:
        screened = events_to(Status.SCREENING)
        given(PROPOSAL, *screened).when(replace(REDIRECT, method="barter")).refused(MethodUnknown)
        assert given(PROPOSAL, *screened).when(replace(REDIRECT, method=None)).event().method is None

    @pytest.mark.row("B24")
    def test_a_proposal_is_merged_into_one_that_is_open_and_noted_there_once(self) -> None:
        received = events_to(Status.RECEIVED)
        absorb = AbsorbProposal(absorbed_on=DAY, proposal_id=UUID(int=61))
        given(PROPOSAL, *received).when(replace(MERGE, target=None)).refused(MergeTargetUnfit)
        absorbed = given(PROPOSAL, *received).when(absorb).event()
        given(PROPOSAL, *received, absorbed).when(absorb).nothing()

    @pytest.mark.row("B24")
    @pytest.mark.parametrize(
        ("target", "refusal"),
        [
            ({"kind": ProposalKind.CALL, "call_id": UUID(int=4)}, MergeAcrossCalls),
            ({"party": Party(name="株式会社なつみち", corporate_number="7123456789012")}, MergeOfOthers),
            ({"party": Party()}, MergeOfOthers),
            ({"party": Party(name=PROPOSER.name)}, MergeOfOthers),
        ],
    )
    def test_only_what_one_party_proposes_to_one_call_is_merged(
        self, target: dict[str, Any], refusal: type[Refusal]
    ) -> None:
        assert MERGE.target
        other = replace(MERGE, target=replace(MERGE.target, **target))
        given(PROPOSAL, *events_to(Status.RECEIVED)).when(other).refused(refusal)

    @pytest.mark.row("B24")
    def test_parties_of_one_name_are_one_where_a_person_has_made_sure(self) -> None:
        assert MERGE.target
        named = replace(MERGE.target, party=Party(name=PROPOSER.name))
        confirmed = replace(MERGE, target=named, same_party_confirmed=True)
        others = replace(confirmed, target=replace(named, party=Party(name="株式会社なつみち")))

        assert given(PROPOSAL, *events_to(Status.RECEIVED)).when(confirmed).event()
        given(PROPOSAL, *events_to(Status.RECEIVED)).when(others).refused(MergeOfOthers)

    @pytest.mark.row("B24")
    def test_a_split_makes_two_at_least_and_each_names_its_origin(self) -> None:
        received = events_to(Status.RECEIVED)
        given(PROPOSAL, *received).when(replace(SPLIT, parts=(UUID(int=71), UUID(int=71)))).refused(TooFewParts)
        part = replace(receive(), origin=Origin.SPLIT, origin_id=UUID(int=5))
        assert given(PROPOSAL).when(part).events[1:] == (ProposalDerived(origin=Origin.SPLIT, origin_id=UUID(int=5)),)


class TestCorrection:
    @pytest.mark.row("B05")
    def test_a_correction_is_the_next_edition_whole_and_screened_again(self) -> None:
        returned = events_to(Status.RETURNED)
        event = given(PROPOSAL, *returned).when(resubmit(replace(CONTENT, title="新しい件名"))).event()

        assert (event.edition, event.title.reveal()) == (2, "新しい件名")
        assert state_of([*returned, event]).status is Status.SCREENING
        first = returned[0]
        assert not {event.document_id, event.proposer_id, event.contact_id} & {
            first.document_id, first.proposer_id, first.contact_id,
        }  # fmt: skip

    def test_it_does_not_change_kind_or_call(self) -> None:
        other = replace(CONTENT, kind=ProposalKind.CALL, call_id=UUID(int=4))
        given(PROPOSAL, *events_to(Status.RETURNED)).when(resubmit(other)).refused(ProposalKindFixed)

    @pytest.mark.parametrize(
        "command", [replace(RETURN, answer_by=date(2026, 11, 21)), replace(HOLD, review_on=date(2026, 11, 21))]
    )
    def test_a_day_that_has_passed_is_no_deadline(self, command: object) -> None:
        given(PROPOSAL, *events_to(Status.SCREENING)).when(command).refused(DayPassed)

    def test_today_is_one(self) -> None:
        assert given(PROPOSAL, *events_to(Status.SCREENING)).when(replace(RETURN, answer_by=DAY)).event()


class TestPledges:
    @pytest.mark.row("B28")
    def test_what_is_declared_adds_to_what_was(self) -> None:
        received = events_to(Status.RECEIVED)
        half = replace(PLEDGE, pledges=(PledgeCode.NOT_EXCLUDED,), terms_version=None)
        first = given(PROPOSAL, *received).when(half).event()
        rest = replace(PLEDGE, pledges=(PledgeCode.TRUE_AND_CORRECT,))

        assert first.pledges_pending
        given(PROPOSAL, *received, first).when(half).nothing()
        given(PROPOSAL, *received, first).when(rest).then(
            PledgesDeclared(
                declared_on=DAY,
                pledges=tuple(sorted(PledgeCode)),
                terms_version="2026-04",
                pledges_pending=False,
            )
        )

    @pytest.mark.row("S33")
    def test_only_the_terms_in_force_are_acknowledged(self) -> None:
        given(PROPOSAL, *events_to(Status.RECEIVED)).when(replace(PLEDGE, terms_version="2019-01")).refused(
            TermsNotInForce
        )


class TestChanges:
    @pytest.mark.row("N6")
    def test_a_flag_stands_once_until_it_is_cleared(self) -> None:
        flagged = events_to(Status.RECEIVED)
        given(PROPOSAL, *flagged).when(FLAG).nothing()
        cleared = given(PROPOSAL, *flagged).when(CLEAR_FLAG).event()

        assert state_of(flagged).flags == {ENTRY}
        assert state_of([*flagged, cleared]).flags == frozenset()
        given(PROPOSAL, *flagged, cleared).when(CLEAR_FLAG).nothing()

    @pytest.mark.row("N4")
    def test_only_what_is_claimed_is_answered(self) -> None:
        received = events_to(Status.RECEIVED)
        later = replace(ANSWER_CLAIMS, answers=(replace(ANSWER_CLAIMS.answers[0], field="cost"),))

        assert given(PROPOSAL, *received).when(ANSWER_CLAIMS).event().answers == Sealed(ANSWER_CLAIMS.answers)
        given(PROPOSAL, *received).when(later).refused(NotClaimed)
        claimed = given(PROPOSAL, *received).when(LATER_CLAIM).event()
        assert given(PROPOSAL, *received, claimed).when(later).event()

    def test_a_successor_speaks_by_another_code_and_another_contact(self) -> None:
        received = events_to(Status.RECEIVED)
        succeeded = [*received, given(PROPOSAL, *received).when(SUCCEED).event()]
        renewed = [*succeeded, given(PROPOSAL, *succeeded).when(RENEW).event()]
        contact = given(PROPOSAL, *renewed).when(COMMANDS[ChangeContact]).event()

        assert [state_of(events).code_generation for events in (received, succeeded, renewed)] == [0, 1, 2]
        assert state_of(received).contact_id == received[0].contact_id
        assert state_of(renewed).contact_id is None
        assert state_of([*renewed, contact]).contact_id == contact.contact_id

    def test_a_successor_is_one_whose_proposals_the_city_takes(self) -> None:
        given(PROPOSAL, *events_to(Status.RECEIVED)).when(replace(SUCCEED, taken=frozenset())).refused(
            SuccessorNotTaken
        )
