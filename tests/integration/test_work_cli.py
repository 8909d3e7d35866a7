"""`renkei work`: the queue for people, on the screen and as a table, and on record who was shown it."""

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import openpyxl
import pytest
from click.testing import CliRunner, Result

from apps.cli.__main__ import main
from apps.cli.work import purpose_of
from desk.tables import BOM
from desk.wareki import wareki
from eventstore.city import City
from eventstore.clock import now
from tests.cities import Cities
from tests.ledgers import connected
from tests.lineage import BUS, FOOD
from tests.work import Work

Run: TypeAlias = Callable[..., Result]


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    """Two cases: of one the title is erased."""
    made = Work.of(cities, city)
    due = made.opened(**BUS)
    made.taken(due, "roads")
    made.promised(due, made.office.day_of(now()) + timedelta(days=3))
    erased = made.opened(**FOOD)
    made.settle()
    with connected(cities.administrator_url(city)) as administrator:
        administrator.execute(
            "DELETE FROM data_keys_intake WHERE stream_id = %s AND class_group = 'business'",
            (made.proposal_of(erased),),
        )
    return made


@pytest.fixture
def run(work: Work, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("RENKEI_HOME", str(work.city.folder.parent))
    return lambda *arguments: CliRunner().invoke(main, ["work", "--city", work.city.name, *arguments])


def test_the_screen_tells_what_is_due_first_and_the_counts(run: Run, work: Work) -> None:
    lines = run().output.splitlines()
    due_on = work.office.day_of(now()) + timedelta(days=3)

    assert lines[0].startswith(f"{wareki(due_on)} 提案者の約束（あと3日）  {BUS['title']}（朝ごはんの会、")
    assert lines[0].endswith("担当課が決定・都市整備部 道路維持課")
    assert lines[1].startswith("期日なし  （消去済み）（朝ごはんの会、")
    assert lines[3].startswith("全件 2件、期日超過 0件、")
    assert "注意のあるもの 0件、廃止された部署のもの 0件" in lines[3]


@pytest.mark.row("N12")
def test_the_screen_tells_how_each_date_came_about_if_asked(run: Run) -> None:
    lines = run("--why").output.splitlines()

    assert lines[1].strip().endswith("提案者の約束")
    assert lines[2].strip().startswith("・令和8年11月22日（日）に、提案者が")
    assert not any("・令和" in line for line in run().output.splitlines())


def test_a_date_is_told_with_the_department_that_has_to_keep_it() -> None:
    due = {"name": "担当課の回答", "department_name": "都市整備部 道路維持課"}
    assert purpose_of(due) == "担当課の回答（都市整備部 道路維持課）"
    assert purpose_of({**due, "department_name": None}) == "担当課の回答"


@pytest.mark.row("S03")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_has_a_row_for_each_case(run: Run, work: Work, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"work.{ending}"
    assert run("--output", str(file)).exit_code == 0

    if ending == "csv":
        text = file.read_bytes().decode()
        assert text.startswith(BOM)
        rows = list(csv.reader(text.removeprefix(BOM).splitlines()))
    else:
        sheet = openpyxl.load_workbook(BytesIO(file.read_bytes())).active
        rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    heads, first, second = rows
    assert heads[:5] == ["期日", "期日の種類", "残り日数", "件名", "提案者"]
    assert (first[1], first[2], first[3], first[7]) == ("提案者の約束", "3", BUS["title"], "都市整備部 道路維持課")
    assert (second[0], second[3]) == ("", "（消去済み）")


def test_it_is_narrowed_down_as_people_ask(run: Run) -> None:
    assert run("--search", "路線").output.count("朝ごはんの会") == 1
    assert json.loads(run("--department", "children", "--json").output)["items"] == []
    assert len(json.loads(run("--status", "taken", "--status", "offered", "--json").output)["items"]) == 1
    (taken,) = json.loads(run("--status", "taken", "--json").output)["items"]
    assert json.loads(run("--person", taken["people"][0], "--json").output)["items"] == [taken]
    for flag in ("--flagged", "--orphaned", "--minutes-waiting", "--minutes-objected", "--silent"):
        assert json.loads(run(flag, "--json").output)["items"] == [], flag
    refused = run("--search", "災")
    assert (refused.exit_code, "2文字以上" in refused.output) == (1, True)


def test_that_the_operator_was_shown_the_names_is_on_record(run: Run, work: Work) -> None:
    def shown() -> int:
        with work.office.database.connection() as connection:
            found = "SELECT count(*) FROM events_matching WHERE type = 'RecordsListed'"
            (count,) = connection.execute(found).fetchone() or (0,)
        return int(count)

    before = shown()
    run()
    assert shown() == before + 1
