"""Where a proposal stands, which ways lead on from there, and what is said where none does.

The states are those of the office's own procedure; neither guideline draws them (its flow charts are lost).
"""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final, TypeAlias

from eventstore.errors import Refusal


@unique
class Status(StrEnum):
    """Where a proposal stands."""

    ABSENT = "absent"
    RECEIVED = "received"
    SCREENING = "screening"
    RETURNED = "returned"
    ON_HOLD = "on_hold"
    ACCEPTED = "accepted"
    INELIGIBLE = "ineligible"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    SPLIT = "split"


UNDECIDED: Final = frozenset({Status.RECEIVED, Status.SCREENING, Status.RETURNED, Status.ON_HOLD})
"""Where the desk has not decided yet."""
OPEN: Final = UNDECIDED | {Status.ACCEPTED}
"""Where the proposal is still pursued: it can be withdrawn, and a suspension of its company flags it."""


class NotYetScreened(Refusal):
    """Screening has not begun."""

    code = "proposal_not_yet_screened"
    sentence = "この提案は、まだ審査を始めていません。"


class BeingScreened(Refusal):
    """It is being screened: nothing was returned, and nothing is on hold."""

    code = "proposal_being_screened"
    sentence = "この提案は審査中です。"


class ReturnedForCorrection(Refusal):
    """The proposer has been asked for a correction that has not come yet."""

    code = "proposal_returned"
    sentence = "この提案は、補正を求めているところです。"


class OnHold(Refusal):
    """It is on hold."""

    code = "proposal_on_hold"
    sentence = "この提案は保留しています。審査を再開してから操作してください。"


class AlreadyAccepted(Refusal):
    """It was accepted; what follows is decided in its case."""

    code = "proposal_accepted"
    sentence = "この提案はすでに受理しています。"


class AlreadyIneligible(Refusal):
    """It was found ineligible."""

    code = "proposal_ineligible"
    sentence = "この提案は、対象外と決定しています。"


class AlreadyRedirected(Refusal):
    """It was directed to another way."""

    code = "proposal_redirected"
    sentence = "この提案は、ほかの手続きを案内して終わっています。"


class AlreadyWithdrawn(Refusal):
    """Its proposer withdrew it."""

    code = "proposal_withdrawn"
    sentence = "この提案は取り下げられています。"


class AlreadyMerged(Refusal):
    """It goes on in another proposal."""

    code = "proposal_merged"
    sentence = "この提案は、ほかの提案にまとめられています。"


class AlreadySplit(Refusal):
    """It goes on in several proposals."""

    code = "proposal_split"
    sentence = "この提案は、いくつかの提案に分けられています。"


StandingRefusal: TypeAlias = (
    NotYetScreened | BeingScreened | ReturnedForCorrection | OnHold | AlreadyAccepted | AlreadyIneligible
    | AlreadyRedirected | AlreadyWithdrawn | AlreadyMerged | AlreadySplit
)  # fmt: skip
"""What was asked for does not lead on from where the proposal stands; each state says so by its own code."""
REFUSALS: Final[Mapping[Status, type[StandingRefusal]]] = {
    Status.RECEIVED: NotYetScreened,
    Status.SCREENING: BeingScreened,
    Status.RETURNED: ReturnedForCorrection,
    Status.ON_HOLD: OnHold,
    Status.ACCEPTED: AlreadyAccepted,
    Status.INELIGIBLE: AlreadyIneligible,
    Status.REDIRECTED: AlreadyRedirected,
    Status.WITHDRAWN: AlreadyWithdrawn,
    Status.MERGED: AlreadyMerged,
    Status.SPLIT: AlreadySplit,
}
"""State → what is said where it does not lead on. What is absent is `NotFound` instead."""
STANDING: Final[tuple[type[StandingRefusal], ...]] = tuple(REFUSALS.values())
"""All of them, for whoever has to tell them from other refusals."""
