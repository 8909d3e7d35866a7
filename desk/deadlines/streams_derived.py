"""A deadline explained from the log: by the pack and the open days that the record of its date names (N5, N12)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from desk.deadlines.counting import due
from desk.deadlines.streams import Period
from desk.deadlines.streams_events import (
    DeadlineExtended,
    DeadlineMoved,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineSet,
)
from desk.deadlines.words import explained
from desk.rules import RuleBook
from desk.wareki import wareki
from eventstore.decider import Decider
from eventstore.errors import NotFound
from eventstore.records import Recorded

COUNTED: Final = (DeadlineSet, DeadlineResumed, DeadlineMoved)
"""The events that say what their date was counted by: by the record's policy and their calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A deadline as it stands and, sentence by sentence, how its date came about."""

    period: Period
    derivation: tuple[str, ...]


def explained_deadline(rules: RuleBook, decider: Decider[Any, Period | None], events: Sequence[Recorded]) -> Explained:
    """What the events of a deadline's stream amount to. Raises `NotFound` where there are none."""
    period = decider.fold(events)
    if period is None:
        raise NotFound
    extensions = (at for at, one in enumerate(events) if isinstance(one.event, DeadlineExtended))
    first_stated = next(extensions, len(events))
    by_rule, stated = events[:first_stated], events[first_stated:]
    return Explained(
        period=period, derivation=(*_counted(rules, decider.fold(by_rule), by_rule), *_stated(period, stated))
    )


def _counted(rules: RuleBook, period: Period | None, events: Sequence[Recorded]) -> Iterator[str]:
    """How the rule's date came about: counted again, by what its record names and nothing newer."""
    if period is None:
        return
    counted = next(one for one in reversed(events) if isinstance(one.event, COUNTED))
    pack = rules.of_digest(counted.policy or "")
    open_days = rules.open_days_of(pack, counted.event.calendar)
    derived = due(pack.deadlines[period.code], period.starts_on, open_days, period.pauses)
    yield from explained(derived)
    if derived.due_on != period.due_on:  # the law on holidays, which the software brings, has changed since
        yield f"記録された日は、当時の祝日の一覧（{period.calendar}）で数えた{wareki(period.due_on)}です。"


def _stated(period: Period, events: Sequence[Recorded]) -> Iterator[str]:
    """What became of the rule's date: each extension, and the days waited since."""
    times = count(1)
    for event in (one.event for one in events):
        match event:
            case DeadlineExtended():
                before, after = wareki(event.previously_due_on), wareki(event.due_on)
                yield f"{next(times)}回目の延長：{before}から{after}に延長しました。"
            case DeadlinePaused():
                yield f"延長の後、{wareki(event.paused_on)}の翌日から日数を数えていません。"
            case DeadlineResumed():
                yield f"{wareki(event.resumed_on)}に再開し、その間の日数だけ遅い{wareki(event.due_on)}となりました。"
    if events:
        yield f"期限は{wareki(period.due_on)}です。"
