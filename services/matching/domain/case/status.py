"""Where a case stands, and what is said where nothing leads on from there.

The states are those of the office's own procedure; neither guideline draws them (its flow charts are lost).
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from desk.packs.codes import CaseStatus as Status
from eventstore.errors import Refusal

__all__ = ["IN_HAND", "PURSUED", "REFUSALS", "UNDECIDED", "StandingRefusal", "Status"]

IN_HAND: Final = frozenset({Status.TAKEN, Status.IN_DIALOGUE, Status.AGREED})
"""Where a lead department has it."""
UNDECIDED: Final = IN_HAND | {Status.UNASSIGNED, Status.OFFERED}
"""Where its feasibility is still open."""
PURSUED: Final = frozenset(Status) - {Status.ABSENT, Status.WITHDRAWN}
"""Where somebody may still have to do with it."""


class NotYetOffered(Refusal):
    """No department has it, and none is asked."""

    code = "case_unassigned"
    sentence = "この案件は、担当する部署が決まっていません。"


class OnOffer(Refusal):
    """Departments are asked, and the lead has not taken it yet."""

    code = "case_offered"
    sentence = "この案件は、担当課に打診しているところです。"


class DialogueNotBegun(Refusal):
    """A department has it, and the dialogue has not begun."""

    code = "case_taken"
    sentence = "この案件は担当課が決まり、対話はまだ始まっていません。"


class GoalsNotAgreed(Refusal):
    """City and proposer are talking; goals are not agreed yet."""

    code = "case_in_dialogue"
    sentence = "この案件は対話の途中で、目標と役割分担の合意がまだありません。"


class NotYetDecided(Refusal):
    """Goals and roles are agreed; the feasibility is not decided yet."""

    code = "case_agreed"
    sentence = "この案件は目標と役割分担に合意し、実施の可否の決定を待っています。"


class AlreadyDecided(Refusal):
    """The feasibility is decided, and the proposer has not been answered yet."""

    code = "case_decided"
    sentence = "この案件は、実施の可否をすでに決定しています。検討を再開してから操作してください。"


class AlreadyAnswered(Refusal):
    """The proposer has been answered."""

    code = "case_answered"
    sentence = "この案件は、提案者への回答を終えています。"


class KeptForLater(Refusal):
    """It is kept for later, and the proposer knows."""

    code = "case_kept"
    sentence = "この案件は、時期を改めて検討することとしています。検討を再開してから操作してください。"


class AlreadyWithdrawn(Refusal):
    """Its proposer withdrew the proposal."""

    code = "case_withdrawn"
    sentence = "この案件は、提案が取り下げられています。"


StandingRefusal: TypeAlias = (
    NotYetOffered | OnOffer | DialogueNotBegun | GoalsNotAgreed | NotYetDecided | AlreadyDecided | AlreadyAnswered
    | KeptForLater | AlreadyWithdrawn
)  # fmt: skip
"""What was asked for does not lead on from where the case stands; each state says so by its own code."""
REFUSALS: Final[Mapping[Status, type[StandingRefusal]]] = {
    Status.UNASSIGNED: NotYetOffered,
    Status.OFFERED: OnOffer,
    Status.TAKEN: DialogueNotBegun,
    Status.IN_DIALOGUE: GoalsNotAgreed,
    Status.AGREED: NotYetDecided,
    Status.DECIDED: AlreadyDecided,
    Status.ANSWERED: AlreadyAnswered,
    Status.KEPT: KeptForLater,
    Status.WITHDRAWN: AlreadyWithdrawn,
}
"""State → what is said where it does not lead on. What is absent is `NotFound` instead."""
