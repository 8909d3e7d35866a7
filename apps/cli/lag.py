"""`renkei lag`: what waits and what is parked in a city, for whoever has no Prometheus."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from math import inf
from typing import Any

import click

from apps.cli.settings import as_json, city_option, home, show, told
from apps.composition import SERVICES
from apps.watch.backlogs import Backlog
from apps.watch.figures import Figures, ask
from eventstore.city import City
from eventstore.clock import now


@click.command()
@city_option
@as_json
@told
def lag(city: str, *, as_json: bool) -> None:
    """What is not yet numbered, told or followed, what is parked or overdue, and how long the oldest has waited."""
    figures = ask(City.read(home(), city), SERVICES, now())
    show(_written(figures), json=as_json, text="\n".join(_lines(figures)))


def _written(figures: Figures) -> dict[str, Any]:
    """As JSON: what is kept by names is a list of objects."""
    plain = {name: getattr(figures, name) for name in Figures.__dataclass_fields__}
    return {name: _listed(value) if isinstance(value, dict) else value for name, value in plain.items()}


def _listed(backlogs: dict[Any, Backlog]) -> list[dict[str, Any]]:
    return [{**of._asdict(), **asdict(backlog)} for of, backlog in backlogs.items()]


def _lines(figures: Figures) -> Iterator[str]:
    rows = list(_rows(figures))
    width = max(len(what) for what, _ in rows)
    yield f"{'':{width}}  {'count':>9}  oldest"
    for what, backlog in rows:
        yield f"{what:{width}}  {backlog.count:>9,}  {_since(backlog.age) if backlog.count else '-'}"
    yield ""
    yield f"{figures.positions:,} positions; {figures.unclosed_days} days not closed"
    for work, is_done in (("numbers", figures.is_sequenced), ("tells", figures.is_published)):
        yield f"a relay {work}" if is_done else f"NO relay {work}"


def _rows(figures: Figures) -> Iterator[tuple[str, Backlog]]:
    """What waits, in the order in which an event passes, then what is parked, then what came due."""
    yield "not numbered", figures.unnumbered
    yield "not told", figures.untold
    for followed, backlog in figures.followed.items():
        yield f"{followed.kind} {followed.service}.{followed.subscription}", backlog
    for position, backlog in figures.parked_positions.items():
        yield f"parked positions, {position.service}.{position.subscription}: {position.code}", backlog
    for message, backlog in figures.parked_messages.items():
        yield f"parked messages, {message.service}: {message.code}", backlog
    for waiting, backlog in figures.waiting.items():
        yield f"{waiting.what} waiting, {waiting.service}: {waiting.code}", backlog


def _since(age: float) -> str:
    return "nobody can tell" if age == inf else str(timedelta(seconds=round(age)))
