"""Any service can write letters: declared events, a table and the round are all that it takes."""

import pytest

from apps.provisioning.bounces import record_bounce, writes_letters
from apps.provisioning.city import adopt_pack
from desk.letters.state import Status
from desk.packs import load_pack
from eventstore.city import City
from services.administration.declaration import ADMINISTRATION
from services.intake.declaration import INTAKE
from tests.cities import AOMORI, Cities, FrozenClock
from tests.letters import Desk
from tests.mailbox import Mailbox, report
from tests.scribe import SCRIBE


@pytest.fixture
def written(cities: Cities) -> City:
    """A city in which administration and the scribe work, and no other service."""
    city = cities.stripped([ADMINISTRATION, SCRIBE], "scribe")
    content = AOMORI.read_bytes()
    adopt_pack(city, content, load_pack(content, origin="aomori.toml"), approver="市長", reference="企連第1号")
    return city


def test_a_service_that_declares_letters_sends_them_and_hears_what_came_back(
    written: City, cities: Cities, clock: FrozenClock
) -> None:
    with Mailbox() as mailbox:
        mailbox.settings().write(written.folder)
        desk = Desk.of(cities, written, clock, SCRIBE)
        letter_id = desk.approved()

        assert desk.goes_round()

        assert desk.listed(letter_id) == (Status.DISPATCHED, 1)
        (mail,) = mailbox.taken
        assert "審査請求" in mail.pdf_text()
        assert record_bounce(written, report(mail), services=(ADMINISTRATION, SCRIBE)) == letter_id
        desk.follow()
        assert desk.listed(letter_id) == (Status.BOUNCED, 1)


def test_who_writes_letters_is_known_by_the_declared_events() -> None:
    assert [writes_letters(service) for service in (ADMINISTRATION, INTAKE, SCRIBE)] == [False, True, True]
