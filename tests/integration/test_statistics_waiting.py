"""Which days of a proposal the statistics leave out: those of the wait for a correction, once each."""

from datetime import date

from eventstore.city import City
from services.intake.declaration import INTAKE
from tests.cities import Cities
from tests.deadlines import happen, matter
from tests.ledgers import connected, numbered


def test_a_hold_after_the_correction_came_adds_no_day_to_the_wait_for_it(cities: Cities, city: City) -> None:
    office, proposal = cities.office(INTAKE, city), matter()
    for type_, day in (
        ("ProposalReceived", {"received_on": date(2026, 4, 1)}),
        ("ProposalReturned", {"returned_on": date(2026, 4, 10)}),
        ("ProposalResubmitted", {"resubmitted_on": date(2026, 4, 15)}),
        ("ProposalHeld", {"held_on": date(2026, 4, 20)}),
        ("ProposalResumed", {"resumed_on": date(2026, 4, 30)}),
    ):
        happen(office, proposal, type_, **day)
    (follower,) = (one for one in office.followers if one.subscription.name == "statistics")
    while numbered(city) + follower.step():
        continue

    with connected(cities.administrator_url(city)) as administrator:
        rows = administrator.execute(
            "SELECT days_returned, returned_on FROM intake_statistics WHERE matter_id = %s", (proposal.id,)
        ).fetchall()
    assert rows == [(5, None)]
