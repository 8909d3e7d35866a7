"""`renkei messages parked | retry | discard`: what could not be read, answered or followed, and what becomes of it."""

import logging
from dataclasses import replace
from typing import Any, Final

import click

from apps.cli.lines import one_line
from apps.cli.settings import REFUSED, as_json, city_option, home, show, told
from apps.parking import named_items, parked_items, parkings
from apps.provisioning.city import COMMAND_LINE, OPERATOR
from desk.commands import told_event
from desk.forms.fields import PARAGRAPH
from desk.office import Office
from desk.parking import Decision, ParkedItem
from desk.permissions import Permission
from eventstore import logs
from eventstore.city import City
from eventstore.following.parked_positions import ParkedPosition
from eventstore.records import Actor

NOTHING: Final = "nothing is parked"


@click.group()
def messages() -> None:
    """Parked messages and positions. ID: as `parked` lists them, a message's id or SERVICE/SUBSCRIPTION/POSITION."""
    logs.configure(level=logging.WARNING)


@messages.command()
@city_option
@as_json
@told
def parked(city: str, *, as_json: bool) -> None:
    """Lists what is parked, oldest first, without its content."""
    with parkings(City.read(home(), city)) as of:
        rows = [_row(item) for item in parked_items(of)]
    lines = [f"{row['parked_at']}  {row['service']}  {row['code']}  {row['id']}" for row in rows]
    show(rows, json=as_json, text="\n".join(lines) or NOTHING)


def _row(item: ParkedItem) -> dict[str, Any]:
    row: dict[str, Any] = {
        "service": item.service,
        "id": item.id,
        "code": item.parked.code,
        "parked_at": item.parked_at.isoformat(),
    }
    if isinstance(item.parked, ParkedPosition):
        at = item.parked
        row |= {"subscription": at.subscription, "position": at.position, "type": at.type}
    return row


@messages.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Everything that is parked.")
@city_option
@as_json
@told
def retry(ids: tuple[str, ...], city: str, *, is_all: bool, as_json: bool) -> None:
    """Takes each ID again, now that the cause is gone; what is refused again stays parked.

    A message is answered as its service answers it. For a position of a projection the projection is built again.
    """
    if bool(ids) == is_all:
        raise click.UsageError("either ID or --all")
    refused: dict[str, str] = {}
    with parkings(City.read(home(), city)) as of:
        items = parked_items(of) if is_all else named_items(ids, of)
        for service, parking in of.items():
            refused |= parking.retry([item for item in items if item.service == service])
    rows = [{"service": item.service, "id": item.id, "refused": refused.get(item.id)} for item in items]
    lines = [f"{item.id}  {refused.get(item.id, 'done')}" for item in items]
    show(rows, json=as_json, text="\n".join(lines) or NOTHING)
    if refused:
        click.echo("refused again, and still parked: see the codes", err=True)
        raise SystemExit(REFUSED)


@messages.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option("--reason", callback=one_line(PARAGRAPH), required=True, help="Why; it is recorded, sealed.")
@click.option("--token", envvar="RENKEI_TOKEN", help="Actor token of who decides; the city's operator unless given.")
@city_option
@as_json
@told
def discard(ids: tuple[str, ...], reason: str, token: str | None, city: str, *, as_json: bool) -> None:
    """Takes each ID away, a message with its content, and records who decided that and why."""
    rows = []
    with parkings(City.read(home(), city)) as of:
        for item in named_items(ids, of):
            parking = of[item.service]
            recorded = parking.discard(item, Decision(actor=_actor(parking.office, token), reason=reason))
            rows.append({"service": item.service, "id": item.id, "event": told_event(recorded)})
    show(rows, json=as_json, text="\n".join(f"{row['id']}  discarded" for row in rows))


def _actor(office: Office, token: str | None) -> Actor:
    """Whose decision it is. Raises `TokenRefused`, `NotPermitted`."""
    if token is None:
        return Actor(id=office.city.operator, role=OPERATOR, app=COMMAND_LINE)
    return replace(office.acting(token, Permission.MESSAGES_HANDLE), app=COMMAND_LINE)
