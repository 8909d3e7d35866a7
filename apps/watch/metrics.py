"""The figures as Prometheus reads them: one table of gauges, asked of all cities at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from apps.watch.backlogs import MOST, Backlog
from apps.watch.connections import AT_ONCE
from apps.watch.figures import MOST_PARKED, Figures, Followed, ParkedMessages, ParkedPositions, Waiting, ask
from apps.watch.lately import Lately
from eventstore.city import City
from eventstore.declaration import Service
from eventstore.errors import Unavailable
from eventstore.store import Clock

Samples: TypeAlias = Iterable[tuple[Sequence[str], float | None]]
"""Values of the labels after `city`, and the value; None where there is nothing to tell."""

L = TypeVar("L", bound=tuple[str, ...])

CITY: Final = "city"
UP: Final = "renkei_up"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Gauge:
    """One metric. labels: those after `city`."""

    name: str
    help: str
    samples: Callable[[Figures], Samples]
    labels: tuple[str, ...] = ()


def _counts(backlogs: Mapping[L, Backlog]) -> Samples:
    return [(labels, backlog.count) for labels, backlog in backlogs.items()]


def _ages(backlogs: Mapping[L, Backlog]) -> Samples:
    return [(labels, backlog.age) for labels, backlog in backlogs.items()]


GAUGES: Final = (
    Gauge(
        "renkei_ledger_positions",
        "Size of the ledger: events that have a position.",
        lambda at: [((), at.positions)],
    ),
    Gauge(
        "renkei_unnumbered_events",
        f"Events committed and not yet numbered by the sequencer, counted up to {MOST}.",
        lambda at: [((), at.unnumbered.count)],
    ),
    Gauge(
        "renkei_unnumbered_oldest_age_seconds",
        "Time since the oldest event that is not yet numbered was recorded; 0 without one.",
        lambda at: [((), at.unnumbered.age)],
    ),
    Gauge(
        "renkei_untold_positions",
        "Positions that the publisher has not yet told.",
        lambda at: [((), at.untold.count)],
    ),
    Gauge(
        "renkei_untold_oldest_age_seconds",
        "Time since the oldest event that is numbered and not yet told was recorded; 0 without one.",
        lambda at: [((), at.untold.age)],
    ),
    Gauge(
        "renkei_subscription_behind_positions",
        "Positions that a projection or reaction has not yet followed.",
        lambda at: _counts(at.followed),
        Followed._fields,
    ),
    Gauge(
        "renkei_subscription_oldest_age_seconds",
        "Time since the oldest event that a projection or reaction has not yet followed was recorded; 0 without one.",
        lambda at: _ages(at.followed),
        Followed._fields,
    ),
    Gauge(
        "renkei_parked_positions",
        f"Positions that a projection or reaction could not take, counted up to {MOST_PARKED}.",
        lambda at: _counts(at.parked_positions),
        ParkedPositions._fields,
    ),
    Gauge(
        "renkei_parked_positions_oldest_age_seconds",
        "Time since the oldest of these positions was parked.",
        lambda at: _ages(at.parked_positions),
        ParkedPositions._fields,
    ),
    Gauge(
        "renkei_parked_messages",
        f"Portals' messages that could not be read or answered, counted up to {MOST_PARKED}.",
        lambda at: _counts(at.parked_messages),
        ParkedMessages._fields,
    ),
    Gauge(
        "renkei_parked_messages_oldest_age_seconds",
        "Time since the oldest of these messages was parked.",
        lambda at: _ages(at.parked_messages),
        ParkedMessages._fields,
    ),
    Gauge(
        "renkei_waiting",
        "What should not wait long in a service: timers that have come due, overdue deadlines, letters, notices.",
        lambda at: _counts(at.waiting),
        Waiting._fields,
    ),
    Gauge(
        "renkei_waiting_oldest_age_seconds",
        "Time since the oldest of these came due.",
        lambda at: _ages(at.waiting),
        Waiting._fields,
    ),
    Gauge(
        "renkei_checkpoint_age_seconds",
        "Time since the newest checkpoint of the ledger was signed.",
        lambda at: [((), at.checkpoint_age)],
    ),
    Gauge(
        "renkei_closing_checkpoint_age_seconds",
        "Time since the newest closing checkpoint of a day was signed.",
        lambda at: [((), at.closing_age)],
    ),
    Gauge(
        "renkei_unclosed_days",
        "Days that are over in Asia/Tokyo and have no closing checkpoint.",
        lambda at: [((), at.unclosed_days)],
    ),
    Gauge(
        "renkei_relay_at_work",
        "Whether somebody holds the relay's lock: the sequencer's, the publisher's.",
        lambda at: [(("sequencer",), at.is_sequenced), (("publisher",), at.is_published)],
        ("work",),
    ),
)


class Cities(Collector):
    """Asks all cities, `AT_ONCE` at a time; one that does not answer is `renkei_up` 0 and has no other metric."""

    def __init__(self, cities: Sequence[City], services: Sequence[Service], clock: Clock) -> None:
        self._cities = cities
        self._services = services
        self._clock = clock
        self._asked_lately = Lately(self._ask_all, clock)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every metric, with the samples of all cities."""
        asked = self._asked_lately()
        names = [city.name for city in self._cities]
        up = GaugeMetricFamily(UP, "Whether the city's database answers the watch.", labels=[CITY])
        for city, figures in zip(names, asked, strict=True):
            up.add_metric([city], float(figures is not None))
        yield up
        answered = {city: figures for city, figures in zip(names, asked, strict=True) if figures}
        for gauge in GAUGES:
            yield _family(gauge, answered)

    def _ask_all(self) -> list[Figures | None]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._ask, self._cities))

    def _ask(self, city: City) -> Figures | None:
        try:
            return ask(city, self._services, self._clock())
        except Unavailable as unavailable:
            log.warning("city does not answer", city=city.name, code=unavailable.stable_code)
            return None


def _family(gauge: Gauge, asked: Mapping[str, Figures]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(gauge.name, gauge.help, labels=[CITY, *gauge.labels])
    for city, figures in asked.items():
        for labels, value in gauge.samples(figures):
            if value is not None:
                family.add_metric([city, *labels], float(value))
    return family


def registry(cities: Sequence[City], services: Sequence[Service], clock: Clock) -> CollectorRegistry:
    """A registry of our metrics alone, without those of this process."""
    own = CollectorRegistry()
    own.register(Cities(cities, services, clock))
    return own
