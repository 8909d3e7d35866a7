"""Tables that a command writes for people: to a .csv or .xlsx, as the file's name says."""

from pathlib import Path
from typing import Final

import click

from desk.tables import Table, as_csv, as_xlsx

WRITERS: Final = {".csv": as_csv, ".xlsx": as_xlsx}


def _file(_: click.Context, __: click.Parameter, given: Path | None) -> Path | None:
    """Takes a file whose name says how it is written."""
    if given is not None and given.suffix not in WRITERS:
        raise click.BadParameter(f"name a file that ends in {' or '.join(WRITERS)}")
    return given


output_option: Final = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), callback=_file, help="Write to this .csv or .xlsx."
)
"""`output`: the file to write to, None where the command shows its lines."""


def write(table: Table, output: Path) -> str:
    """Writes the table, and gives the line that says so."""
    output.write_bytes(WRITERS[output.suffix](table))
    return f"{output} written"
