"""What a role may be allowed to do: a closed list. Codes that no method asks for yet grant nothing until one does.

Which role has which is the city's own decision and stands in its policy pack.
"""

from enum import StrEnum, unique


@unique
class Permission(StrEnum):
    """One member for each thing that a service asks before it answers."""

    PROPOSAL_RECEIVE = "proposal.receive"
    """Enter a proposal on behalf of a proposer who came by counter, phone, mail or post."""

    PROPOSAL_READ = "proposal.read"
    """Read a proposal with its sealed fields."""

    PROPOSAL_ACCEPT = "proposal.accept"
    """Decide that a proposal is accepted for matching."""

    PROPOSAL_SCREEN = "proposal.screen"
    """Screen a proposal: checks, contact with the proposer, correction asked, on hold, changes on request."""

    PROPOSAL_DECIDE = "proposal.decide"
    """Decide that a proposal is ineligible, redirected, merged or split."""

    POLICE_INQUIRE = "police.inquire"
    """Ask the police about a proposer, and see what was asked and answered: nobody else learns of anything."""

    REGISTER_READ = "register.read"
    """Read the registers of exclusions and suspensions."""

    REGISTER_ENTER = "register.enter"
    """Enter a measure in the registers, correct and lift it; decide on candidates."""

    CALL_READ = "call.read"
    """Read calls (課題提案) that are not public yet, with their questions."""

    CALL_DRAFT = "call.draft"
    """Draft a call, answer questions to it, ask proposers whether their ideas may be used."""

    CALL_OPEN = "call.open"
    """Decide when a call opens and closes, and what came of it."""

    COMPANY_READ = "company.read"
    """Read the register of companies, and what they offer."""

    COMPANY_REGISTER = "company.register"
    """Enter and change companies and what they offer."""

    OFFER_ANSWER = "offer.answer"
    """Answer what a company offers, for a department."""

    LETTER_READ = "letter.read"
    """Read letters with their addressees."""

    LETTER_COMPOSE = "letter.compose"
    """Compose a letter, correct its address, and record that it was posted or came back."""

    LETTER_APPROVE = "letter.approve"
    """Approve a letter so that it goes out (決裁)."""

    CLAIM_ANSWER = "claim.answer"
    """Answer provisionally a proposer's claim that something is confidential."""

    DEADLINE_READ = "deadline.read"
    """See the deadlines with their derivation."""

    STATISTICS_READ = "statistics.read"
    """Read statistics from the log."""

    CALENDAR_ADOPT = "calendar.adopt"
    """Adopt the closed days of the office (閉庁日)."""

    CASE_READ = "case.read"
    """See all cases; without it, a case is seen by the departments that are asked about it or have it."""

    CASE_WORK = "case.work"
    """Read cases that one may see, and work on them: take or decline, talk with the proposer, give an opinion."""

    CASE_COORDINATE = "case.coordinate"
    """Ask departments, have departments suggested, say who accompanies a case and who stands in."""

    CASE_DECIDE = "case.decide"
    """Decide whether and how a proposal is carried out (実施の可否), and resume what was kept."""

    CASE_HAND_OVER = "case.handover"
    """Hand the cases of one person over to another (引継ぎ)."""

    INQUIRY_RECEIVE = "inquiry.receive"
    """Enter an inquiry (相談) on behalf of someone."""

    INQUIRY_READ = "inquiry.read"
    """Read an inquiry with its sealed fields."""

    SUBMISSION_STATUS = "submission.status"
    """Ask for a submission's status by receipt number and access code."""

    PACK_ADOPT = "pack.adopt"
    """Adopt a policy pack or a new version of it."""

    STAFF_REGISTER = "staff.register"
    """Register a member of staff and the roles of that person."""

    PORTAL_ADMIT = "portal.admit"
    """Admit a portal: its broker user and the queue of its answers."""

    RECORDS_TIMELINE = "records.timeline"
    """Read what happened to one proposal, case, agreement or request."""

    RECORDS_REPLAY = "records.replay"
    """Replay the log with its commitments, nothing opened."""

    RECORDS_REVEAL = "records.reveal"
    """Open sealed fields in a replay; every opening is recorded first."""

    MESSAGES_HANDLE = "messages.handle"
    """See, retry and discard parked messages and positions."""
