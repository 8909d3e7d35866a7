"""Tables as CSV and Excel: what was put in comes out, and nothing in it acts by itself."""

import csv
from datetime import date, datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from desk.tables import CELL_LIMIT, CellTooLong, Column, Kind, Table, as_csv, as_xlsx

COLUMNS = (Column(label="件名"), Column(label="件数", kind=Kind.NUMBER), Column(label="受付日", kind=Kind.DAY))
ROWS = [("提案「甲」\n続き", 3, date(2026, 11, 22)), ("", -1.5, None), ('a,"b"', None, date(1900, 3, 1))]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"]
BEGINNINGS = tuple(formula[0] for formula in FORMULAS)
BLANKS = " \u00a0\u3000\ufeff"
LOOKS_LIKE = [
    "{=1+1}",
    "http://example.jp/",
    "mailto:a@example.jp",
    "internal:Sheet1!A1",
    "007",
    "1e5",
    "TRUE",
    "_x0041_",
]


def table(*texts: str) -> Table:
    return Table(title="表", columns=(Column(label="件名"),), rows=[(text,) for text in texts])


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def sheet_of(content: bytes) -> Worksheet:
    sheet = load_workbook(BytesIO(content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_a_csv_is_read_back_as_it_was_written() -> None:
    content = as_csv(Table(title="表", columns=COLUMNS, rows=ROWS))

    assert read_csv(content) == [
        ["件名", "件数", "受付日"],
        ["提案「甲」\n続き", "3", "2026-11-22"],
        ["", "-1.5", ""],
        ['a,"b"', "", "1900-03-01"],
    ]


def test_a_csv_says_that_it_is_utf_8_and_ends_its_lines_as_excel_does() -> None:
    content = as_csv(table("甲"))

    assert content == "\ufeff件名\r\n甲\r\n".encode()


@pytest.mark.parametrize("formula", [*FORMULAS, " =1+1", "\u3000\u3000=1+1", "\ufeff@SUM(A1)"])
def test_a_text_that_looks_like_a_formula_is_none_in_a_csv(formula: str) -> None:
    assert read_csv(as_csv(table(formula)))[1] == [f"'{formula}"]


def test_a_label_that_looks_like_a_formula_is_none_either() -> None:
    content = as_csv(Table(title="表", columns=(Column(label="=1+1"),), rows=[]))

    assert read_csv(content) == [["'=1+1"]]


def test_a_negative_number_stays_a_number_in_a_csv() -> None:
    content = as_csv(Table(title="表", columns=(Column(label="差", kind=Kind.NUMBER),), rows=[(-5,)]))

    assert read_csv(content)[1] == ["-5"]


def test_a_workbook_is_read_back_as_it_was_written() -> None:
    sheet = sheet_of(as_xlsx(Table(title="提案の一覧", columns=COLUMNS, rows=ROWS)))

    assert sheet.title == "提案の一覧"
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["件名", "件数", "受付日"],
        ["提案「甲」\n続き", 3, datetime(2026, 11, 22)],  # noqa: DTZ001 - openpyxl reads a day so
        ["", -1.5, None],
        ['a,"b"', None, datetime(1900, 3, 1)],  # noqa: DTZ001 - the same
    ]
    assert sheet["C2"].number_format == "yyyy-mm-dd"


def test_the_labels_of_a_workbook_are_bold_and_stay_in_view() -> None:
    sheet = sheet_of(as_xlsx(table("甲")))

    assert sheet["A1"].font.b
    assert not sheet["A2"].font.b
    assert sheet.freeze_panes == "A2"


def test_the_columns_of_a_workbook_are_as_wide_as_what_they_hold() -> None:
    columns = (Column(label="甲"), Column(label="乙"), Column(label="丙"))
    rows = [("abc", "提案の件名\nあ", "長" * 500)]

    widths = sheet_of(as_xlsx(Table(title="表", columns=columns, rows=rows))).column_dimensions

    assert [round(widths[letter].width) for letter in "ABC"] == [6, 13, 61]


@pytest.mark.parametrize("text", [*FORMULAS, *LOOKS_LIKE])
def test_a_text_is_a_text_in_a_workbook_whatever_it_looks_like(text: str) -> None:
    content = as_xlsx(table(text))
    cell = sheet_of(content)["A2"]

    assert cell.data_type != "f"
    assert cell.hyperlink is None
    assert isinstance(cell.value, str)
    assert cell.value == text.replace("\r", "\n")
    written = "".join(ZipFile(BytesIO(content)).read(name).decode() for name in ZipFile(BytesIO(content)).namelist())
    assert "<f>" not in written


def test_a_text_that_a_workbook_would_cut_off_is_refused() -> None:
    as_xlsx(table("あ" * CELL_LIMIT))
    with pytest.raises(CellTooLong):
        as_xlsx(table("あ" * (CELL_LIMIT + 1)))


@pytest.mark.parametrize("title", ["a" * 40, "[1]:*?/\\", "'表'", "", "History"])
def test_any_title_makes_a_workbook(title: str) -> None:
    assert sheet_of(as_xlsx(Table(title=title, columns=COLUMNS, rows=[]))).title


@pytest.mark.parametrize(
    "row",
    [("甲", "3", None), ("甲", True, None), (3, 3, None), ("甲", 3, "2026-11-22"),
     ("甲", 3, datetime(2026, 11, 22))],  # noqa: DTZ001 - no instant is a day, with or without a zone
)  # fmt: skip
def test_a_cell_of_another_kind_is_refused(row: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        Table(title="表", columns=COLUMNS, rows=[row])


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Table(title="表", columns=COLUMNS, rows=[("甲",)])


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_text_goes_into_both_and_comes_out_of_a_csv(text: str) -> None:
    as_xlsx(table(text))

    looks_like_one = text.lstrip(BLANKS).startswith(BEGINNINGS)
    assert read_csv(as_csv(table("甲", text)))[2:] == [[f"'{text}" if looks_like_one else text]]


def test_half_a_character_spoils_no_file() -> None:
    assert read_csv(as_csv(table("\ud800")))[1] == ["?"]
    assert sheet_of(as_xlsx(table("\ud800")))["A2"].value == "?"
