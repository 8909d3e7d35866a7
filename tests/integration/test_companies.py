"""The register of companies on a real database: found by number and name, told of calls once, ended by themselves."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
import structlog

from apps.provisioning.city import Installation
from desk.access import access_category
from desk.letters.events import CodePurpose, LetterComposed
from desk.letters.refusals import LetterOvertaken
from desk.office import Office
from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound, Refusal
from eventstore.parked import Delivery
from eventstore.records import Recorded, StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.call import CALL
from services.intake.domain.call.commands import CloseCall, DraftCall, OpenCall, ScheduleCall
from services.intake.domain.company.decider import CompanyAlreadyRegistered
from services.intake.domain.party_rules import KindNotTaken
from services.intake.reactions.companies import NoticeRound
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from services.intake.service.companies import CompanyWindow
from services.intake.service.letters import LetterWindow
from tests.calls import DEPARTMENTS, SUBJECTS, TEXT
from tests.cities import AOMORI, Cities, FrozenClock
from tests.companies import NUMBER, OTHER_NUMBER, stated
from tests.later import InBetween, later
from tests.ledgers import connected, numbered
from tests.letters import APPROVAL
from tests.portals import MINIMAL, admitted, as_body, proposal
from tests.tokens import token_of

LETTERS: Final = re.compile(r"^\[letters\..*?(?=^\[(?!letters\.)|\Z)", re.MULTILINE | re.DOTALL)
"""The sections of a pack about letters."""
CONNECTIONS: Final = 8
"""What an office has at most."""
FOLLOWED: Final = ("companies", "call_notices", "letters")


class Windows(CompanyWindow, LetterWindow):
    """What intake's service offers about companies and their letters."""


@dataclass(slots=True)
class Desk:
    """The desk of a city of its own, where nothing follows by itself until `settle`."""

    office: Office
    clock: FrozenClock
    round: NoticeRound

    def call(self, method: str, role: str = "desk_chief", command_id: UUID | None = None, **arguments: Any) -> Any:
        """What a method of the service answers, as if it were called by RPC."""
        service: Any = Windows()
        service.desk = SimpleNamespace(office=self.office)
        service.token = token_of(self.office.city, role, issued=self.clock())
        if not method.startswith(("get_", "list_", "find_")):
            arguments["command_id"] = str(command_id or uuid4())
        return getattr(service, method)(**arguments)

    def registered(self, *, wants_notices: bool = True, **profile: Any) -> str:
        """A company's id; its number is its own unless one is named."""
        profile = {"number": None, **profile}
        company_id: str = self.call("register_company", wants_notices=wants_notices, **stated(**profile))["company_id"]
        return company_id

    def opened_call(self, *subjects: str) -> UUID:
        """A call that has just opened."""
        call_id, now = uuid4(), self.clock()
        InBetween(self.office).does(
            CALL,
            call_id,
            DraftCall(text=replace(TEXT, subjects=subjects), departments=DEPARTMENTS, subjects=SUBJECTS),
            ScheduleCall(
                at=now - timedelta(days=1),
                opens_at=now,
                closes_at=now + timedelta(days=30),
                approver="市長",
                approval_reference="企連第2号",
            ),
            OpenCall(at=now),
        )
        return call_id

    def settle(self) -> None:
        """Follows the log, and goes the round, until nothing follows any more."""
        while self.follow() or self.go_round():
            continue

    def go_round(self) -> int:
        """Writes every notice that is owed; how many that were."""
        written = 0
        while self.round.step():
            written += 1
        return written

    def follow(self) -> int:
        """Lets the lists follow what is in the log by now."""
        followed = [one for one in self.office.followers if one.subscription.name in FOLLOWED]
        return numbered(self.office.city) + sum(one.step() for one in followed)

    def owed(self, call_id: UUID) -> int:
        """How many companies are still to be told of a call."""
        told: int = self.call("list_call_notices", call_id=str(call_id))["owed"]
        return told

    def notices(self, company_id: str) -> list[tuple[Recorded, ...]]:
        """The letters that tell a company of calls, each with its events."""
        events = self.office.store.load(StreamId("company", UUID(company_id))).events
        letters = [one.event.letter_id for one in events if one.type == "CallNoticed"]
        return [self.office.store.load(StreamId("intake_letter", letter)).events for letter in letters]

    def letters_in_all(self) -> int:
        """How many letters there are."""
        self.settle()
        return len(self.call("list_letters", limit=200)["items"])


@pytest.fixture(scope="module")
def desk(cities: Cities, city: City) -> Desk:
    """The desk, at noon."""
    clock = FrozenClock()
    office = cities.office(INTAKE, city, clock)
    return Desk(office, clock, NoticeRound(office))


@pytest.fixture(scope="module")
def portal(desk: Desk, installation: Installation, city: City) -> Any:
    """What a portal's message is answered."""
    admitted(installation, city, "notices-portal")
    reactions = portal_reactions(desk.office, Reception(desk.office))

    def ask(message: dict[str, Any]) -> Any:
        message = {**message, "source": "/portals/notices-portal"}
        delivery = Delivery(
            body=as_body(message),
            content_type="application/json",
            routing_key=message["type"],
            user_id="notices-portal",
        )
        return reactions.answer(delivery).event

    return ask


class TestRegister:
    @pytest.mark.row("B18")
    def test_a_company_is_found_by_number_and_by_any_way_of_its_name_with_its_proposals(
        self, desk: Desk, portal: Any
    ) -> None:
        company_id = desk.registered(name="株式会社みつけもの", number=NUMBER)
        of_it = {**MINIMAL["proposer"], "name": "みつけもの（株）", "kind": "organisation"}
        told = portal(proposal(proposer=of_it))["data"]

        by_number = desk.call("find_companies", corporate_number="４０１１００１０９８９９３")
        by_name = desk.call("find_companies", name="㈱みつけもの")

        assert [(one["company_id"], one["agrees"]) for one in by_number["companies"]] == [(company_id, "number")]
        assert [(one["company_id"], one["agrees"]) for one in by_name["companies"]] == [(company_id, "name")]
        assert [one["proposal_id"] for one in by_name["proposals"]] == [told["proposal_id"]]
        assert [_openings_of(desk.office, one) for one in (company_id, told["proposal_id"])] == [2, 1]

    def test_a_number_stands_in_the_register_once_until_it_is_removed(self, desk: Desk) -> None:
        first = desk.registered(number=OTHER_NUMBER)
        other = desk.registered(name="別の会社")
        again = partial(desk.registered, name="別の名", number=OTHER_NUMBER)
        with pytest.raises(CompanyAlreadyRegistered):
            again()
        with pytest.raises(CompanyAlreadyRegistered):
            desk.call("change_company", company_id=other, **stated(number=OTHER_NUMBER))

        desk.call("remove_company", company_id=first, reason="廃業のため")
        assert again() != first

    def test_two_clerks_at_once_enter_one_company(self, desk: Desk) -> None:
        def enter(_: int) -> str | None:
            try:
                return desk.registered(number="2120901007402")
            except CompanyAlreadyRegistered:
                return None

        with ThreadPoolExecutor(4) as clerks:
            entered = list(clerks.map(enter, range(4)))
        assert len([one for one in entered if one]) == 1

    def test_the_same_command_again_is_the_same_company(self, desk: Desk) -> None:
        command_id, profile = uuid4(), stated(number="7010705000725")
        first = desk.call("register_company", command_id=command_id, wants_notices=False, **profile)
        assert desk.call("register_company", command_id=command_id, wants_notices=False, **profile) == first

    def test_individuals_are_sent_on_as_the_pack_says(self, desk: Desk) -> None:
        individual = stated(proposer={"kind": "individual", "name": "成田 一郎"})
        with pytest.raises(KindNotTaken, match="広聴"):
            desk.call("register_company", wants_notices=False, **individual)

    def test_the_list_knows_subjects_and_no_names_and_an_opening_is_on_record(self, desk: Desk) -> None:
        company_id = desk.registered(name="雪の会社", subjects=["snow", "digital"])
        desk.settle()
        listed = desk.call("list_companies", subject="snow", limit=200)["items"]
        assert company_id in [one["company_id"] for one in listed]
        assert all("snow" in one["subjects"] for one in listed)
        assert "雪の会社" not in str(listed)

        opened = desk.call("get_company", company_id=company_id, purpose="連絡のため")
        assert (opened["company_name"], opened["closed"]) == ("雪の会社", [])
        assert _openings_of(desk.office, company_id) == 1

    def test_who_may_not_read_the_register_learns_of_no_company(self, desk: Desk) -> None:
        company_id = desk.registered()
        with pytest.raises(NotFound):
            desk.call("get_company", role="department_officer", company_id=company_id)

    def test_nothing_to_look_for_is_refused(self, desk: Desk) -> None:
        with pytest.raises(InvalidMessage) as refused:
            desk.call("find_companies")
        assert [error.code for error in refused.value.errors] == ["number_or_name_required"]


class TestNotices:
    @pytest.mark.row("S16")
    @pytest.mark.row("B18")
    def test_whoever_takes_an_interest_is_told_of_a_call_that_opens(self, desk: Desk) -> None:
        interested, other = desk.registered(subjects=["tourism"]), desk.registered(subjects=["digital"])
        quiet = desk.registered(subjects=["tourism"], wants_notices=False)
        call_id = desk.opened_call("tourism", "snow")
        desk.settle()

        assert [len(desk.notices(one)) for one in (interested, other, quiet)] == [1, 0, 0]
        ((recorded,),) = desk.notices(interested)
        composed: LetterComposed = recorded.event
        assert composed.title.reveal() == "「冬の観光の課題」について"
        text = "\n".join(composed.body.reveal())
        assert "冬に訪れる人が減っています。" in text
        assert "令和8年11月22日（日）12時00分から" in text
        assert "分野：観光・交流、雪対策" in text
        assert composed.address.reveal() == "h@yuki.example.jp"
        listed = desk.call("list_call_notices", call_id=str(call_id))["items"]
        assert (str(recorded.stream.id), interested) in [(one["letter_id"], one["company_id"]) for one in listed]

    @pytest.mark.row("S10")
    def test_a_call_without_subjects_is_told_to_all_who_want_notices(self, desk: Desk) -> None:
        told = [desk.registered(subjects=["digital"]), desk.registered(subjects=[])]
        desk.opened_call()
        desk.settle()
        assert [len(desk.notices(one)) for one in told] == [1, 1]

    def test_a_company_that_came_after_the_opening_is_not_told_however_late_it_is_followed(self, desk: Desk) -> None:
        desk.settle()
        desk.opened_call("snow")
        company_id = desk.registered(subjects=["snow"])
        desk.settle()
        assert desk.notices(company_id) == []

    def test_a_list_built_again_from_the_first_position_writes_no_second_letter(self, desk: Desk) -> None:
        company_id = desk.registered(subjects=["snow"])
        desk.opened_call("snow")
        desk.settle()
        before = desk.letters_in_all()
        (companies,) = (one for one in desk.office.followers if one.subscription.name == "companies")

        companies.rebuild()
        desk.settle()

        assert (len(desk.notices(company_id)), desk.letters_in_all()) == (1, before)

    def test_what_was_written_is_not_written_again_where_the_list_does_not_know_it_yet(self, desk: Desk) -> None:
        company_id = desk.registered(subjects=["snow"])
        desk.opened_call("snow")
        _listed(desk)
        desk.go_round()
        (companies,) = (one for one in desk.office.followers if one.subscription.name == "companies")

        companies.rebuild()
        desk.go_round()

        assert len(desk.notices(company_id)) == 1

    def test_several_processes_at_once_write_one_letter_to_each(self, desk: Desk) -> None:
        told = [desk.registered(subjects=["snow"]) for _ in range(12)]
        call_id = desk.opened_call("snow")
        _listed(desk)
        owed = desk.owed(call_id)

        with ThreadPoolExecutor(4) as processes:
            for done in [processes.submit(_until_nothing, NoticeRound(desk.office)) for _ in range(4)]:
                done.result()

        assert (owed >= len(told), desk.owed(call_id)) == (True, 0)
        assert [len(desk.notices(one)) for one in told] == [1] * len(told)

    def test_whoever_had_enough_meanwhile_is_not_told(self, desk: Desk) -> None:
        company_id = desk.registered(subjects=["snow"])
        call_id = desk.opened_call("snow")
        _listed(desk)
        desk.call("end_notices", company_id=company_id)  # the list does not know it yet

        desk.go_round()

        assert desk.notices(company_id) == []
        assert desk.owed(call_id) == 0

    def test_nobody_is_invited_to_a_call_that_has_closed_meanwhile(self, desk: Desk) -> None:
        company_id = desk.registered(subjects=["snow"])
        call_id = desk.opened_call("snow")
        _listed(desk)
        assert desk.owed(call_id) > 0
        InBetween(desk.office).does(CALL, call_id, CloseCall(at=desk.clock() + timedelta(days=30)))

        _listed(desk)
        assert desk.owed(call_id) == 0
        desk.settle()
        assert desk.notices(company_id) == []

    def test_nobody_is_invited_after_the_closing_where_nobody_has_recorded_that_it_closed(self, desk: Desk) -> None:
        company_id = desk.registered(subjects=["snow"])
        call_id = desk.opened_call("snow")
        _listed(desk)
        noon, desk.clock.instant = desk.clock.instant, desk.clock.instant + timedelta(days=30)
        try:
            desk.go_round()
        finally:
            desk.clock.instant = noon
        assert (desk.owed(call_id), desk.notices(company_id)) == (0, [])

    def test_the_notices_of_whom_nothing_reaches_any_more_end_and_nobody_else_waits_for_that(
        self, desk: Desk, cities: Cities, city: City
    ) -> None:
        erased, other = desk.registered(subjects=["snow"]), desk.registered(subjects=["snow"])
        (registered,) = desk.office.store.load(StreamId("company", UUID(erased))).events
        subjects = [registered.event.contact_id, registered.event.company_id]
        with connected(cities.administrator_url(city)) as administrator:
            administrator.execute("DELETE FROM data_keys_intake WHERE subject = ANY(%s)", (subjects,))
        call_id = desk.opened_call("snow")
        desk.settle()

        ended = desk.office.store.load(StreamId("company", UUID(erased))).events[-1]
        assert (ended.type, ended.actor.role) == ("NoticesEnded", "system")
        assert (desk.owed(call_id), len(desk.notices(other))) == (0, 1)

    def test_a_fault_puts_off_one_company_longer_each_time_and_nobody_else(self, desk: Desk) -> None:
        faulty, other = desk.registered(subjects=["snow"]), desk.registered(subjects=["snow"])
        call_id = desk.opened_call("snow")
        _listed(desk)
        with desk.office.database.connection() as connection:
            connection.execute(
                "UPDATE intake_companies SET owed = array_prepend(%s, owed) WHERE company_id = %s", (uuid4(), faulty)
            )

        with structlog.testing.capture_logs():
            desk.go_round()
        assert [len(desk.notices(one)) for one in (faulty, other)] == [0, 1]
        assert _put_off(desk, faulty) == (1, "fault", timedelta(seconds=1))
        assert _waiting(desk) == [("fault", 2)]
        assert desk.go_round() == 0, "it does not run hot"

        desk.clock.advance(timedelta(seconds=1))
        with structlog.testing.capture_logs():
            desk.go_round()
        assert (len(desk.notices(faulty)), desk.owed(call_id)) == (1, 0)
        desk.clock.advance(timedelta(seconds=1))
        with structlog.testing.capture_logs():
            desk.go_round()
        assert _put_off(desk, faulty) == (2, "fault", timedelta(seconds=2))
        desk.call("end_notices", company_id=faulty)
        _listed(desk)
        assert _waiting(desk) == []

    def test_the_round_asks_for_no_second_connection(self, desk: Desk) -> None:
        company_id = desk.registered(subjects=["snow"])
        desk.opened_call("snow")
        _listed(desk)
        with ExitStack() as held:
            for _ in range(CONNECTIONS - 1):
                held.enter_context(desk.office.database.connection())
            desk.go_round()
        assert len(desk.notices(company_id)) == 1

    def test_a_company_without_mail_gets_it_by_post(self, desk: Desk) -> None:
        contact = {"name": "長谷川 美咲", "phone": "017-700-7777"}
        company_id = desk.registered(subjects=["snow"], contact=contact)
        desk.opened_call("snow")
        desk.settle()
        ((recorded,),) = desk.notices(company_id)
        assert (recorded.event.means, recorded.event.address.reveal()) == ("post", "青森市架空一丁目")


class TestEnd:
    @pytest.mark.row("B18")
    def test_a_company_ends_its_notices_by_itself_with_the_code_of_one(self, desk: Desk, portal: Any) -> None:
        company_id, code = _told_and_approved(desk)
        message = _end(code)

        first, again = portal(message), portal(message)

        assert (first["type"], first["data"]["matter"]) == ("SubmissionAccepted", "notices_end")
        assert first == again
        events = desk.office.store.load(StreamId("company", UUID(company_id))).events
        assert [one.type for one in events][-1] == "NoticesEnded"
        desk.opened_call("snow")
        desk.settle()
        assert len(desk.notices(company_id)) == 1

    def test_a_code_ends_them_once_and_nothing_else_does(self, desk: Desk, portal: Any) -> None:
        _, code = _told_and_approved(desk)
        assert portal(_end(code))["type"] == "SubmissionAccepted"
        for wrong in (code, "0000-0000-0000-0000"):
            assert [(one["field"], one["code"]) for one in portal(_end(wrong))["data"]["errors"]] == [
                ("proof", "proof_not_accepted")
            ]

    def test_a_code_of_a_proposals_letter_ends_no_notices(self, desk: Desk, portal: Any) -> None:
        told = portal(proposal())["data"]
        code = InBetween(desk.office).code(told["proposal_id"], CodePurpose.NOTICES_END)
        refused = portal(_end(code))["data"]["errors"]
        assert [(one["field"], one["code"]) for one in refused] == [("proof", "proof_not_accepted")]

    def test_the_desk_ends_and_begins_them_as_it_is_asked(self, desk: Desk) -> None:
        company_id = desk.registered()
        assert len(desk.call("end_notices", company_id=company_id)["events"]) == 1
        assert desk.call("end_notices", company_id=company_id)["events"] == []
        assert len(desk.call("want_notices", company_id=company_id)["events"]) == 1


def test_a_notice_that_a_company_does_not_want_any_more_or_that_would_go_elsewhere_is_not_approved(desk: Desk) -> None:
    ended, moved = desk.registered(subjects=["snow"]), desk.registered(subjects=["snow"])
    removed, late = desk.registered(subjects=["snow"]), desk.registered(subjects=["snow"])
    desk.opened_call("snow")
    desk.settle()
    profile = stated(number=None, subjects=["snow"])
    contact = {**profile["contact"], "email": "moved@yuki.example.jp"}
    desk.call("end_notices", company_id=ended)
    desk.call("change_company", company_id=moved, **{**profile, "contact": contact})
    desk.call("remove_company", company_id=removed, reason="お申出")

    def approve(company_id: str) -> None:
        ((recorded,),) = desk.notices(company_id)
        approval = replace(APPROVAL, document_number=f"企連第{recorded.stream.id}号")
        desk.call("approve_letter", letter_id=str(recorded.stream.id), **asdict(approval))

    for company_id in (ended, moved, removed):
        with pytest.raises(LetterOvertaken):
            approve(company_id)
    desk.clock.advance(timedelta(days=31))
    with pytest.raises(LetterOvertaken):
        approve(late)


def _end(code: str) -> dict[str, Any]:
    return later("NoticesEndSubmitted", proof={"one_time_code": code})


def _told_and_approved(desk: Desk) -> tuple[str, str]:
    """A company that was told of a call, and the code that it read."""
    company_id = desk.registered(subjects=["snow"])
    desk.opened_call("snow")
    desk.settle()
    ((recorded,),) = desk.notices(company_id)
    approval = replace(APPROVAL, document_number=f"企連第{recorded.stream.id.int % 10**9}号")
    desk.call("approve_letter", letter_id=str(recorded.stream.id), **asdict(approval))
    code: str = recorded.event.code.reveal()
    return company_id, code


def _openings_of(office: Office, record_id: str) -> int:
    with office.database.connection() as connection:
        rows = connection.execute(
            "SELECT stream_id FROM events_intake WHERE category = %s", (access_category("intake"),)
        ).fetchall()
    events = [office.store.load(StreamId(access_category("intake"), one)).events[0].event for (one,) in rows]
    return sum(str(event.record_id) == record_id for event in events)


def _put_off(desk: Desk, company_id: str) -> tuple[int, str, timedelta]:
    """How often a company's notice was put off, by what, and for how long from now."""
    with desk.office.database.connection() as connection:
        row = connection.execute(
            "SELECT tries, code, again_at FROM intake_companies WHERE company_id = %s", (company_id,)
        ).fetchone()
    assert row is not None
    tries, code, again_at = row
    return tries, code, again_at - desk.clock()


def _waiting(desk: Desk) -> list[tuple[str, int]]:
    """The notices that wait, as the watch counts them: by what put them off."""
    with connected(desk.office.city.databases["watch"]) as watch:
        return watch.execute("SELECT code, count FROM intake_waiting WHERE what = 'notices'").fetchall()


def _listed(desk: Desk) -> None:
    """Lets the list of companies follow the log, while nobody goes the round."""
    while desk.follow():
        continue


def _until_nothing(notices: NoticeRound) -> None:
    while notices.step():
        continue


@pytest.mark.row("S16")
def test_a_pack_without_the_letter_lets_notices_wait_and_shows_how_many(
    desk: Desk, cities: Cities, tmp_path: Path
) -> None:
    pack_file = tmp_path / "no_letters.toml"
    pack_file.write_text(LETTERS.sub("", AOMORI.read_text(encoding="utf-8")), encoding="utf-8")
    office = cities.office(INTAKE, cities.new("no_letters", pack_file), desk.clock)
    mute = Desk(office, desk.clock, NoticeRound(office))
    company_id = mute.registered(subjects=[])
    call_id = mute.opened_call()
    with structlog.testing.capture_logs() as logged:
        mute.settle()

    assert (mute.owed(call_id), mute.notices(company_id)) == (1, [])
    assert [one["event"] for one in logged if one["log_level"] == "warning"] == [
        "notices wait: the pack in force has no such letter"
    ]


def test_a_refusal_leaves_nothing_behind(desk: Desk) -> None:
    command_id = uuid4()
    with pytest.raises(Refusal):
        desk.call("register_company", command_id=command_id, wants_notices=True, **stated(subjects=["harbour"]))
    assert desk.call("register_company", command_id=command_id, wants_notices=True, **stated(number=None))["events"]
