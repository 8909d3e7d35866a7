"""What follows from screening a proposal: contact, checks, correction, hold, pledges."""

from collections.abc import Sequence
from datetime import date

from eventstore.protection import Sealed
from services.intake.domain.exclusions import require_valid
from services.intake.domain.proposal.screening import (
    BeginScreening,
    DayPassed,
    DeclarePledges,
    ExclusionChecked,
    HoldProposal,
    NothingPending,
    PledgesDeclared,
    ProposalHeld,
    ProposalResumed,
    ProposalReturned,
    ProposerContacted,
    RecordChecks,
    RecordContact,
    ResumeProposal,
    ReturnProposal,
    ScreeningBegun,
    TermsNotInForce,
    Waiting,
)
from services.intake.domain.proposal.state import Proposal
from services.intake.domain.proposal.status import Status
from services.intake.domain.proposal.submission import (
    ProposalKindFixed,
    ProposalResubmitted,
    ResubmitProposal,
    resubmitted,
)


def resubmit(command: ResubmitProposal, proposal: Proposal) -> Sequence[ProposalResubmitted]:
    """The next edition."""
    if (command.content.kind, command.content.call_id) != (proposal.kind, proposal.call_id):
        raise ProposalKindFixed
    return [resubmitted(command, proposal.edition + 1)]


def begin_screening(command: BeginScreening, _: Proposal) -> Sequence[ScreeningBegun]:
    """Screening begins."""
    return [ScreeningBegun(begun_on=command.begun_on)]


def record_contact(command: RecordContact, _: Proposal) -> Sequence[ProposerContacted]:
    """One more contact."""
    return [ProposerContacted(contacted_on=command.contacted_on, means=command.means, note=Sealed(command.note))]


def record_checks(command: RecordChecks, _: Proposal) -> Sequence[ExclusionChecked]:
    """An event for each check, where all fit; the later one for the same ground counts."""
    for number, check in enumerate(command.checks, start=1):
        require_valid(number, check, command.catalogue, command.checked_on)
    return [
        ExclusionChecked(
            check_id=check_id,
            checked_on=command.checked_on,
            about=check.about,
            rule=Sealed(check.rule),
            clause=Sealed(check.clause),
            basis=Sealed(check.basis),
            result=Sealed(check.result),
            barred_from=Sealed(check.barred_from),
            barred_until=Sealed(check.barred_until),
            source=Sealed(check.source),
            grounds=Sealed(check.grounds),
            decider=Sealed(check.decider),
            approval_reference=Sealed(check.approval_reference),
        )
        for check_id, check in zip(command.check_ids, command.checks, strict=True)
    ]


def return_for_correction(command: ReturnProposal, _: Proposal) -> Sequence[ProposalReturned]:
    """The clock stops."""
    _require_to_come(command.answer_by, command.returned_on)
    return [
        ProposalReturned(returned_on=command.returned_on, answer_by=command.answer_by, points=Sealed(command.points))
    ]


def hold(command: HoldProposal, _: Proposal) -> Sequence[ProposalHeld]:
    """On hold."""
    _require_to_come(command.review_on, command.held_on)
    return [ProposalHeld(held_on=command.held_on, review_on=command.review_on)]


def resume(command: ResumeProposal, proposal: Proposal) -> Sequence[ProposalResumed]:
    """Screening goes on, whatever it waited for."""
    after = Waiting.CORRECTION if proposal.status is Status.RETURNED else Waiting.HOLD
    return [ProposalResumed(resumed_on=command.resumed_on, after=after)]


def declare_pledges(command: DeclarePledges, proposal: Proposal) -> Sequence[PledgesDeclared]:
    """What was pending is declared."""
    if not proposal.pledges_pending:
        raise NothingPending
    if command.terms_version not in (None, command.terms_in_force):
        raise TermsNotInForce(f"留意事項の現在の版は{command.terms_in_force}です。この版で確認してください。")
    pledges = proposal.pledges | set(command.pledges)
    terms_version = command.terms_version or proposal.terms_version
    pending = not command.required <= pledges or terms_version is None
    if pending and (pledges, terms_version) == (proposal.pledges, proposal.terms_version):
        return []
    return [
        PledgesDeclared(
            declared_on=command.declared_on,
            pledges=tuple(sorted(pledges)),
            terms_version=terms_version,
            pledges_pending=pending,
        )
    ]


def _require_to_come(day: date | None, today: date) -> None:
    if day is not None and day < today:
        raise DayPassed
