"""What staff tools command: executed on one stream, under the pack in force today, in the caller's name."""

from typing import Any
from uuid import UUID

import orjson

from desk.forms.commands import Stated
from desk.office import Office
from eventstore.decider import Decider
from eventstore.execution import Outcome, execute
from eventstore.records import Actor, Context, Recorded, StreamId


def carry_out(
    office: Office,
    actor: Actor,
    decider: Decider[Any, Any],
    stream: StreamId,
    command: Any,
    stated: Stated,
    arguments: object,
) -> dict[str, Any]:
    """What a command returns: `events`, those that it caused now or, where it was repeated, the first time.

    stated: what every command states. arguments: the call's, by which a repetition is known to be one. Raises what
    `execute` does.
    """
    context = context_of(office, actor, stated, arguments)
    outcome = execute(office.store, decider, stream, command, context, expected_version=stated.expected_version)
    return told(outcome)


def context_of(
    office: Office, actor: Actor, stated: Stated, arguments: object, command_id: UUID | None = None
) -> Context:
    """What the record says beside the content of a command that staff state.

    arguments: the call's, by which a repetition is known to be one. command_id: where it is not the stated one.
    """
    digest = office.digest(orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS))
    return office.context(actor, command_id or stated.command_id, reason=stated.reason, digest=digest)


def told(outcome: Outcome) -> dict[str, Any]:
    """The events that a command caused, with their streams and versions."""
    return {"events": [told_event(recorded) for recorded in outcome.recorded]}


def told_event(recorded: Recorded) -> dict[str, Any]:
    """An event as whoever caused it is told of it: by its stream and version, a list can be asked to show it."""
    return {"id": str(recorded.id), "stream": str(recorded.stream), "version": recorded.version}
