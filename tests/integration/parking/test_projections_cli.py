"""`renkei projections rebuild`: read models made anew from the log, whoever is at work meanwhile."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from desk.office import Office
from eventstore.city import City
from eventstore.following.followers import Busy
from services.intake.declaration import INTAKE
from tests.cities import Cities
from tests.ledgers import connected
from tests.parking import Renkei, followed, hindered, recorded, refusal, rows
from tests.portals import until


@pytest.fixture
def office(office: Office) -> Office:
    """Intake's, with a proposal more."""
    recorded(office, "ProposalAccepted", recorded(office, "ProposalReceived"))
    followed(office, "proposals")
    return office


def listed(city: City) -> list[tuple[Any, ...]]:
    return rows(city, "intake", "SELECT * FROM intake_proposals ORDER BY proposal_id")


@pytest.mark.row("B10")
def test_a_projection_that_went_wrong_is_built_again_as_it_was(
    renkei: Renkei, office: Office, city: City, cities: Cities
) -> None:
    live = listed(city)
    with connected(cities.administrator_url(city)) as admin:
        admin.execute("UPDATE intake_proposals SET status = 'lost'")
        admin.execute("UPDATE subscriptions SET position = 1 WHERE service = 'intake'")

    rebuilt = renkei("projections", "rebuild", "intake")

    assert rebuilt.exit_code == 0, rebuilt.output
    ((head,),) = rows(city, "relay", "SELECT max(position) FROM positions")
    told = {one["subscription"]: one for one in json.loads(rebuilt.stdout)}
    assert {(one["service"], one["position"]) for one in told.values()} == {("intake", head)}
    assert set(told) == {one.name for one in INTAKE.subscriptions if one.tables}
    assert listed(city) == live
    assert followed(office, "proposals") == 0


def test_it_is_built_while_its_service_runs_and_the_service_goes_on(
    renkei: Renkei, office: Office, city: City, cities: Cities
) -> None:
    """The follower of the service passes while the checkpoint is taken, and takes what came meanwhile."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor(1) as pool, connected(cities.administrator_url(city)) as admin:
        with admin.transaction():
            admin.execute("LOCK TABLE intake_proposals IN SHARE MODE")
            building = pool.submit(renkei, "projections", "rebuild", "intake", "--only", "proposals")
            with connected(cities.administrator_url(city)) as looking:
                until(lambda: (looking.execute(waiting.encode()).fetchone() or (0,))[0])
            later = recorded(office, "ProposalReceived")
            with pytest.raises(Busy):
                followed(office, "proposals")
            assert later not in [row[0] for row in listed(city)]
        assert building.result(timeout=20).exit_code == 0
    assert followed(office, "proposals") == 1
    assert later in [row[0] for row in listed(city)]


def test_what_is_refused_while_building_is_parked_and_the_rest_is_built(
    renkei: Renkei, office: Office, city: City, cities: Cities
) -> None:
    unlucky = recorded(office, "ProposalReceived")
    with hindered(cities, city, "intake_proposals", f"proposal_id <> '{unlucky}'"):
        assert renkei("projections", "rebuild", "intake").exit_code == 0

    assert unlucky not in [row[0] for row in listed(city)]
    (item,) = json.loads(renkei("messages", "parked").stdout)
    assert item["subscription"] == "proposals"
    assert renkei("projections", "rebuild", "intake").exit_code == 0
    assert json.loads(renkei("messages", "parked").stdout) == []


def test_a_service_without_projections_has_nothing_to_build(renkei: Renkei) -> None:
    nothing = renkei("projections", "rebuild", "administration")
    assert (nothing.exit_code, json.loads(nothing.stdout)) == (0, [])


@pytest.mark.parametrize(
    "arguments",
    [("nobody",), (), ("intake", "--only", "strange"), ("matching", "--only", "open_cases")],
    ids=["unknown service", "no service", "unknown projection", "a reaction"],
)
def test_wrong_usage_is_told_apart_from_a_refusal(renkei: Renkei, arguments: tuple[str, ...]) -> None:
    assert renkei("projections", "rebuild", *arguments).exit_code == 2


def test_without_a_database_it_says_so(renkei: Renkei, city: City) -> None:
    replace(city, databases=dict.fromkeys(city.databases, "postgresql://127.0.0.1:1/nothing")).write()
    try:
        for command in (("projections", "rebuild", "intake"), ("messages", "parked")):
            assert refusal(renkei(*command)) == (3, "database_unavailable")
    finally:
        city.write()
