"""Proposals for tests: an example of every command and event, and a proposal brought to any state."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import reduce
from typing import Any, Final
from uuid import UUID

from desk.packs.codes import Channel, PledgeCode, ProposalKind, ProposerKind
from desk.portal.receipts import ContentReceipt
from services.intake.domain.content import Claim, Contact, ProposalContent, Proposer
from services.intake.domain.exclusions import About, Asked, Basis, Check, CheckResult
from services.intake.domain.parties import Party
from services.intake.domain.proposal import (
    PROPOSAL,
    AcceptProposal,
    Proposal,
    ProposalCommand,
    ReceiveProposal,
    ResubmitProposal,
    Status,
)
from services.intake.domain.proposal.changes import (
    AnswerClaims,
    AnsweredClaim,
    ChangeContact,
    ClaimAnswer,
    ClaimConfidentiality,
    ClearProposalFlag,
    FlagProposal,
    RenameProposer,
    RenewAccessCode,
    SucceedProposer,
    SuccessionGround,
)
from services.intake.domain.proposal.lineage import AbsorbProposal, MergeProposal, MergeTarget, SplitProposal
from services.intake.domain.proposal.outcomes import Destination, FindIneligible, RedirectProposal, WithdrawProposal
from services.intake.domain.proposal.screening import (
    BeginScreening,
    DeclarePledges,
    HoldProposal,
    RecordChecks,
    RecordContact,
    ResumeProposal,
    ReturnProposal,
)

DAY: Final = date(2026, 11, 22)
INSTANT: Final = datetime(2026, 11, 22, 0, 15, tzinfo=UTC)
ID: Final = UUID(int=1)
ENTRY: Final = UUID(int=9)
RULE: Final = (About.PROPOSER, "bid_suspension", "suspended")
PROJECT_RULE: Final = (About.PROJECT, "unlawful", None)
CATALOGUE: Final = {
    ground: Asked(text="要件", clause_text=None, discretionary=False, at_most_years=None, asked_of_police=False)
    for ground in (RULE, PROJECT_RULE)
}
PROPOSER: Final = Proposer(
    kind=ProposerKind.CORPORATION,
    name="株式会社ゆきみち",
    corporate_number="4011001098993",
    corporate_number_absent_reason=None,
    address="青森市中央一丁目",
    representative="雪道 一郎",
)
CONTACT: Final = Contact(affiliation="企画部", name="雪道 花子", phone="017-000-0000", email=None)
CLAIM: Final = Claim(field="summary", reason="ノウハウのため", on_condition_of_non_publication=True)
CONTENT: Final = ProposalContent(
    kind=ProposalKind.FREE,
    call_id=None,
    title="除雪の見える化",
    summary="除雪車の位置を知らせる。",
    problem=None,
    purposes=(),
    proposer=PROPOSER,
    contact=CONTACT,
    merits=None,
    roles=None,
    support_wanted=(),
    period=None,
    place=None,
    cost=None,
    indicators=(),
    track_record=None,
    handles_personal_data=False,
    third_party_ip=(),
    claims=(CLAIM,),
    may_be_published=True,
    pledges=(PledgeCode.TERMS,),
    terms_version=None,
    attachments=0,
)
RECEIPT: Final = ContentReceipt(nonce="00" * 32, sha256="11" * 32)


def check(result: CheckResult = CheckResult.CLEAR, ground: Any = RULE, **changed: Any) -> Check:
    """A check of the register."""
    about, rule, clause = ground
    return Check(
        **{"about": about, "rule": rule, "clause": clause, "basis": Basis.REGISTER, "result": result, **changed}
    )


def checks(*made: Check, catalogue: Any = None) -> RecordChecks:
    """Checks to record."""
    ids = tuple(UUID(int=100 + n) for n, _ in enumerate(made))
    return RecordChecks(checked_on=DAY, checks=made, check_ids=ids, catalogue=catalogue or CATALOGUE)


def receive(content: ProposalContent = CONTENT, *, pledges_pending: bool = True) -> ReceiveProposal:
    """A proposal that comes."""
    return ReceiveProposal(
        proposal_id=ID,
        content=content,
        document=b"{}",
        received_on=DAY,
        submitted_at=INSTANT,
        pledges_pending=pledges_pending,
        receipt_number="0123-4567-89AB",
        content_receipt=RECEIPT,
    )


def resubmit(content: ProposalContent = CONTENT) -> ResubmitProposal:
    """A correction that comes, with everything declared."""
    return ResubmitProposal(
        proposal_id=ID,
        content=content,
        document=b"{}",
        resubmitted_on=DAY,
        submitted_at=INSTANT,
        pledges_pending=False,
        content_receipt=RECEIPT,
    )


BEGIN: Final = BeginScreening(begun_on=DAY)
RETURN: Final = ReturnProposal(returned_on=DAY, answer_by=date(2026, 12, 6), points="概要を詳しく。")
HOLD: Final = HoldProposal(held_on=DAY, review_on=None)
RESUME: Final = ResumeProposal(resumed_on=DAY)
PLEDGE: Final = DeclarePledges(
    declared_on=DAY,
    pledges=tuple(PledgeCode),
    terms_version="2026-04",
    required=frozenset(PledgeCode),
    terms_in_force="2026-04",
)
ACCEPT: Final = AcceptProposal(accepted_on=DAY)
FIND_INELIGIBLE: Final = FindIneligible(
    decided_on=DAY,
    about=RULE[0],
    rule=RULE[1],
    clause=RULE[2],
    grounds="停止中のため",
    decider="部長",
    approval_reference="企連第7号",
)
REDIRECT: Final = RedirectProposal(
    redirected_on=DAY,
    destination=Destination.PROCUREMENT,
    method="pfi",
    methods=frozenset({"pfi"}),
    reference=None,
    explanation="公募の手続きをご案内します。",
)
WITHDRAW: Final = WithdrawProposal(withdrawn_on=DAY, explanation=None)
MERGE: Final = MergeProposal(
    merged_on=DAY,
    into=UUID(int=60),
    target=MergeTarget(
        kind=ProposalKind.FREE,
        call_id=None,
        party=Party(name=PROPOSER.name, corporate_number=PROPOSER.corporate_number),
    ),
    same_party_confirmed=False,
)
SPLIT: Final = SplitProposal(split_on=DAY, parts=(UUID(int=71), UUID(int=72)))
FLAG: Final = FlagProposal(entry_id=ENTRY, flagged_on=DAY)
CLEAR_FLAG: Final = ClearProposalFlag(entry_id=ENTRY, cleared_on=DAY)
LATER_CLAIM: Final = ClaimConfidentiality(
    claimed_on=DAY, claims=(Claim(field="cost", reason="見積のため", on_condition_of_non_publication=False),)
)
ANSWER_CLAIMS: Final = AnswerClaims(
    answered_on=DAY,
    answers=(AnsweredClaim(field="summary", answer=ClaimAnswer.LIKELY, explanation="企業秘密にあたる見込み"),),
)
SUCCEED: Final = SucceedProposer(
    succeeded_on=DAY,
    ground=SuccessionGround.MERGER,
    proposer_id=UUID(int=90),
    representative_id=UUID(int=91),
    proposer=PROPOSER,
    evidence="登記事項証明書",
    taken=frozenset(ProposerKind),
)
RENAME: Final = RenameProposer(
    renamed_on=DAY,
    proposer_id=UUID(int=92),
    representative_id=UUID(int=93),
    name="株式会社ゆきみちHD",
    address=None,
    representative=None,
)
RENEW: Final = RenewAccessCode(renewed_on=DAY)
COMMANDS: Final[Mapping[type[Any], ProposalCommand]] = {
    type(command): command
    for command in (
        receive(), resubmit(), BEGIN, RecordContact(contacted_on=DAY, means=Channel.PHONE, note="電話した"),
        checks(check()), RETURN, HOLD, RESUME, PLEDGE, ACCEPT, FIND_INELIGIBLE, REDIRECT, WITHDRAW, MERGE,
        AbsorbProposal(absorbed_on=DAY, proposal_id=UUID(int=61)), SPLIT,
        ChangeContact(changed_on=DAY, contact_id=UUID(int=94), contact=CONTACT), RENAME, SUCCEED, RENEW,
        replace(FLAG, entry_id=UUID(int=10)), CLEAR_FLAG,
        LATER_CLAIM, ANSWER_CLAIMS,
    )
}  # fmt: skip
"""A command of every type that leads on wherever its state does, from `events_to`."""

_TO_SCREENING: Final = (receive(), FLAG, BEGIN, checks(check(CheckResult.HIT)))
_DECIDED: Final = (receive(pledges_pending=False), FLAG, BEGIN)
WAYS: Final[Mapping[Status, tuple[ProposalCommand, ...]]] = {
    Status.ABSENT: (),
    Status.RECEIVED: (receive(), FLAG),
    Status.SCREENING: _TO_SCREENING,
    Status.RETURNED: (*_TO_SCREENING, RETURN),
    Status.ON_HOLD: (*_TO_SCREENING, HOLD),
    Status.ACCEPTED: (*_DECIDED, ACCEPT),
    Status.INELIGIBLE: (*_TO_SCREENING, FIND_INELIGIBLE),
    Status.REDIRECTED: (*_DECIDED, REDIRECT),
    Status.WITHDRAWN: (*_DECIDED, WITHDRAW),
    Status.MERGED: (*_DECIDED, MERGE),
    Status.SPLIT: (*_DECIDED, SPLIT),
}
"""A way to each state."""


def events_of_commands(*commands: ProposalCommand) -> tuple[Any, ...]:
    """The events that follow when these commands come one after another."""

    def after(events: tuple[Any, ...], command: ProposalCommand) -> tuple[Any, ...]:
        return (*events, *PROPOSAL.decide(command, state_of(events)))

    return reduce(after, commands, ())


def state_of(events: Any) -> Proposal:
    """What events amount to."""
    return reduce(PROPOSAL.evolve, events, PROPOSAL.initial)


def events_to(status: Status) -> tuple[Any, ...]:
    """Events that bring a proposal to a state."""
    return events_of_commands(*WAYS[status])
