"""The proposal in a case: on record as opened, and whom to talk to told to those alone who have the case."""

from typing import Any, Final
from uuid import UUID

import pytest

from eventstore.city import City
from eventstore.errors import InvalidMessage
from eventstore.records import StreamId
from services.matching.domain.case.assignment import Part
from tests.cities import Cities
from tests.work import Work

OFFICER: Final = "department_officer"
OF_CONTACT: Final = {
    "contact_id", "contact_affiliation", "contact_name", "contact_phone", "contact_email", "proposer_address",
}  # fmt: skip


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    return Work.of(cities, city)


@pytest.fixture(scope="module")
def case(work: Work) -> UUID:
    """Taken by the tourism section, and the roads section is asked."""
    opened = work.opened()
    work.taken(opened, "tourism")
    work.offered(opened, "roads", Part.SUPPORTING)
    return opened


def proposal(work: Work, case: UUID, department: str | None = None) -> dict[str, Any]:
    """What is told of it to somebody of the department, or of the desk."""
    called = work.called(work.member(department), OFFICER) if department else work.called()
    told: dict[str, Any] = called.get_case(str(case))["proposal"]
    return told


def openings(work: Work, case: UUID) -> list[tuple[int, str | None]]:
    """Which version of the proposal matching had opened each time, and what for."""
    with work.office.database.connection() as connection:
        rows = connection.execute(
            "SELECT stream_id FROM events_matching WHERE type = 'RecordOpened' ORDER BY sequence"
        ).fetchall()
    streams = [StreamId("matching_access", row[0]) for row in rows]
    events = [one.event for stream in streams for one in work.office.store.load(stream).events]
    return [
        (one.version, one.purpose.reveal())
        for one in events
        if (one.category, one.record_id) == ("proposal", work.proposal_of(case))
    ]


def test_whoever_opens_a_case_has_its_proposal_opened_on_record_too(work: Work, case: UUID) -> None:
    before = openings(work, case)
    version = work.intake.office.store.load(StreamId("proposal", work.proposal_of(case))).version

    work.called().get_case(str(case), purpose="打診の検討")

    assert openings(work, case)[len(before) :] == [(version, "打診の検討")]


def test_what_is_not_opened_is_not_on_record(work: Work, case: UUID) -> None:
    before = openings(work, case)
    with pytest.raises(InvalidMessage):
        work.called().get_case(str(case), purpose="")
    assert openings(work, case) == before


@pytest.mark.row("N3")
def test_a_department_is_told_whom_to_talk_to_once_it_has_taken_the_case(work: Work, case: UUID) -> None:
    of_desk, asked = proposal(work, case), proposal(work, case, "roads")

    assert proposal(work, case, "tourism") == of_desk
    assert of_desk["contact_name"]
    assert {name for name in of_desk if of_desk[name] != asked[name]} <= OF_CONTACT
    assert {name for name in OF_CONTACT if asked[name] is not None} == set()
    assert asked["title"]
    assert asked["proposer_name"]
