"""A proposal or inquiry as the statistics see it: how long what it waited for took, and what it still waits for.

Nothing here is a person or a company: only codes and days.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.intake.domain.inquiry import InquiryStatus
from services.intake.domain.proposal import PROPOSAL, Status
from services.intake.domain.proposal.status import UNDECIDED

DECIDED: Final = frozenset({Status.ACCEPTED, Status.INELIGIBLE, Status.REDIRECTED})
"""Where the desk has decided; what was withdrawn, merged or split needs no answer any more."""
ENDED: Final = frozenset({Status.WITHDRAWN, Status.MERGED, Status.SPLIT})
"""Where the city has nothing to say of this proposal any more."""
REALISED: Final = frozenset({"partnership", "demonstration", "individual_implementation"})
"""The outcomes, by matching's codes, by which city and proposer go on together."""
KEPT: Final = "kept"
"""The outcome, by matching's code, of what the city looks at again later: it has not said what becomes of it."""
AWAITING: Final = frozenset({*UNDECIDED, *DECIDED, InquiryStatus.RECEIVED})
"""Where somebody waits for an answer that has not gone out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A proposal or inquiry, and what became of it.

    decided_on: when the city accepted it, found it ineligible or directed it elsewhere; None where it has not.
    answered_on: when the first letter that answers a proposal with the reason went out, or when an inquiry was first
    answered; None where that has not happened. days_returned: how long it was with the proposer for correction.
    outcome: by what matching's last answer told, its code; None where matching has answered nothing.
    origin: None where it came by itself. has_proposed_before: whether an earlier proposal is its proposer's, too; None
    of an inquiry, and where nobody can tell any more who proposed.
    """

    matter: str
    status: Status | InquiryStatus
    received_on: date
    decided_on: date | None
    answered_on: date | None
    days_returned: int
    outcome: str | None
    kind: str | None
    origin: str | None
    purposes: tuple[str, ...]
    proposer_kind: str | None
    has_proposed_before: bool | None
    channel: str | None

    @property
    def days_to_decision(self) -> int | None:
        """Days from reception to the city's decision, without those in which it waited for a correction."""
        return self._days_to(self.decided_on)

    @property
    def days_to_answer(self) -> int | None:
        """Days from reception to the answer, without those in which the city waited for a correction."""
        return self._days_to(self.answered_on)

    @property
    def is_undecided(self) -> bool:
        """Whether the city has yet to decide; nothing is decided on an inquiry."""
        return self.matter == PROPOSAL.category and self.status in UNDECIDED

    @property
    def is_unanswered(self) -> bool:
        """Whether somebody waits for an answer: not where it was withdrawn, or goes on in another proposal."""
        return self.answered_on is None and self.status in AWAITING

    @property
    def is_concluded(self) -> bool:
        """Whether the city said what becomes of a proposal: refused or sent on at intake, or answered by matching."""
        is_refused = self.status in (Status.INELIGIBLE, Status.REDIRECTED)
        return self._is_pursued and (is_refused or self.outcome not in (None, KEPT))

    @property
    def is_inconclusive(self) -> bool:
        """Whether the city has yet to say so."""
        return self._is_pursued and not self.is_concluded

    @property
    def is_realised(self) -> bool:
        """Whether city and proposer go on together."""
        return self.is_concluded and self.outcome in REALISED

    @property
    def _is_pursued(self) -> bool:
        return self.matter == PROPOSAL.category and self.status not in ENDED

    def _days_to(self, day: date | None) -> int | None:
        return None if day is None else (day - self.received_on).days - self.days_returned
