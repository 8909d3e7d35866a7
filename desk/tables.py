"""Tables as files that people open in Excel: CSV (UTF-8 with BOM, CRLF) and xlsx, every text inert in both."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from io import BytesIO, StringIO
from typing import Any, Final, TypeAlias
from unicodedata import east_asian_width

from xlsxwriter import Workbook

Cell: TypeAlias = str | int | float | date | None
BOM: Final = "\ufeff"
"""Without it Excel reads a CSV as Shift_JIS."""
FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With one of these a spreadsheet may take a text for a formula, in full width too (OWASP, CSV Injection)."""
SKIPPED: Final = " \u00a0\u3000\ufeff"
"""Blanks and marks that a spreadsheet may leave out before it looks."""
WIDEST: Final = 60
SHEET_NAME_LIMIT: Final = 31
CELL_LIMIT: Final = 32_767
"""Characters that Excel holds in a cell."""


class CellTooLong(ValueError):
    """A text that Excel could only hold cut off; as CSV it is whole."""


@unique
class Kind(StrEnum):
    """What the cells of a column hold; any may be empty."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: what stands above it, and what its cells hold."""

    label: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a title. rows: cells in the columns' order, each of its column's kind or None.

    Raises ValueError for a row of another length, TypeError for a cell of another kind.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]

    def __post_init__(self) -> None:
        for row in self.rows:
            for column, cell in zip(self.columns, row, strict=True):
                _require(column, cell)


TYPES: Final[dict[Kind, tuple[type, ...]]] = {
    Kind.TEXT: (str,),
    Kind.NUMBER: (int, float),
    Kind.DAY: (date,),
}


def _require(column: Column, cell: Cell) -> None:
    if cell is None:
        return
    if not isinstance(cell, TYPES[column.kind]) or isinstance(cell, bool | datetime):
        raise TypeError(f"{column.label} holds {column.kind}, not {type(cell).__name__}")


def as_csv(table: Table) -> bytes:
    """The table as CSV: a row of labels, then the rows; days in ISO 8601, empty where there is none.

    A text (never a number) that a spreadsheet could take for a formula gets a leading apostrophe.
    """
    file = StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([_inert(column.label) for column in table.columns])
    writer.writerows([_written(cell) for cell in row] for row in table.rows)
    return (BOM + file.getvalue()).encode("utf-8", "replace")


def _written(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case str():
            return _inert(cell)
        case date():
            return cell.isoformat()
        case _:
            return cell


def _inert(text: str) -> str:
    return f"'{text}" if text.lstrip(SKIPPED).startswith(FORMULA_BEGINS) else text


def as_xlsx(table: Table) -> bytes:
    """The table as an Excel workbook: labels bold and frozen, days as dates shown in ISO 8601, texts as texts.

    Nothing becomes a formula, a link or a number by its looks, and nothing stands in a file of the system's meanwhile.
    Raises `CellTooLong`.
    """
    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_sheet_name(table.title))
        sheet.freeze_panes(1, 0)
        for number, width in enumerate(_widths(table)):
            sheet.set_column(number, number, width)
        bold = book.add_format({"bold": True, "bottom": 1})
        for number, column in enumerate(table.columns):
            sheet.write_string(0, number, column.label, bold)
        _fill(sheet, table.rows, book.add_format({"num_format": "yyyy-mm-dd"}))
    return file.getvalue()


def _fill(sheet: Any, rows: Iterable[tuple[Cell, ...]], iso: Any) -> None:
    for line, row in enumerate(rows, start=1):
        for number, cell in enumerate(row):
            match cell:
                case None:
                    continue
                case str():
                    _write_text(sheet, line, number, cell)
                case date():
                    sheet.write_datetime(line, number, cell, iso)
                case _:
                    sheet.write_number(line, number, cell)


def _write_text(sheet: Any, line: int, number: int, text: str) -> None:
    if len(text) > CELL_LIMIT:
        raise CellTooLong(f"row {line}, column {number + 1}: more than {CELL_LIMIT} characters")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    sheet.write_string(line, number, lines.encode("utf-8", "replace").decode())


def _sheet_name(title: str) -> str:
    """A title as Excel takes it for a sheet: without the characters that it refuses, 31 at most."""
    name = "".join(" " if character in "[]:*?/\\" else character for character in title)
    return name[:SHEET_NAME_LIMIT].strip(" '") or "表"


def _widths(table: Table) -> list[int]:
    """For each column the width of its longest line, full-width characters as two."""
    columns = zip([column.label for column in table.columns], *table.rows, strict=True)
    return [min(WIDEST, 2 + max(_width(cell) for cell in column)) for column in columns]


def _width(cell: Cell) -> int:
    lines = str("" if cell is None else cell).splitlines() or [""]
    return max(sum(2 if east_asian_width(character) in "WF" else 1 for character in line) for line in lines)
