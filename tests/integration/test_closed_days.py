"""Calendars of closed days: adopted as events, read from the log, and counted by at once."""

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

import orjson
import pytest
from click.testing import CliRunner, Result

from apps.cli.__main__ import main
from apps.provisioning.city import Installation, adopt_closed_days
from desk.deadlines.calendar import read_calendar
from desk.deadlines.counting import due
from desk.deadlines.holidays import EDITION
from desk.office import Office
from desk.packs.codes import DeadlineCode
from desk.rules import CalendarUnknown, CalendarUnreadable, NoPackInForce
from eventstore.city import City
from eventstore.protection import Sealed
from eventstore.records import StreamId
from services.administration.declaration import ADMINISTRATION
from services.administration.domain.city import CalendarOfAnotherMunicipality, CalendarVersionReused
from services.administration.projections import SENTENCES
from services.intake.declaration import INTAKE
from tests.cities import Cities

TODAY: Final = date(2026, 11, 22)
RECEIVED: Final = date(2026, 12, 21)
CALENDAR: Final = """
format = 1
municipality = "022012"
version = "2026-12"
effective_from = 2026-12-01
source = "総務部の通知"
status = "seed"

[[closed]]
day = 2026-12-23
reason = "庁舎の停電"
"""
CORRECTED: Final = CALENDAR.replace('"2026-12"', '"2026-12.2"').replace("2026-12-23", "2026-12-25")


@pytest.fixture(params=[ADMINISTRATION, INTAKE], ids=["own", "foreign"])
def office(request: pytest.FixtureRequest, cities: Cities, own_city: City) -> Office:
    """The service that owns the log of calendars, and one that reads it."""
    return cities.office(request.param, own_city)


@pytest.fixture
def own_city(new_city: Callable[..., City]) -> City:
    return new_city("closed")


def adopt(city: City, text: str) -> None:
    calendar = read_calendar(text.encode(), origin="test")
    adopt_closed_days(city, text.encode(), calendar, approver="市長", reference="総第1号")


def first_contact(office: Office) -> date:
    rule = office.rules.in_force(TODAY).deadlines[DeadlineCode.FIRST_CONTACT]
    return due(rule, RECEIVED, office.rules.open_days(TODAY)).due_on


@pytest.mark.row("B15")
def test_what_is_adopted_counts_at_once_for_periods_that_run_already(office: Office, own_city: City) -> None:
    assert first_contact(office) == date(2026, 12, 24)

    adopt(own_city, CALENDAR)

    assert first_contact(office) == date(2026, 12, 25)


@pytest.mark.row("B15")
def test_a_changed_calendar_takes_the_place_of_the_first(office: Office, own_city: City) -> None:
    adopt(own_city, CALENDAR)
    adopt(own_city, CORRECTED)

    open_days = office.rules.open_days(TODAY)
    assert open_days.version == f"2026-12.2/{EDITION}"
    assert open_days.is_open(date(2026, 12, 23))
    assert open_days.why_closed(date(2026, 12, 25)) == "市の定める閉庁日（庁舎の停電）"


@pytest.mark.row("B15", "N12")
def test_what_a_record_names_is_found_again_as_it_was(office: Office, own_city: City) -> None:
    pack = office.rules.in_force(TODAY)
    before = office.rules.open_days(TODAY)
    adopt(own_city, CALENDAR)
    then = office.rules.open_days(TODAY)
    adopt(own_city, CORRECTED)

    assert office.rules.of_digest(pack.digest) == pack
    assert office.rules.open_days_of(pack, before.version) == before
    assert office.rules.open_days_of(pack, then.version) == then
    assert office.rules.open_days_of(pack, "2026-12/jpholiday-0.0.1") == then


def test_a_calendar_or_pack_that_was_never_adopted_is_not_found(office: Office) -> None:
    with pytest.raises(CalendarUnknown):
        office.rules.open_days_of(office.rules.in_force(TODAY), f"2026-12/{EDITION}")
    with pytest.raises(NoPackInForce):
        office.rules.of_digest("ab" * 32)


def test_a_calendar_of_a_later_form_is_waited_for_and_not_passed_over(office: Office, own_city: City) -> None:
    posing = read_calendar(CALENDAR.encode(), origin="test")
    adopt_closed_days(
        own_city, CALENDAR.replace("format = 1", "format = 2").encode(), posing, approver="市長", reference="総第1号"
    )

    with pytest.raises(CalendarUnreadable):
        office.rules.open_days(TODAY)


@pytest.mark.row("B15")
def test_a_calendar_is_in_the_log_with_its_full_bytes_and_told_in_the_timeline(cities: Cities, own_city: City) -> None:
    adopt(own_city, CALENDAR)
    adopt(own_city, CALENDAR)

    recorded = cities.office(ADMINISTRATION, own_city).store.load(StreamId("city", own_city.stream)).events
    adopted = [one for one in recorded if one.type == "ClosedDaysAdopted"]
    assert len(adopted) == 1
    event = adopted[0].event
    assert event.content == CALENDAR
    assert event.digest == sha256(CALENDAR.encode()).hexdigest()
    assert (event.approver, event.approval_reference) == (Sealed("市長"), Sealed("総第1号"))
    told = SENTENCES["ClosedDaysAdopted"]({"calendar_version": "2026-12", "effective_from": "2026-12-01"}, "")
    assert told == "閉庁日の暦2026-12版を採用しました。令和8年12月1日（火）以後の日について有効です。"


def test_another_municipality_s_calendar_is_refused(own_city: City) -> None:
    with pytest.raises(CalendarOfAnotherMunicipality):
        adopt(own_city, CALENDAR.replace("022012", "112089"))


def test_a_changed_calendar_needs_a_new_version(own_city: City) -> None:
    adopt(own_city, CALENDAR)

    with pytest.raises(CalendarVersionReused):
        adopt(own_city, CALENDAR + "# edited\n")


class TestCommandLine:
    @pytest.fixture
    def renkei(self, own_city: City, installation: Installation, tmp_path: Path) -> Callable[[str], Result]:
        file = tmp_path / "closed-days.toml"

        def run(text: str) -> Result:
            file.write_text(text, encoding="utf-8")
            arguments = ["calendar", "adopt", str(file), "--city", own_city.name, "--json"]
            approval = ["--approver", "市長", "--reference", "総第1号"]
            return CliRunner().invoke(main, [*arguments, *approval], env={"RENKEI_HOME": str(installation.home)})

        return run

    @pytest.mark.row("B15")
    def test_a_calendar_is_adopted_from_its_file(self, renkei: Callable[[str], Result]) -> None:
        adopted = renkei(CALENDAR)

        assert adopted.exit_code == 0, adopted.output
        assert orjson.loads(adopted.stdout) == {
            "version": "2026-12",
            "digest": sha256(CALENDAR.encode()).hexdigest(),
            "effective_from": "2026-12-01",
        }

    def test_all_that_is_wrong_with_a_file_is_told_and_nothing_adopted(
        self, renkei: Callable[[str], Result], cities: Cities, own_city: City
    ) -> None:
        wrong = CALENDAR.replace("2026-12-23", "2026-11-23").replace("022012", "022013")

        refused = renkei(wrong.replace("022013", "022012"))
        refused_too = renkei(wrong)

        assert (refused.exit_code, refused_too.exit_code) == (1, 1)
        assert "closed[0].day" in refused.output
        assert "municipality" in refused_too.output
        assert cities.office(INTAKE, own_city).rules.open_days(TODAY).version == f"none/{EDITION}"
