"""`renkei ledger verify | checkpoint | prove | continue`: the transparency log, for whoever checks it."""

from base64 import b64encode
from contextlib import closing
from datetime import date, datetime

import click
import psycopg
from rich.console import Console
from rich.progress import Progress

from apps.cli.settings import as_json, city_option, home, show, told
from apps.ledger import ZONE, outside, signer, verification
from eventstore.city import City
from eventstore.clock import now
from eventstore.database import Connection
from eventstore.errors import Refusal, Unavailable
from eventstore.ledger.checkpoints import Checkpoint
from eventstore.ledger.closing import close_days, note_of
from eventstore.ledger.findings import Verdict
from eventstore.ledger.stored import CheckpointsGone, Ledger, LedgerBehind
from eventstore.relay.single import SEQUENCER, take


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
    """Signs the ledger as it is, or as a day closed, keeps the note here and outside, and prints it.

    Refused where the ledger does not continue the newest checkpoint outside: a fork would be signed.
    """
    found = City.read(home(), city)
    with closing(_connect(found)) as connection:
        book = Ledger(connection)
        book.require_continuing(outside(found).newest())
        if day:
            note = _closing_note(found, book, day.date())
        else:
            note = book.sign(book.checkpoint(found.municipality), signer(found), outside(found), now(), None)
    made = signer(found).verifier.open(note)
    show({"origin": made.origin, "size": made.size, "note": note}, json=as_json, text=note)


def _closing_note(city: City, book: Ledger, day: date) -> str:
    """The note of a day, which the relay may have signed already. Raises `DayNotClosed`."""
    close_days(book, city.municipality, ZONE, signer(city), outside(city), now())
    return note_of(book, day)


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
    """Raises `LedgerContinues`, and `CheckpointsGone` where it cannot be told whether there is a break."""
    try:
        book.require_continuing(held)
    except CheckpointsGone:
        raise
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
        "size": verdict.size, "root": b64encode(verdict.root).decode(), "signed": verdict.signed,
        "signed_outside": verdict.signed_outside, "opened": verdict.opened, "closed": verdict.closed,
        "findings": findings,
    }  # fmt: skip
    lines = [f"position {one.position}: {one.fault} ({one.at})" for one in verdict.findings]
    sound = (
        f"sound: {verdict.size} positions, signed up to {verdict.signed} (outside: {verdict.signed_outside}),"
        f" {verdict.opened} sealed values opened, {verdict.closed} closed"
    )
    show(result, json=as_json, text="\n".join(lines) or sound)
    if not verdict.is_sound:
        raise SystemExit(1)


def _verify(city: City, *, quiet: bool) -> Verdict:
    with closing(_connect(city, "records")) as connection, Progress(console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task("verifying", total=None)
        return verification(city, connection, lambda done, of: bar.update(task, completed=done, total=of)).run()
