"""Obligations of a hidden case: as absent as those that there are not, in what is said and in what is read (N3)."""

from typing import Any, Final
from uuid import uuid4

import psycopg
import pytest

from eventstore.city import City
from eventstore.errors import NotFound
from tests.cities import Cities, FrozenClock
from tests.promises import CHANGES, OF_CITY, TEXT, Matching, matching_of, undertaken

OFFICER: Final = "department_officer"


@pytest.fixture(scope="module")
def shared(cities: Cities, city: City) -> Matching:
    """Matching of one city for all of them."""
    return matching_of(cities, city, FrozenClock())


def owed_by_city(ledger: dict[str, Any]) -> int:
    (owed,) = (one["owed"] for one in ledger["sides"] if one["side"] == "city")
    return int(owed)


@pytest.mark.row("N3")
def test_a_department_sees_the_obligations_of_its_cases_and_of_no_other(shared: Matching) -> None:
    officer = shared.colleague("roads")
    case, hidden = shared.case("roads"), shared.case("planning")
    own, other = undertaken(shared, case), undertaken(shared, hidden, department="planning")

    def asked(method: str, **wanted: Any) -> Any:
        shared.settle()
        return shared.call(method, OFFICER, officer, **wanted)

    seen = {one["obligation_id"] for one in asked("list_obligations", limit=200)["items"]}
    assert own in seen
    assert other not in seen
    for one in (str(hidden.id), str(uuid4())):
        assert asked("list_obligations", case_id=one)["items"] == []
        assert all(
            set(side.values()) == {side["side"], 0} for side in asked("get_obligation_ledger", case_id=one)["sides"]
        )
    (mine,) = [one for one in asked("get_obligation_ledger", case_id=str(case.id))["sides"] if one["side"] == "city"]
    assert mine["owed"] == 1
    assert asked("get_obligation", obligation_id=own)["text"] == TEXT
    for after in (other, str(uuid4())):
        with pytest.raises(NotFound):
            asked("list_obligations", after=after)
        with pytest.raises(NotFound):
            asked("list_obligations", at_least={"stream": f"obligation-{after}", "version": 1})


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is executed, as it is written."""
    heard: list[str] = []
    execute = psycopg.Cursor.execute

    def listening(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        heard.append(query.decode() if isinstance(query, bytes) else str(query))
        return execute(cursor, query, *arguments, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", listening)
    return heard


@pytest.mark.row("N3")
@pytest.mark.parametrize("method", [*CHANGES, "get_obligation"])
def test_an_obligation_of_a_hidden_case_is_as_absent_as_one_that_there_is_not(
    shared: Matching, statements: list[str], method: str
) -> None:
    officer = shared.colleague("roads")
    hidden = undertaken(shared, shared.case("planning"), department="planning")
    told: list[tuple[str, list[str]]] = []
    for one in (hidden, str(uuid4())):
        statements.clear()
        with pytest.raises(NotFound) as absent:
            shared.call(method, OFFICER, officer, obligation_id=one, **CHANGES.get(method, {}))
        told.append((repr(absent.value), list(statements)))

    assert told[0] == told[1]
    assert told[0][1], "statements are heard"


@pytest.mark.row("N3")
def test_nothing_is_promised_in_a_case_that_one_may_not_see(shared: Matching, statements: list[str]) -> None:
    officer, hidden = shared.colleague("roads"), shared.case("planning")
    told: list[tuple[str, list[str]]] = []
    for one in (str(hidden.id), str(uuid4())):
        statements.clear()
        with pytest.raises(NotFound) as absent:
            shared.call(
                "undertake_obligation", OFFICER, officer, case_id=one, text=TEXT, due_on="2026-12-02", **OF_CITY
            )
        told.append((repr(absent.value), list(statements)))

    assert told[0] == told[1]
