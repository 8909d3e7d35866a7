"""`renkei projections rebuild`: read models made anew from the log, while everybody goes on reading the old ones."""

import logging
import time
from contextlib import closing
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from apps.cli.settings import as_json, city_option, home, show, told
from apps.composition import SERVICES
from desk.office import Office
from desk.turns import Turn
from eventstore import logs
from eventstore.city import City
from eventstore.following.followers import Follower

BY_NAME = {service.name: service for service in SERVICES}


@click.group()
def projections() -> None:
    """Projections."""
    logs.configure(level=logging.WARNING)


@projections.command()
@click.argument("service", type=click.Choice(sorted(BY_NAME)))
@click.option("--only", help="Only this one of the service's projections.")
@city_option
@as_json
@told
def rebuild(service: str, only: str | None, city: str, *, as_json: bool) -> None:
    """Builds each projection of SERVICE again from the first position; the service may run meanwhile."""
    wanted = _wanted(service, only)
    with (
        closing(Office(BY_NAME[service], City.read(home(), city))) as office,
        Progress(console=Console(stderr=True), disable=as_json) as bar,
    ):
        rows = [_rebuilt(service, one, bar) for one in office.followers if one.subscription.name in wanted]
    lines = [f"{row['subscription']}: {row['position']} positions in {row['seconds']} s" for row in rows]
    show(rows, json=as_json, text="\n".join(lines) or f"{service} has no projections")


def _wanted(service: str, only: str | None) -> list[str]:
    """The names of the projections to build. Raises click.BadParameter where the one asked for is none."""
    names = [one.name for one in BY_NAME[service].subscriptions if one.is_projection]
    if only is not None and only not in names:
        told = f"{service} has {', '.join(names) or 'no projections'}"
        raise click.BadParameter(told, param_hint="--only")
    return names if only is None else [only]


def _rebuilt(service: str, follower: Follower[Turn], bar: Progress) -> dict[str, Any]:
    name, began = follower.subscription.name, time.monotonic()
    task = bar.add_task(name, total=None)
    position = follower.rebuild(lambda done, of: bar.update(task, completed=done, total=of))
    seconds = round(time.monotonic() - began, 1)
    return {"service": service, "subscription": name, "position": position, "seconds": seconds}
