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

    CASE_READ = "case.read"
    """See the cases and read one."""

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
