"""`renkei statistics`: what the log says in numbers, each under its question, for a table or a report."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from apps.cli.settings import as_json, city_option, home, show, told
from apps.cli.tables import output_option, write
from desk.office import Office
from desk.tables import Column, Kind, Table
from eventstore.city import City
from services.intake.declaration import INTAKE
from services.intake.queries import statistics as of_intake
from services.intake.schemas.statistics import StatisticsWanted as OfIntake
from services.matching.declaration import MATCHING
from services.matching.queries import statistics as of_matching
from services.matching.schemas.statistics import StatisticsWanted as OfMatching

COLUMNS: Final = (
    Column(label="問い"),
    Column(label="区分"),
    Column(label="件数", kind=Kind.NUMBER),
    Column(label="日数の中央値", kind=Kind.NUMBER),
    Column(label="日数の90パーセンタイル", kind=Kind.NUMBER),
    Column(label="まだの件数", kind=Kind.NUMBER),
    Column(label="実現した件数", kind=Kind.NUMBER),
    Column(label="実現率（％）", kind=Kind.NUMBER),
)
NUMBERS: Final = ("count", "median_days", "ninetieth_days", "waiting", "part", "percent")
DAY: Final = click.DateTime(formats=["%Y-%m-%d"])


def _of_intake(office: Office, first: date | None, last: date | None) -> dict[str, Any]:
    return of_intake.statistics_of(office, OfIntake(received_from=first, received_to=last, by=()))


def _of_matching(office: Office, first: date | None, last: date | None) -> dict[str, Any]:
    return of_matching.statistics_of(office, OfMatching(begun_from=first, begun_to=last, by=()))


COUNTED: Final = {INTAKE.name: (INTAKE, _of_intake), MATCHING.name: (MATCHING, _of_matching)}
"""Service → its declaration, and how its numbers from a day to a day are made."""


@click.command()
@click.option("--service", type=click.Choice(list(COUNTED)), default=INTAKE.name, help="Whose; intake's unless given.")
@click.option("--from", "first", type=DAY, help="First day on which it began; from the beginning unless given.")
@click.option("--to", "last", type=DAY, help="Last day on which it began; to the end unless given.")
@output_option
@city_option
@as_json
@told
def statistics(
    city: str, service: str, first: datetime | None, last: datetime | None, output: Path | None, *, as_json: bool
) -> None:
    """Counts what began from one day to another, and the days to decision and answer.

    Of intake the proposals and inquiries received; of matching the cases accepted, the departments asked and the
    promises made.
    """
    if first and last and last < first:
        raise click.UsageError("--from is after --to")
    declared, statistics_of = COUNTED[service]
    with closing(Office(declared, City.read(home(), city))) as office:
        made = statistics_of(office, _day(first), _day(last))
    show(made, json=as_json, text=write(_table(made), output) if output else "\n".join(_lines(made)))


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _table(made: dict[str, Any]) -> Table:
    rows = [
        (figure["question"], row["label"], *(row[name] for name in NUMBERS))
        for figure in made["figures"]
        for row in figure["rows"]
    ]
    return Table(title="統計", columns=COLUMNS, rows=rows)


def _lines(made: dict[str, Any]) -> Iterator[str]:
    for figure in made["figures"]:
        yield figure["question"]
        yield from (f"  {row['label']}: {row['count']:,}件{_more(row)}" for row in figure["rows"])
        yield ""
    yield f"記録の{made['as_of']['position']:,}件目まで（未反映 {made['as_of']['behind']:,}件）"


def _more(row: dict[str, Any]) -> str:
    days, waiting, percent = row["median_days"], row["waiting"], row["percent"]
    taken = "" if days is None else f"、中央値 {days:g}日、90パーセンタイル {row['ninetieth_days']}日"
    realised = "" if percent is None else f"、うち実現 {row['part']:,}件（{percent:g}％）"
    return f"{taken}{realised}、まだのもの {waiting}件" if waiting else f"{taken}{realised}"
