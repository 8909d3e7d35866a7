"""Calls on real servers: proposals and questions to the second, opened and closed by their timers, told to all."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from apps.provisioning.city import Installation
from desk.office import Office
from desk.timers import TimerRound
from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound, Refusal
from eventstore.execution import VersionExpected
from eventstore.parked import Delivery
from eventstore.records import Actor, Code, Recorded, StreamId
from services.intake.counter import CounterDesk, Entered
from services.intake.declaration import INTAKE
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.outcomes import WithdrawProposal
from services.intake.reactions.calls import CALL_ALARMS
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from services.intake.service.call_questions import CallQuestionWindow
from services.intake.service.calls import CallWindow
from services.intake.service.ideas import IdeaWindow
from tests.calls import CLOSES, DAY, OPENS, SECOND
from tests.cities import Cities, FrozenClock
from tests.later import InBetween
from tests.ledgers import numbered
from tests.portals import MINIMAL, admitted, as_body, proposal
from tests.tokens import token_of

CITY_RUN, OTHER_PORTAL = "city-portal", "calls-portal"
DAYS_BEFORE: Final = OPENS - timedelta(days=9)
TITLE: Final = "冬の観光の課題"
TEXT: Final = {
    "aim": "selects_partners",
    "department": "tourism",
    "purposes": ["regional_vitality"],
    "title": TITLE,
    "issue": "冬に訪れる人が減っています。",
}
ASKER: Final = {"name": "成田 一郎", "phone": "017-700-7777"}
TO_THE_SECOND: Final = pytest.mark.parametrize(
    ("at", "expected"),
    [
        (OPENS - SECOND, [("call_id", "call_unknown")]),
        (OPENS, []),
        (CLOSES - SECOND, []),
        (CLOSES, [("call_id", "call_closed")]),
    ],
    ids=["a second before the opening", "at the opening", "a second before the closing", "at the closing"],
)


class CallWindows(CallWindow, CallQuestionWindow, IdeaWindow):
    """Everything that intake's service offers about calls."""


class Desk:
    """The desk of one city at a time that a test sets: its windows, its portals, its timers."""

    def __init__(self, office: Office, clock: FrozenClock) -> None:
        self.office, self.clock = office, clock
        self.reactions = portal_reactions(office, Reception(office))
        self.counter = CounterDesk(office, Reception(office))
        self.timers = TimerRound(office, CALL_ALARMS)

    def call(self, method: str, role: str = "desk_chief", command_id: UUID | None = None, **arguments: Any) -> Any:
        """What a method of the service answers, as if it were called by RPC."""
        service: Any = CallWindows()
        service.desk = SimpleNamespace(office=self.office)
        service.token = token_of(self.office.city, role, issued=self.clock())
        if not method.startswith(("get_", "list_")):
            arguments["command_id"] = str(command_id or uuid4())
        return getattr(service, method)(**arguments)

    def catch_up(self) -> None:
        """Numbers the log and lets the projections follow it."""
        numbered(self.office.city)
        for follower in self.office.followers:
            if follower.subscription.name in ("calls", "call_questions", "timers"):
                while follower.step():
                    continue

    def let_timers_go(self) -> None:
        """Lets everything that is due go off, as often as it takes."""
        self.catch_up()
        while self.timers.step():
            self.catch_up()

    def drafted(self, **text: Any) -> str:
        """A call's id, drafted at the clock's instant."""
        return str(self.call("draft_call", **{**TEXT, **text})["call_id"])

    def scheduled(self, **text: Any) -> str:
        """A call's id, decided days before it opens."""
        self.clock.instant = DAYS_BEFORE
        call_id = self.drafted(**text)
        self.schedule(call_id)
        return call_id

    def schedule(self, call_id: str, opens_at: datetime = OPENS, closes_at: datetime = CLOSES) -> Any:
        """The decision on a schedule."""
        return self.call(
            "schedule_call",
            call_id=call_id,
            opens_at=opens_at.isoformat(),
            closes_at=closes_at.isoformat(),
            approver="市長",
            approval_reference="企連第9号",
        )

    def submit(self, message: dict[str, Any], portal: str = OTHER_PORTAL) -> dict[str, Any]:
        """What a portal is answered."""
        delivery = Delivery(
            body=as_body({**message, "source": f"/portals/{portal}"}),
            content_type="application/json",
            routing_key=message["type"],
            user_id=portal,
        )
        return self.reactions.answer(delivery).event

    def events(self, call_id: str) -> tuple[Recorded, ...]:
        """What has happened to a call."""
        return self.office.store.load(StreamId("call", UUID(call_id))).events

    def types(self, call_id: str) -> list[str]:
        """The types of what has happened to a call."""
        return [recorded.type for recorded in self.events(call_id)]


@pytest.fixture(scope="module")
def desk(cities: Cities, city: City, installation: Installation) -> Desk:
    """A desk with a portal that the city runs, and another."""
    for portal in (CITY_RUN, OTHER_PORTAL):
        admitted(installation, city, portal)
    clock = FrozenClock()
    return Desk(cities.office(INTAKE, city, clock), clock)


def to(call_id: str, **envelope: Any) -> dict[str, Any]:
    """A proposal to a call."""
    return proposal(kind="call", call_id=call_id) | envelope


def errors(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in answer["data"].get("errors", [])]


class TestProposals:
    @pytest.mark.row("S16")
    @TO_THE_SECOND
    @pytest.mark.parametrize("prompt", [True, False], ids=["the timer was there", "the timer is late"])
    def test_a_call_takes_proposals_from_opening_until_closing(
        self, desk: Desk, at: datetime, expected: list[Any], prompt: bool
    ) -> None:
        call_id = desk.scheduled()
        desk.clock.instant = at
        if prompt:
            desk.let_timers_go()

        assert errors(desk.submit(to(call_id))) == expected

    @pytest.mark.row("S16")
    @TO_THE_SECOND
    def test_for_a_portal_that_the_city_runs_its_own_instant_decides(
        self, desk: Desk, at: datetime, expected: list[Any]
    ) -> None:
        call_id = desk.scheduled()
        desk.clock.instant = CLOSES + timedelta(days=3)
        desk.let_timers_go()
        late = [("call_id", "call_closed")]

        assert errors(desk.submit(to(call_id, time=at.isoformat()), CITY_RUN)) == expected
        assert errors(desk.submit(to(call_id, time=at.isoformat()))) == late

    @pytest.mark.row("S16")
    @TO_THE_SECOND
    def test_what_came_by_post_counts_when_it_came(self, desk: Desk, at: datetime, expected: list[Any]) -> None:
        call_id = desk.scheduled()
        desk.clock.instant = CLOSES + timedelta(days=3)
        submission = {**MINIMAL, "kind": "call", "call_id": call_id}
        stated = {
            "command_id": str(uuid4()),
            "channel": "post",
            "received_at": at.isoformat(),
            "reason": "郵便の到達日時で記録するため",
        }

        told = entered(desk, Entered(submission, stated))

        assert told == expected

    def test_a_closed_call_says_when_it_closed_in_the_city_s_own_time(self, desk: Desk) -> None:
        call_id = desk.scheduled()
        desk.clock.instant = CLOSES

        (told,) = desk.submit(to(call_id))["data"]["errors"]

        assert told["message"] == "この募集は、令和8年12月25日（金）17時00分に締め切りました。"

    def test_a_call_that_is_not_public_is_told_as_one_that_does_not_exist(self, desk: Desk) -> None:
        desk.clock.instant = DAYS_BEFORE
        drafted, scheduled = desk.drafted(), desk.scheduled()

        told = [desk.submit(to(call_id))["data"] for call_id in (str(uuid4()), drafted, scheduled)]

        assert told[0] == told[1] == told[2]
        assert told[0]["errors"][0]["code"] == "call_unknown"

    def test_a_submission_keeps_its_first_answer_after_the_closing(self, desk: Desk) -> None:
        call_id = desk.scheduled()
        message = to(call_id)
        desk.clock.instant = CLOSES - SECOND
        first = desk.submit(message)

        desk.clock.instant = CLOSES + SECOND
        desk.let_timers_go()

        assert first["type"] == "ProposalReceived"
        assert desk.submit(message) == first
        assert errors(desk.submit(to(call_id))) == [("call_id", "call_closed")]

    def test_what_was_refused_before_the_opening_may_come_again_under_the_same_id(self, desk: Desk) -> None:
        call_id = desk.scheduled()
        message = to(call_id)
        desk.clock.instant = OPENS - SECOND

        assert errors(desk.submit(message)) == [("call_id", "call_unknown")]
        desk.clock.instant = OPENS
        assert errors(desk.submit(message)) == []


def entered(desk: Desk, entry: Entered) -> list[tuple[str, str]]:
    """What staff are told of an entry: its errors, none where it is received."""
    try:
        desk.counter.enter_proposal(entry, Actor(id=uuid4(), role=Code("desk_chief")))
    except InvalidMessage as refused:
        return [(error.field, error.code) for error in refused.errors]
    return []


class TestTimers:
    @pytest.mark.row("S16")
    def test_a_call_opens_and_closes_by_itself_and_once(self, desk: Desk) -> None:
        call_id = desk.scheduled()
        desk.clock.instant = OPENS - SECOND
        desk.let_timers_go()
        assert "CallOpened" not in desk.types(call_id)

        for instant, last in ((OPENS, "CallOpened"), (CLOSES - SECOND, "CallOpened"), (CLOSES, "CallClosed")):
            desk.clock.instant = instant
            desk.let_timers_go()
            assert desk.types(call_id)[-1] == last

        assert desk.types(call_id) == ["CallDrafted", "CallScheduled", "CallOpened", "CallClosed"]
        assert desk.events(call_id)[2].event.title == TITLE
        assert desk.events(call_id)[-1].event.closed_at == CLOSES

    def test_a_desk_that_was_down_all_the_time_opens_and_closes_it_afterwards(self, desk: Desk) -> None:
        call_id = desk.scheduled()
        desk.clock.instant = CLOSES + timedelta(days=2)

        desk.let_timers_go()

        assert desk.types(call_id)[-2:] == ["CallOpened", "CallClosed"]

    def test_an_extended_call_closes_at_its_new_instant(self, desk: Desk) -> None:
        call_id = desk.scheduled()
        desk.clock.instant = CLOSES - SECOND
        desk.let_timers_go()
        later = CLOSES + timedelta(days=1)
        desk.call("extend_call", call_id=call_id, closes_at=later.isoformat(), explanation="大雪のため")

        desk.clock.instant = CLOSES
        while desk.timers.step():  # before the projection has heard of the extension
            continue
        desk.let_timers_go()
        assert desk.types(call_id)[-1] == "CallExtended"

        desk.clock.instant = later
        desk.let_timers_go()
        assert desk.events(call_id)[-1].event.closed_at == later

    def test_a_revised_call_does_not_open_as_it_was_decided_before(self, desk: Desk) -> None:
        call_id = desk.scheduled()
        desk.catch_up()
        desk.call("revise_call", call_id=call_id, **{**TEXT, "title": "改めた課題"})

        desk.clock.instant = OPENS
        while desk.timers.step():  # before the projection has heard of the revision
            continue
        desk.let_timers_go()

        assert desk.types(call_id) == ["CallDrafted", "CallScheduled", "CallRevised"]


class TestConfidence:
    @pytest.mark.row("S16")
    def test_nothing_tells_a_call_s_text_in_clear_before_it_opens(self, desk: Desk, cities: Cities, city: City) -> None:
        call_id = desk.scheduled()
        desk.catch_up()

        with psycopg.connect(cities.administrator_url(city)) as connection:
            rows = connection.execute("SELECT record FROM events WHERE stream_id = %s", (call_id,)).fetchall()
        listed = row_of(desk, call_id)

        assert len(rows) == 2
        assert all("冬".encode() not in record and b"\\u51ac" not in record for (record,) in rows)
        assert (listed["status"], listed["title"], listed["issue"]) == ("scheduled", None, None)

    @pytest.mark.row("S16")
    def test_from_its_opening_on_the_list_tells_what_is_public(self, desk: Desk) -> None:
        call_id = desk.scheduled()
        desk.clock.instant = OPENS
        desk.let_timers_go()

        row = row_of(desk, call_id)

        assert (row["status"], row["title"], row["issue"]) == ("open", TITLE, TEXT["issue"])
        assert (row["opens_at"], row["closes_at"]) == ("2026-12-01T00:00:00Z", "2026-12-25T08:00:00Z")

    def test_an_officer_without_the_right_is_told_the_same_as_for_a_call_that_is_not_there(self, desk: Desk) -> None:
        call_id = desk.scheduled()

        for sought in (call_id, str(uuid4())):
            with pytest.raises(NotFound) as told:
                desk.call("get_call", "administrator", call_id=sought)
            assert told.value.args == NotFound().args

    def test_who_opens_a_call_is_on_record(self, desk: Desk, cities: Cities, city: City) -> None:
        call_id = desk.scheduled()

        told = desk.call("get_call", call_id=call_id, purpose="審査のため")

        with psycopg.connect(cities.administrator_url(city)) as connection:
            found = connection.execute(
                "SELECT count(*) FROM events WHERE type = 'RecordOpened' AND convert_from(record, 'UTF8') LIKE %s",
                (f"%{call_id}%",),
            ).fetchone()
        assert (told["title"], told["status"], told["opens_at"]) == (TITLE, "scheduled", "2026-12-01T00:00:00Z")
        assert found == (1,)


def row_of(desk: Desk, call_id: str) -> dict[str, Any]:
    """What the list tells of a call."""
    (row,) = (item for item in desk.call("list_calls", limit=200)["items"] if item["call_id"] == call_id)
    told: dict[str, Any] = row
    return told


@pytest.mark.row("S16")
def test_the_list_tells_of_a_draft_that_there_is_one_and_when_it_opens_and_get_call_the_rest(desk: Desk) -> None:
    call_id = desk.scheduled()
    desk.catch_up()
    about = ("aim", "department", "purposes", "subjects")

    row = row_of(desk, call_id)
    assert {name for name, value in row.items() if value is not None} == {
        "call_id", "version", "status", "opens_at", "closes_at", "recorded_at",
    }  # fmt: skip
    opened = desk.call("get_call", call_id=call_id)
    assert [opened[name] for name in about] == ["selects_partners", "tourism", ["regional_vitality"], []]

    desk.clock.instant = OPENS
    desk.let_timers_go()
    assert [row_of(desk, call_id)[name] for name in about] == [opened[name] for name in about]


class TestQuestions:
    @pytest.mark.row("S10")
    def test_what_one_asks_all_are_told_and_nobody_who_asked(self, desk: Desk) -> None:
        call_id = desk.scheduled()
        desk.clock.instant = OPENS
        desk.let_timers_go()
        asked = desk.call("ask_question", call_id=call_id, question="当社の装置でも？", contact=ASKER)
        desk.call(
            "answer_question",
            call_id=call_id,
            question_id=asked["question_id"],
            question="持込みの装置は使えますか。",
            answer="使えます。",
        )
        desk.catch_up()

        for role in ("desk_officer", "desk_chief"):
            (row,) = desk.call("list_questions", role, call_id=call_id)["items"]
            assert (row["question"], row["answer"]) == ("持込みの装置は使えますか。", "使えます。")
            assert "成田" not in str(row)
        (kept,) = desk.call("get_call", call_id=call_id)["questions"]
        assert kept["asker"]["contact"]["name"] == "成田 一郎"

    @pytest.mark.row("S16")
    @pytest.mark.parametrize(
        ("asked_at", "code"),
        [(OPENS - SECOND, "call_unknown"), (OPENS, None), (CLOSES - SECOND, None), (CLOSES, "call_closed")],
    )
    def test_a_question_counts_when_it_came(self, desk: Desk, asked_at: datetime, code: str | None) -> None:
        call_id = desk.scheduled()
        desk.clock.instant = CLOSES + timedelta(days=1)
        desk.let_timers_go()
        arguments = {"call_id": call_id, "question": "いつまで？", "contact": ASKER, "asked_at": asked_at.isoformat()}

        assert refused(desk, "ask_question", reason="電話で受けたため", **arguments) == code


def refused(desk: Desk, method: str, **arguments: Any) -> str | None:
    """The code with which a command is refused; None where it is carried out."""
    try:
        desk.call(method, **arguments)
    except Refusal as refusal:
        return refusal.stable_code
    return None


class TestResults:
    @pytest.mark.row("B19", "S16")
    def test_only_proposals_to_this_call_that_are_still_pursued_are_selected(self, desk: Desk) -> None:
        call_id, another = desk.scheduled(), desk.scheduled()
        desk.clock.instant = OPENS
        ours, theirs, given_up = (desk.submit(to(one))["data"]["proposal_id"] for one in (call_id, another, call_id))
        InBetween(desk.office).does(PROPOSAL, UUID(given_up), WithdrawProposal(withdrawn_on=DAY, explanation=None))
        desk.clock.instant = CLOSES
        desk.let_timers_go()
        arguments = {"call_id": call_id, "explanation": "選定しました。"}

        assert refused(desk, "answer_call", selected=[theirs], **arguments) == "proposal_not_of_call"
        assert refused(desk, "answer_call", selected=[str(uuid4())], **arguments) == "proposal_not_of_call"
        assert refused(desk, "answer_call", selected=[ours, given_up], **arguments) == "selected_proposal_not_pursued"
        desk.call("answer_call", selected=[ours], **arguments)
        desk.call("archive_call", call_id=call_id)
        desk.catch_up()

        row = row_of(desk, call_id)
        assert (row["status"], row["outcome"], row["selected"]) == ("archived", "partners_selected", [ours])


class TestTwoOfficers:
    def test_of_two_officers_on_one_version_one_is_told_what_changed(self, desk: Desk) -> None:
        desk.clock.instant = DAYS_BEFORE
        call_id = desk.drafted()
        desk.call("revise_call", call_id=call_id, expected_version=1, **{**TEXT, "title": "甲の案"})

        with pytest.raises(VersionExpected) as conflict:
            desk.call("revise_call", call_id=call_id, expected_version=1, **{**TEXT, "title": "乙の案"})

        assert conflict.value.changes == ["CallRevised v2"]

    def test_a_repeated_command_has_its_first_result(self, desk: Desk) -> None:
        desk.clock.instant = DAYS_BEFORE
        command_id = uuid4()
        first = desk.call("draft_call", command_id=command_id, **TEXT)

        desk.clock.instant = CLOSES
        assert desk.call("draft_call", command_id=command_id, **TEXT) == first
        assert len(desk.events(first["call_id"])) == 1


class TestIdeas:
    @pytest.mark.row("N10", "S36")
    def test_an_idea_is_asked_for_answered_and_its_use_put_on_record(self, desk: Desk) -> None:
        desk.clock.instant = DAYS_BEFORE
        proposal_id = desk.submit(proposal())["data"]["proposal_id"]
        call_id = desk.drafted(draws_on=[proposal_id])
        use_id = desk.call("request_idea_use", call_id=call_id, proposal_id=proposal_id, passage="朝食を出す")["use_id"]
        text = {**TEXT, "draws_on": [proposal_id], "uses": [{"use_id": use_id, "what": "朝食の考え"}]}

        assert refused(desk, "revise_call", call_id=call_id, **text) == "idea_use_not_consented"
        desk.call("record_idea_use_answer", call_id=call_id, use_id=use_id, answer="consented")
        desk.call("revise_call", call_id=call_id, **text)
        desk.schedule(call_id)

        (consulted,) = desk.call("get_call", call_id=call_id)["consultations"]
        assert (consulted["answer"], consulted["what"], consulted["passage"]) == (
            "consented",
            "朝食の考え",
            "朝食を出す",
        )

    @pytest.mark.row("N10")
    def test_nobody_is_asked_about_a_proposal_that_is_not_there(self, desk: Desk) -> None:
        desk.clock.instant = DAYS_BEFORE
        with pytest.raises(NotFound):
            desk.call("request_idea_use", call_id=desk.drafted(), proposal_id=str(uuid4()), passage="何か")


@pytest.mark.parametrize("subscription", ["calls", "call_questions", "timers"])
def test_the_lists_of_calls_built_again_are_the_same(desk: Desk, subscription: str) -> None:
    desk.scheduled()
    desk.catch_up()
    (follower,) = (one for one in desk.office.followers if one.subscription.name == subscription)
    (table,) = follower.subscription.tables
    before = rows(desk, table)

    follower.rebuild()

    assert rows(desk, table) == before
    assert before


def rows(desk: Desk, table: str) -> list[Any]:
    with desk.office.database.connection() as connection:
        return connection.execute(SQL("SELECT * FROM {} ORDER BY 1, 2").format(Identifier(table))).fetchall()
