"""`renkei records timeline | replay`: what the records office reads."""

from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from apps.cli.lines import one_line
from apps.cli.settings import as_json, city_option, home, show, told
from apps.composition import SERVICES
from apps.records.export import Exported, export
from apps.records.revealing import REVEALABLE, Reveal
from apps.records.selection import Selection
from apps.records.timeline import RecordsOffice
from desk.openings import PURPOSE_LIMIT
from eventstore.city import City
from eventstore.protection import Protection
from eventstore.records import StreamId

token_option = click.option(
    "--token", envvar="RENKEI_TOKEN", help="Actor token of who asks; RENKEI_TOKEN keeps it off the screen."
)
OPENABLE = [str(one) for one in REVEALABLE]
DAY = click.DateTime(["%Y-%m-%d"])
TYPES = sorted({declared.name for service in SERVICES for declared in service.events})
CATEGORIES = {declared.category for service in SERVICES for declared in service.events}


@click.group()
def records() -> None:
    """The records office."""


@records.command()
@click.argument("matter")
@token_option
@city_option
@as_json
@told
def timeline(matter: str, city: str, token: str | None, *, as_json: bool) -> None:
    """What happened to MATTER, the id of a proposal or inquiry: one sentence an event, with who and when.

    What only some may know to exist is found with the token of one of them.
    """
    with closing(RecordsOffice(City.read(home(), city))) as office:
        entries = office.timeline(matter, token)
    lines = [f"{entry.version:>3}  {entry.date}  {entry.who}  {entry.sentence}" for entry in entries]
    show([entry.as_json() for entry in entries], json=as_json, text="\n".join(lines))


@records.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
@click.option("--from", "recorded_from", type=DAY, metavar="DATE", help="First day of recording, in Asia/Tokyo.")
@click.option("--to", "recorded_to", type=DAY, metavar="DATE", help="Last day of recording, in Asia/Tokyo.")
@click.option(
    "--as-of",
    type=DAY,
    metavar="DATE",
    help="End with the closing checkpoint of this day; else with the ledger as it is.",
)
@click.option(
    "--type", "types", type=click.Choice(TYPES), metavar="TYPE", multiple=True, help="Event type; may be repeated."
)
@click.option("--stream", "streams", multiple=True, help="Stream, as proposal-<id>; may be repeated.")
@click.option(
    "--reveal", "classes", type=click.Choice(OPENABLE), multiple=True, help="Protection class to open; is recorded."
)
@click.option("--purpose", callback=one_line(PURPOSE_LIMIT), help="What the opening is for; is recorded, sealed.")
@token_option
@city_option
@as_json
@told
def replay(
    city: str, output: Path, classes: tuple[str, ...], purpose: str | None, token: str | None, *, as_json: bool,
    **filters: Any,
) -> None:  # fmt: skip
    """Writes what was recorded, one JSON line an event. The same command goes on where it was killed.

    Sealed values stay commitments, unless --reveal opens some.
    """
    if purpose is not None and not classes:
        raise click.UsageError("--purpose says what --reveal is for")
    selection = _selection(**filters)
    reveal = Reveal(classes=frozenset(map(Protection, classes)), purpose=purpose, token=token) if classes else None
    with Progress(console=Console(stderr=True), disable=as_json) as bar:
        task = bar.add_task("replaying", total=None)
        done = export(
            City.read(home(), city), selection, output, reveal=reveal,
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )  # fmt: skip
    show(_summary(output, done), json=as_json, text=f"{done.events} events, SHA-256 {done.sha256}: {output}")


def _selection(
    recorded_from: datetime | None,
    recorded_to: datetime | None,
    as_of: datetime | None,
    types: tuple[str, ...],
    streams: tuple[str, ...],
) -> Selection:
    first, last = _day(recorded_from), _day(recorded_to)
    if first and last and first > last:
        raise click.UsageError("--from is after --to")
    return Selection(
        recorded_from=first,
        recorded_to=last,
        as_of=_day(as_of),
        types=frozenset(types),
        streams=frozenset(map(_stream, streams)),
    )


def _day(instant: datetime | None) -> date | None:
    return instant.date() if instant else None


def _stream(text: str) -> StreamId:
    try:
        stream = StreamId.parse(text)
    except ValueError:
        stream = None
    if stream is None or stream.category not in CATEGORIES:
        raise click.BadParameter(f"{text} is no stream", param_hint="--stream")
    return stream


def _summary(output: Path, done: Exported) -> dict[str, Any]:
    return {
        "output": str(output),
        "events": done.events,
        "bytes": done.bytes,
        "sha256": done.sha256,
        "origin": done.ledger.origin,
        "size": done.ledger.size,
        "root": done.ledger.root.hex(),
    }
