"""Counts open deadlines again when closed days or packs are adopted (B15): a reaction for each service with deadlines.

The list names the candidates, and what stands in their streams decides. The list may be ahead of the position in the
log that is followed here: then a deadline is counted that was set later, and nothing comes of it. It must not be
behind: then the reaction waits for it. A deadline that was counted by the old days in the same moment is set at a later
position: so each is looked at once more when its own event is followed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from psycopg.sql import SQL, Identifier

from desk.deadlines.following import LIST
from desk.deadlines.streams import OPEN, Period, deadline_rules
from desk.deadlines.streams_commands import Count, RecountDeadline
from desk.foreign import reading
from desk.packs.codes import DeadlineCode
from desk.rules import RuleBook
from desk.turns import Turn
from eventstore.errors import Unavailable
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded, StreamId


class DeadlinesNotListed(Unavailable):
    """The list of deadlines has not followed the log as far as this position yet."""

    code = "deadlines_not_listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What is read of a pack or calendar that was adopted: from when it counts. The rule book reads the rest."""

    effective_from: date


@dataclass(frozen=True, slots=True)
class Counted:
    """What a deadline is counted by, and the digest of the pack that says so."""

    by: Count
    policy: str


def recount_all(turn: Turn, recorded: Recorded) -> None:
    """Counts every open deadline again, in one transaction: all that move, or none and later again."""
    category = deadline_rules(turn.service).category
    for deadline_id in _open(turn):
        _recount(turn, StreamId(category, deadline_id), recorded)


def recount_one(turn: Turn, recorded: Recorded) -> None:
    """Counts a deadline again that was just counted: days may have been adopted meanwhile."""
    _recount(turn, recorded.stream, recorded)


def count_of(rules: RuleBook, period: Period) -> Counted | None:
    """What a deadline is counted by today."""
    return count_for(rules, period.code, period.starts_on)


def count_for(rules: RuleBook, code: DeadlineCode, starts_on: date) -> Counted | None:
    """What a deadline is counted by that starts on a day, and the digest of the pack: that in force on this day.

    A pack that comes into force while a period runs leaves that period as it was (経過措置); closed days count from
    their own first day. None where the pack has no such rule.
    """
    pack = rules.in_force(starts_on)
    rule = pack.deadlines.get(code)
    if rule is None:
        return None
    return Counted(Count(rule=rule, open_days=rules.open_days(starts_on)), pack.digest)


def _recount(turn: Turn, stream: StreamId, cause: Recorded) -> None:
    rules = deadline_rules(turn.service)
    period = rules.fold(turn.store.load(stream).events)
    counted = period and count_of(turn.rules, period)
    if counted:
        command = RecountDeadline(count=counted.by)
        turn.react(rules, stream, command, cause, item=str(stream.id), policy=counted.policy)


def _open(turn: Turn) -> list[UUID]:
    """The open deadlines as listed. Raises `DeadlinesNotListed` where events before this one are not in the list."""
    if not turn.has_followed(LIST):
        raise DeadlinesNotListed("the list of deadlines has not come so far")
    statement = SQL("SELECT deadline_id FROM {} WHERE status = ANY(%s) ORDER BY position").format(
        Identifier(f"{turn.service}_deadlines")
    )
    return [deadline_id for (deadline_id,) in turn.connection.execute(statement, (list(OPEN),))]


RECOUNT: Final[Subscription[Turn]] = Subscription(
    name="recounted_deadlines",
    on=(
        On("ClosedDaysAdopted", recount_all, service="administration", read=reading(Adopted)),
        On("PackAdopted", recount_all, service="administration", read=reading(Adopted)),
        On("DeadlineSet", recount_one),
        On("DeadlineResumed", recount_one),
    ),
)
"""The reaction; its service reads administration's `city` and keeps the list of its deadlines."""
