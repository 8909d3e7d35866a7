"""The page of rows is true: every mark names a row that exists, and the page is what the sources say today."""

import pytest

from tests.rows import NOT_YET, PAGE, Mark, MisplacedMark, Part, all_marks, marks, page, parts

SOURCE = """
import pytest

pytestmark = pytest.mark.row("X1")

@pytest.mark.row("X2", "X3")
def test_function(): ...

class TestClass:
    @pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.row("X4"))])
    async def test_method(self, n): ...

def not_a_test(): ...
"""


def test_every_mark_names_a_row_of_the_requirements() -> None:
    known = {row for part in parts() for row in part.rows}

    assert [mark for mark in all_marks() if mark.row not in known] == []


def test_the_page_of_rows_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(parts(), all_marks()), "write it: python -m tests.rows"


def test_the_requirements_have_every_row_once_and_in_order() -> None:
    expected = [f"S{n:02}" for n in range(1, 74)] + [f"B{n:02}" for n in range(1, 29)] + [f"N{n}" for n in range(1, 14)]

    assert [row for part in parts() for row in part.rows] == expected


def test_marks_are_read_from_modules_functions_and_parameters() -> None:
    found = {(mark.row, mark.test) for mark in marks(SOURCE, "tests/test_x.py")}

    assert found == {
        ("X1", "test_function"),
        ("X2", "test_function"),
        ("X3", "test_function"),
        ("X1", "test_method"),
        ("X4", "test_method"),
    }


@pytest.mark.parametrize(
    "source",
    [
        'import pytest\n@pytest.mark.row("X1")\ndef helper(): ...',
        "import pytest\nROW = 'X1'\n@pytest.mark.row(ROW)\ndef test_x(): ...",
    ],
    ids=["on no test", "not written out"],
)
def test_a_mark_that_cannot_be_counted_is_refused(source: str) -> None:
    with pytest.raises(MisplacedMark):
        marks(source, "tests/test_x.py")


def test_a_row_without_a_test_is_listed_as_not_yet() -> None:
    part = Part(title="Part", rows={"X1": "one", "X2": "two"})

    text = page([part], [Mark(row="X1", file="tests/test_x.py", test="test_one")])

    assert "1 of 2 rows have a test" in text
    assert "| X1 | one | [`test_one`](../tests/test_x.py) |" in text
    assert f"| X2 | two | {NOT_YET} |" in text
