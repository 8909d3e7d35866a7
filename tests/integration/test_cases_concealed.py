"""For a department, another's case and one that there is not are the same (N3): in bytes, counts and statements."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from psycopg.pq import Trace

from apps.reference.methods import Method, methods_of
from desk.deadlines.streams import deadline_stream
from desk.packs.codes import DeadlineCode
from desk.permissions import Permission
from eventstore.city import City
from eventstore.errors import RenkeiError
from eventstore.records import StreamId
from services.matching.declaration import MATCHING
from tests.cities import Cities
from tests.portals import StaffTool
from tests.serving import serving
from tests.tokens import token_of
from tests.work import Work

METHODS: Final = [
    one
    for one in methods_of(MATCHING)
    if one.declared.permission is Permission.CASE_WORK and any(part.name == "case_id" for part in one.arguments)
]
"""Every method by which a department is told of a case, whoever built it: any other asks for more than it may."""
each_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
NEVER: Final = "00000000-0000-4000-8000-000000000000"
STATED: Final[dict[str, Any]] = {
    "offers": [{"department": "roads", "part": "supporting"}],
    "means": "phone",
    "text": "内容",
    "grounds": "理由",
    "reason": "理由",
    "side": "city",
    "kind": "field",
    "department": "tourism",
    "due_on": "2027-03-31",
    "held_on": "2026-11-22",
    "setting": "online",
    "subject": "打合せ",
    "participants": [{"side": "city", "name": "鈴木"}, {"side": "proposer", "name": "北川"}],
    "edition": 1,
    "goals": [{"indicator": "件数", "baseline": "0", "target": "1", "due_on": "2027-03-31"}],
    "roles": {"city": "場所", "proposer": "運営"},
    "merits": {"city": "場所", "proposer": "運営"},
    "view": "feasible",
    "outcome": "no",
    "explanation": "理由",
    "approver": "部長",
    "approval_reference": "企連第3号",
    "city_cost_yen": 0,
    "needs_open_call": False,
    "edition_from": 1,
    "edition_to": 1,
    "confirmed": True,
}
"""Argument → something that its form takes; of ids any will do."""
ABSENT: Final = ("NotFound", "not_found", "見つかりません。")


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    return Work.of(cities, city)


@pytest.fixture(scope="module")
def officer(work: Work) -> UUID:
    """Somebody of the roads section, which has a case of its own."""
    staff = work.member("roads")
    work.taken(work.opened(), "roads", staff)
    work.settle()
    return staff


@pytest.fixture(scope="module")
def hidden(work: Work) -> dict[str, str]:
    """A case of the tourism section with what the desk wrote; the roads section was asked once, under this offer."""
    case = work.opened()
    work.taken(case, "tourism", work.member("tourism"))
    desk, offers = work.called(), [{"department": "roads", "part": "supporting"}]
    of_case = {"case_id": str(case), "reason": "理由"}
    (offer_id,) = desk.offer_case(command_id=str(uuid4()), **of_case, offers=offers, message="ご検討を")["offer_ids"]
    desk.withdraw_offer(command_id=str(uuid4()), **of_case, offer_id=offer_id)
    desk.add_note(command_id=str(uuid4()), **of_case, text="秘密のメモ")
    work.settle()
    while work.follower("offer_deadlines").step():
        continue
    work.settle()
    assert work.office.store.load_closed(answer_by(case))
    return {"case_id": str(case), "offer_id": offer_id}


@pytest.fixture(scope="module")
def tool(work: Work, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffTool]:
    folder = tmp_path_factory.mktemp("logs")
    with serving("matching", work.city, folder=folder), StaffTool(work.city.brokers["staff"]) as opened:
        yield opened


def arguments_of(method: Method, hidden: dict[str, str], case_id: str) -> dict[str, Any]:
    """What a method is called with, whichever case it is asked about."""
    required = {one.name: STATED.get(one.name, NEVER) for one in method.arguments if one.is_required}
    return {**required, **{name: hidden[name] for name in required if name in hidden}, "case_id": case_id}


def called(service: Any, method: str, arguments: dict[str, Any]) -> Any:
    """What a call tells, or how it is refused."""
    try:
        return getattr(service, method)(**arguments)
    except RenkeiError as error:
        return (type(error).__name__, error.stable_code, error.message)


@contextmanager
def traced(work: Work) -> Iterator[list[tuple[bytes, bytes]]]:
    """Every message to the database, by kind and length, in order: all that is sent but for the ids in it."""
    sent: list[tuple[bytes, bytes]] = []
    with work.office.database.session() as session:
        session.connection.prepare_threshold = None  # otherwise the driver prepares what it has sent five times
        connection = session.connection.pgconn
    with TemporaryFile() as file:
        connection.trace(file.fileno())
        connection.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        yield sent
        connection.untrace()
        file.seek(0)
        lines = [line.split(b"\t") for line in file]
    sent.extend((line[2], line[1]) for line in lines if line[0] == b"F")


@pytest.mark.row("N3")
@each_method
def test_another_s_case_costs_the_same_statements_and_tells_the_same_as_an_absent_one(
    method: Method, work: Work, officer: UUID, hidden: dict[str, str]
) -> None:
    service = work.called(officer, "department_officer")
    told, sent = [], []
    for case_id in (str(uuid4()), str(uuid4()), hidden["case_id"]):
        with traced(work) as statements:
            told.append(called(service, method.name, arguments_of(method, hidden, case_id)))
        sent.append(statements)
    _, absent, there = sent  # the first prepared what is prepared
    assert there == absent
    assert told[2] == told[1]
    if method.is_command:
        assert told[2] == ABSENT


@pytest.mark.row("N3")
@each_method
def test_another_s_case_is_answered_with_the_bytes_of_an_absent_one(
    method: Method, tool: StaffTool, officer: UUID, hidden: dict[str, str], city: City
) -> None:
    token = token_of(city, "department_officer", staff=officer)
    absent, there = (
        json.dumps(tool.call(f"matching.{method.name}", token, **arguments_of(method, hidden, case_id)))
        for case_id in (str(uuid4()), hidden["case_id"])
    )
    assert there == absent


@pytest.mark.row("N3")
def test_who_may_see_a_case_is_told_of_it_by_other_statements(work: Work, hidden: dict[str, str]) -> None:
    service, told = work.called(work.member("tourism"), "department_officer"), []
    for case_id in (str(uuid4()), str(uuid4()), hidden["case_id"]):
        with traced(work) as statements:
            called(service, "get_case", {"case_id": case_id})
        told.append(statements)
    assert told[2] != told[1]
    assert service.get_case(hidden["case_id"])["notes"][0]["text"] == "秘密のメモ"


@pytest.mark.row("N3")
def test_a_list_has_and_counts_what_one_may_see(work: Work, officer: UUID, hidden: dict[str, str]) -> None:
    mine = work.called(officer, "department_officer").list_cases(limit=1)
    assert [len(mine["items"]), mine["after"]] == [1, None]
    assert mine["items"][0]["case_id"] != hidden["case_id"]
    assert len(work.called().list_cases()["items"]) == 2
    assert work.called(work.member("parks"), "department_officer").list_cases()["items"] == []
    assert work.called(uuid4(), "department_officer").list_cases()["items"] == []


@pytest.mark.row("N3")
@pytest.mark.parametrize("asked", ["after", "proposal_id", "at_least", "deadline"])
def test_a_list_cannot_be_asked_whether_there_is_another_case(
    work: Work, officer: UUID, hidden: dict[str, str], asked: str
) -> None:
    """By what follows it, by its proposal, by an event that the list has to show, by a date that it has."""
    case_id = UUID(hidden["case_id"])

    def stated(there: UUID, proposal: UUID) -> dict[str, Any]:
        streams = {"at_least": StreamId("case", there), "deadline": answer_by(there)}
        by_id = {"after": str(there), "proposal_id": str(proposal)}
        if asked in by_id:
            return {asked: by_id[asked]}
        return {"at_least": {"stream": str(streams[asked]), "version": 1}}

    service, told, sent = work.called(officer, "department_officer"), [], []
    for there, proposal in ((uuid4(), uuid4()), (uuid4(), uuid4()), (case_id, work.proposal_of(case_id))):
        with traced(work) as statements:
            told.append(called(service, "list_cases", stated(there, proposal)))
        sent.append(statements)
    assert told[2] == told[1]
    assert sent[2] == sent[1]


def answer_by(case_id: UUID) -> StreamId:
    """Where the date stands by which the first department asked about a case answers."""
    return deadline_stream("matching", StreamId("case", case_id), DeadlineCode.DEPARTMENT_ANSWER)
