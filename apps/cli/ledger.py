"""`renkei ledger verify | checkpoint | prove | continue`: the transparency log, for whoever checks it."""

from base64 import b64encode
from contextlib import closing
from datetime import date, datetime

import click
import psycopg
from rich.console import Console
from rich.progress import Progress

from apps.cli.settings import as_json, city_option, home, show, told
from apps.relay.composition import ZONE, outside, signer, verification
from eventstore.checkpoints import Checkpoint
from eventstore.city import City
from eventstore.clock import now
from eventstore.closing import GRACE, end_of
from eventstore.database import Connection
from eventstore.errors import Refusal, Unavailable
from eventstore.findings import Verdict
from eventstore.ledger import Ledger, LedgerBehind
from eventstore.single import SEQUENCER, take


class DayNotClosed(Refusal):
    """The day is not over, or what was recorded in it is not all numbered yet."""

    code = "day_not_closed"


class LedgerContinues(Refusal):
    """The database continues the newest checkpoint that is held outside: there is no break to record."""

    code = "ledger_continues"


@click.group()
def ledger() -> None:
    """The ledger: numbered, sealed, checked."""


def _connect(city: City, role: str = "relay") -> Connection:
    try:
        return psycopg.connect(city.databases[role], autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as fault:
        raise Unavailable(f"the database does not answer ({type(fault).__name__})") from fault


@ledger.command()
@click.option("--closing", "day", type=click.DateTime(["%Y-%m-%d"]), help="The closing size of a day in Asia/Tokyo.")
@city_option
@as_json
@told
def checkpoint(city: str, day: datetime | None, *, as_json: bool) -> None:
    """Signs the ledger as it is, or as a day closed, keeps the note here and outside, and prints it."""
    found = City.read(home(), city)
    with closing(_connect(found)) as connection:
        book = Ledger(connection)
        size = _closing_size(book, day.date()) if day else None
        made = book.checkpoint(found.municipality, size)
        note = book.sign(made, signer(found), outside(found), now(), day.date() if day else None)
    show({"origin": made.origin, "size": made.size, "note": note}, json=as_json, text=note)


def _closing_size(book: Ledger, day: date) -> int:
    """Raises `DayNotClosed`."""
    end = end_of(day, ZONE)
    size = book.closing_size(day, end) if now() >= end + GRACE else None
    if size is None:
        raise DayNotClosed(f"{day} is not over, or the relay has not numbered all of it yet")
    return size


@ledger.command()
@click.argument("position", type=click.IntRange(min=1), required=False)
@click.option("--since", type=click.IntRange(min=1), help="Prove instead that it continues the ledger of this size.")
@click.option("--size", type=click.IntRange(min=1), help="In the ledger of this size; all of it unless given.")
@city_option
@as_json
@told
def prove(position: int | None, since: int | None, size: int | None, city: str, *, as_json: bool) -> None:
    """Proves that POSITION is in the ledger, or that the ledger continues an older one (RFC 6962, sections 2.1.1-2)."""
    if (position is None) == (since is None):
        raise click.UsageError("either POSITION or --since")
    found = City.read(home(), city)
    with closing(_connect(found)) as connection:
        book = Ledger(connection)
        proof = book.prove_inclusion(position, size) if position else book.prove_consistency(since or 0, size)
    path = [b64encode(one).decode() for one in proof.path]
    told_proof = {"size": proof.size, "root": b64encode(proof.root).decode(), "path": path}
    show(told_proof, json=as_json, text="\n".join([f"size {proof.size}", f"root {told_proof['root']}", *path]))


@ledger.command("continue")
@click.option("--after-restore", is_flag=True, required=True, help="Confirms that an older state was restored.")
@click.option("--reason", required=True, help="Why; it is kept with the break.")
@city_option
@as_json
@told
def continue_(city: str, reason: str, *, after_restore: bool, as_json: bool) -> None:  # noqa: ARG001 - click's flag
    """Opens a new origin after a restored backup, and records the break."""
    found = City.read(home(), city)
    with closing(_connect(found)) as connection:
        take(connection, SEQUENCER)
        book, held = Ledger(connection), outside(found).newest()
        _require_break(book, held)
        book.begin_epoch(reason, now(), held)
        made = book.checkpoint(found.municipality)
        book.sign(made, signer(found), outside(found), now(), None)
    show(
        {"origin": made.origin, "size": made.size},
        json=as_json,
        text=f"{made.origin} begins at size {made.size}",
    )


def _require_break(book: Ledger, held: Checkpoint | None) -> None:
    """Raises `LedgerContinues`."""
    try:
        book.require_continuing(held)
    except LedgerBehind:
        return
    raise LedgerContinues("the database continues the newest checkpoint that is held outside: there is no break")


@ledger.command()
@city_option
@as_json
@told
def verify(city: str, *, as_json: bool) -> None:
    """Recomputes everything and names the first position that is wrong, and how."""
    found = City.read(home(), city)
    verdict = _verify(found, quiet=as_json)
    findings = [{"position": one.position, "fault": one.fault, "at": one.at} for one in verdict.findings]
    result = {
        "size": verdict.size, "root": b64encode(verdict.root).decode(), "opened": verdict.opened,
        "closed": verdict.closed, "findings": findings,
    }  # fmt: skip
    lines = [f"position {one.position}: {one.fault} ({one.at})" for one in verdict.findings]
    sound = f"sound: {verdict.size} positions, {verdict.opened} sealed values opened, {verdict.closed} closed"
    show(result, json=as_json, text="\n".join(lines) or sound)
    if not verdict.is_sound:
        raise SystemExit(1)


def _verify(city: City, *, quiet: bool) -> Verdict:
    with closing(_connect(city, "records")) as connection, Progress(console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task("verifying", total=None)
        return verification(city, connection, lambda done, of: bar.update(task, completed=done, total=of)).run()
