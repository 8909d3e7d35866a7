"""`renkei statistics`: what came in, what became of it and how long it took, for a table or a report."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from apps.cli.settings import as_json, city_option, home, show, told
from desk.office import Office
from desk.tables import Column, Kind, Table, as_csv, as_xlsx
from eventstore.city import City
from services.intake.declaration import INTAKE
from services.intake.queries.statistics import statistics_of
from services.intake.schemas.statistics import StatisticsWanted

WRITERS: Final = {".csv": as_csv, ".xlsx": as_xlsx}
COLUMNS: Final = (
    Column(label="問い"),
    Column(label="区分"),
    Column(label="件数", kind=Kind.NUMBER),
    Column(label="日数の中央値", kind=Kind.NUMBER),
    Column(label="日数の90パーセンタイル", kind=Kind.NUMBER),
    Column(label="まだの件数", kind=Kind.NUMBER),
)
DAY: Final = click.DateTime(formats=["%Y-%m-%d"])


def _file(_: click.Context, __: click.Parameter, given: Path | None) -> Path | None:
    """Takes a file whose name says how it is written."""
    if given is not None and given.suffix not in WRITERS:
        raise click.BadParameter(f"name a file that ends in {' or '.join(WRITERS)}")
    return given


@click.command()
@click.option("--from", "first", type=DAY, help="First day of reception; from the beginning unless given.")
@click.option("--to", "last", type=DAY, help="Last day of reception; to the end unless given.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), callback=_file, help="Write to this .csv or .xlsx."
)
@city_option
@as_json
@told
def statistics(city: str, first: datetime | None, last: datetime | None, output: Path | None, *, as_json: bool) -> None:
    """Counts proposals and inquiries received from one day to another, and the days to decision and answer."""
    if first and last and last < first:
        raise click.UsageError("--from is after --to")
    wanted = StatisticsWanted(received_from=_day(first), received_to=_day(last), by=())
    with closing(Office(INTAKE, City.read(home(), city))) as office:
        made = statistics_of(office, wanted)
    if output is not None:
        output.write_bytes(WRITERS[output.suffix](_table(made)))
        text = f"{output} written"
    else:
        text = "\n".join(_lines(made))
    show(made, json=as_json, text=text)


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _table(made: dict[str, Any]) -> Table:
    rows = [
        (figure["question"], row["label"], row["count"], row["median_days"], row["ninetieth_days"], row["waiting"])
        for figure in made["figures"]
        for row in figure["rows"]
    ]
    return Table(title="統計", columns=COLUMNS, rows=rows)


def _lines(made: dict[str, Any]) -> Iterator[str]:
    for figure in made["figures"]:
        yield figure["question"]
        yield from (f"  {row['label']}: {row['count']:,}件{_days(row)}" for row in figure["rows"])
        yield ""
    yield f"記録の{made['as_of']['position']:,}件目まで（未反映 {made['as_of']['behind']:,}件）"


def _days(row: dict[str, Any]) -> str:
    days, waiting = row["median_days"], row["waiting"]
    taken = "" if days is None else f"、中央値 {days:g}日、90パーセンタイル {row['ninetieth_days']}日"
    return f"{taken}、まだのもの {waiting}件" if waiting else taken
