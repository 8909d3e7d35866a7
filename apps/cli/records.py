"""`renkei records timeline`: what the records office reads."""

from contextlib import closing

import click

from apps.cli.settings import as_json, city_option, home, show, told
from apps.records.timeline import RecordsOffice
from eventstore.city import City


@click.group()
def records() -> None:
    """The records office."""


@records.command()
@click.argument("matter")
@city_option
@as_json
@told
def timeline(matter: str, city: str, *, as_json: bool) -> None:
    """What happened to MATTER, the id of a proposal or inquiry: one sentence an event, with who and when."""
    with closing(RecordsOffice(City.read(home(), city))) as office:
        entries = office.timeline(matter)
    lines = [f"{entry.version:>3}  {entry.date}  {entry.who}  {entry.sentence}" for entry in entries]
    show([entry.as_json() for entry in entries], json=as_json, text="\n".join(lines))
