"""`renkei calendar adopt`: the days on which the office is closed or open by way of exception."""

from pathlib import Path

import click

from apps.cli.settings import as_json, city_option, home, show, told
from apps.provisioning.city import adopt_closed_days
from desk.deadlines.calendar import read_calendar
from eventstore.city import City


@click.group()
def calendar() -> None:
    """Calendars of closed days (閉庁日)."""


@calendar.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--approver", required=True, help="Who approved the calendar (決裁者).")
@click.option("--reference", required=True, help="Number of the approval (決裁番号).")
@city_option
@as_json
@told
def adopt(file: Path, approver: str, reference: str, city: str, *, as_json: bool) -> None:
    """Adopts the calendar FILE; the same calendar again changes nothing."""
    content = file.read_bytes()
    read = read_calendar(content, origin=file.name)
    adopt_closed_days(City.read(home(), city), content, read, approver=approver, reference=reference)
    since = read.effective_from.isoformat()
    show(
        {"version": read.version, "digest": read.digest, "effective_from": since},
        json=as_json,
        text=f"calendar {read.version} is adopted, for days from {since} on",
    )
