"""What the records office reads in the end: a matter's timeline, and whether the ledger is sound."""

from base64 import b64encode
from contextlib import closing

import psycopg

from apps.demo.scene import Desk
from apps.demo.showing import console, say
from apps.demo.waiting import until
from apps.ledger import verification
from apps.records.timeline import RecordsOffice
from eventstore.ledger.stored import Ledger


def show_timeline(desk: Desk, matter_id: str, name: str) -> None:
    """The history of a proposal or a case. name: what it is called above its entries."""
    with closing(RecordsOffice(desk.city)) as office:
        entries = office.timeline(matter_id)
    say(f"\n{name} の経過（renkei records timeline {matter_id} --city {desk.city.name}）:")
    for entry in entries:
        say(f"  {entry.version}  {entry.date}  {entry.who}  {entry.sentence}")


def is_sound(desk: Desk) -> bool:
    """Whether the city's ledger verifies once everything is numbered; says its size and root."""
    city = desk.city
    with psycopg.connect(city.databases["records"], autocommit=True) as connection:
        until(Ledger(connection).is_caught_up, "everything is numbered")
        verdict = verification(city, connection, lambda _, __: None).run()
    console.print(
        f"\n{desk.name}の台帳（renkei ledger verify --city {city.name}）: {verdict.size}件、root"
        f" {b64encode(verdict.root).decode()}: {'健全' if verdict.is_sound else f'[red]{verdict.findings[0]}'}",
        soft_wrap=True,
    )
    return verdict.is_sound
