"""What matching does by itself when others have decided."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from marshmallow import fields

from desk.foreign import Foreign, reading
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE, OpenCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What matching reads of intake's `ProposalAccepted`."""

    accepted_on: date


class AcceptedSchema(Foreign):
    """Its open fields."""

    makes = Accepted
    accepted_on = fields.Date(required=True)


def open_case(turn: Turn, recorded: Recorded) -> None:
    """Opens the case of an accepted proposal, in a stream of its own."""
    accepted: Accepted = recorded.event
    command = OpenCase(proposal_id=recorded.stream.id, opened_on=accepted.accepted_on)
    turn.react(CASE, StreamId(CASE.category, turn.command_id(recorded)), command, recorded)


OPEN_CASES: Final = Subscription(
    name="open_cases",
    on=(On("ProposalAccepted", open_case, service="intake", read=reading(AcceptedSchema())),),
)
