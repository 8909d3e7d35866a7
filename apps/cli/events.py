"""`renkei events tell`: told again, to subscribers outside, what they missed."""

from dataclasses import asdict

import click
from rich.console import Console
from rich.progress import Progress

from apps.cli.settings import as_json, city_option, home, show, told
from apps.composition import SERVICES
from apps.relay.composition import tells
from apps.relay.retelling import Passage, tell_again
from eventstore.city import City

TELLS = tells(SERVICES)
TYPES = sorted({event_type for (_, event_type), may_leave in TELLS.items() if may_leave})
POSITION = click.IntRange(min=1)


@click.group()
def events() -> None:
    """What subscribers outside hear."""


@events.command()
@click.option("--from", "first", type=POSITION, metavar="POSITION", required=True, help="First position to tell.")
@click.option(
    "--to", "last", type=POSITION, metavar="POSITION", help="Last one; as far as the relay told unless given."
)
@click.option(
    "--type", "types", type=click.Choice(TYPES), metavar="TYPE", multiple=True, help="Event type; may be repeated."
)
@city_option
@as_json
@told
def tell(city: str, first: int, last: int | None, types: tuple[str, ...], *, as_json: bool) -> None:
    """Tells again, on RabbitMQ, what the ledger holds between two positions: to everybody who is bound.

    Subscribers know a repetition by its id. The relay may be at work meanwhile.
    """
    if last is not None and first > last:
        raise click.UsageError("--from is after --to")
    passage = Passage(first=first, last=last, types=frozenset(types))
    with Progress(console=Console(stderr=True), disable=as_json) as bar:
        task = bar.add_task("telling", total=None)
        done = tell_again(
            City.read(home(), city), passage, TELLS,
            lambda position, of: bar.update(task, completed=position - first + 1, total=of - first + 1),
        )  # fmt: skip
    text = f"{done.events} events told again, of positions {done.first} to {done.last}"
    show(asdict(done), json=as_json, text=text)
