"""`renkei messages` on parked positions: what a projection or a reaction could not take of the log."""

import json
from uuid import UUID, uuid5

import pytest

from desk.office import Office
from eventstore.city import City
from eventstore.records import StreamId
from tests.cities import Cities
from tests.parking import (
    Renkei,
    acceptance_parked,
    followed,
    hindered,
    park,
    parked,
    recorded,
    refusal,
    rows,
)


def opens(matching: Office, proposal_id: UUID) -> UUID:
    """The id of the command that opens a proposal's case."""
    acceptance = matching.store.load_fields(StreamId("proposal", proposal_id))[-1]
    return uuid5(acceptance.id, "matching.open_cases/")


def last_position(office: Office) -> int:
    ((position,),) = rows(office.city, "relay", "SELECT max(position) FROM positions")
    return int(position)


def cases(city: City) -> int:
    ((count,),) = rows(city, "matching", "SELECT count(*) FROM events_matching WHERE type = 'CaseOpened'")
    return int(count)


@pytest.mark.row("B10")
def test_messages_and_positions_are_listed_together_oldest_first(
    renkei: Renkei, office: Office, matching: Office, cities: Cities
) -> None:
    message_id = park(office, b"x")
    acceptance_parked(cities, office, matching)
    later_id = park(office, b"y")

    first, position, last = parked(renkei)

    assert (first["id"], last["id"]) == (message_id, later_id)
    assert position == {
        "service": "matching",
        "id": f"matching/open_cases/{last_position(office)}",
        "code": "fault",
        "parked_at": position["parked_at"],
        "subscription": "open_cases",
        "position": last_position(office),
        "type": "ProposalAccepted",
    }


@pytest.mark.row("B10")
def test_a_reaction_s_position_is_retried_once_its_cause_is_gone(
    renkei: Renkei, office: Office, matching: Office, cities: Cities, city: City
) -> None:
    acceptance_parked(cities, office, matching)
    (item,) = parked(renkei)
    before = cases(city)

    with hindered(cities, city, "events_matching"):
        refused = renkei("messages", "retry", item["id"])
    assert refused.exit_code == 1
    assert json.loads(refused.stdout) == [{"service": "matching", "id": item["id"], "refused": "fault"}]
    assert (parked(renkei), cases(city)) == ([item], before)

    assert renkei("messages", "retry", item["id"]).exit_code == 0
    assert (parked(renkei), cases(city)) == ([], before + 1)
    assert refusal(renkei("messages", "retry", item["id"])) == (1, "not_parked")


def test_a_case_that_opens_late_is_withdrawn_as_its_proposal_was_meanwhile(
    renkei: Renkei, office: Office, matching: Office, cities: Cities
) -> None:
    proposal_id = acceptance_parked(cities, office, matching)
    case = StreamId("case", opens(matching, proposal_id))
    recorded(office, "ProposalWithdrawn", proposal_id)
    followed(matching, "open_cases")
    (item,) = parked(renkei)
    assert matching.store.load(case).events == ()

    assert renkei("messages", "retry", item["id"]).exit_code == 0

    assert [one.type for one in matching.store.load(case).events] == ["CaseOpened", "CaseWithdrawn"]


def test_of_several_positions_those_refused_again_are_named(
    renkei: Renkei, office: Office, matching: Office, cities: Cities, city: City
) -> None:
    proposal_id = acceptance_parked(cities, office, matching)
    acceptance_parked(cities, office, matching)
    first, second = (item["id"] for item in parked(renkei))
    before = cases(city)

    with hindered(cities, city, "events_matching", f"command_id <> '{opens(matching, proposal_id)}'"):
        retried = renkei("messages", "retry", "--all")

    assert retried.exit_code == 1
    assert {row["id"]: row["refused"] for row in json.loads(retried.stdout)} == {first: "fault", second: None}
    assert [item["id"] for item in parked(renkei)] == [first]
    assert cases(city) == before + 1


@pytest.mark.row("B10")
def test_a_projection_s_position_is_taken_in_the_log_s_order(
    renkei: Renkei, office: Office, cities: Cities, city: City
) -> None:
    """The proposal was accepted after the position was parked: its row has to say so all the same."""
    with hindered(cities, city, "intake_proposals"):
        proposal_id = recorded(office, "ProposalReceived")
        followed(office, "proposals")
    recorded(office, "ProposalAccepted", proposal_id)
    followed(office, "proposals")
    (item,) = parked(renkei)

    assert renkei("messages", "retry", item["id"]).exit_code == 0

    assert parked(renkei) == []
    status = f"SELECT status, version FROM intake_proposals WHERE proposal_id = '{proposal_id}'"
    assert rows(city, "intake", status) == [("accepted", 2)]


def test_a_projection_s_position_that_is_refused_again_stays_parked(
    renkei: Renkei, office: Office, cities: Cities, city: City
) -> None:
    proposal_id = recorded(office, "ProposalReceived")
    only = f"proposal_id <> '{proposal_id}'"
    with hindered(cities, city, "intake_proposals", only):
        followed(office, "proposals")
        (item,) = parked(renkei)
        refused = renkei("messages", "retry", "--all")

    assert (refused.exit_code, json.loads(refused.stdout)[0]["refused"]) == (1, "fault")
    assert [one["id"] for one in parked(renkei)] == [item["id"]]
