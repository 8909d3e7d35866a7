"""What intake reads of matching: how an accepted proposal was answered."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from desk.foreign import reading
from desk.turns import Turn
from eventstore.following.subscriptions import Handler, On


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What is read of matching's `ProposerAnswered`. outcome: matching's code of what was decided."""

    proposal_id: UUID
    outcome: str
    answered_on: date


READ: Final = reading(Answered)


def on_answered(do: Handler[Turn]) -> On[Turn]:
    """Follows the answers; the handler finds an `Answered` as its event."""
    return On("ProposerAnswered", do, service="matching", read=READ)
