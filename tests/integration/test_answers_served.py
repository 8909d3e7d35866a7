"""An answer by the running services: whoever was down when the letter went out loses nothing of it."""

from pathlib import Path

import pytest

from desk.deadlines.streams import Status as DeadlineStatus
from eventstore.city import City
from services.matching.domain.case import Status
from tests.cities import Cities
from tests.deciding import Deciding
from tests.ledgers import numbered
from tests.mailbox import Mailbox
from tests.portals import until
from tests.serving import serving
from tests.work import DAY


@pytest.mark.row("B02")
def test_services_that_were_down_when_the_letter_went_out_answer_and_follow_once_they_are_up(
    cities: Cities, city: City, tmp_path: Path
) -> None:
    with Mailbox() as mailbox:
        desk = Deciding.of(cities, city, mailbox)
        case = desk.ripe()
        desk.decides(case, "partnership")
        desk.approved(desk.composed(case, "feasibility_answer"))
        desk.letters.goes_round()
    for _ in range(2):
        with serving("matching", city, folder=tmp_path) as matching:
            until(lambda: (numbered(city), desk.answers(case))[1])
            matching.process.kill()
    assert desk.state(case).status is Status.ANSWERED

    with serving("intake", city, folder=tmp_path):
        until(lambda: (numbered(city), desk.row(case) == (DAY, "partnership"))[1])
        until(lambda: (numbered(city), desk.is_met(case))[1])

    assert desk.answers(case) == 1
    promised = desk.promise(case)
    assert promised is not None
    assert (promised.status, promised.met_on) == (DeadlineStatus.MET, DAY)
