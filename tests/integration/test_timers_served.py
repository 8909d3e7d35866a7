"""The rounds of a container: a served process notes by itself what is overdue, and a round's fault ends nothing."""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import eventlet
import pytest
from eventlet.event import Event

from desk.wareki import wareki
from eventstore.city import City
from eventstore.errors import Unavailable
from eventstore.nameko.rounds import Rounds
from eventstore.protection import Sealed
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from tests.cities import Cities, FrozenClock
from tests.deadlines import ANSWER, CONTACT, Scene, overdue
from tests.portals import MINIMAL, StaffTool, until
from tests.serving import serving
from tests.tokens import token_of


class Work:
    """A round that does what it is told, step by step, and then finds nothing."""

    name = "work"

    def __init__(self, *steps: Callable[[], bool], enough: int, pause: float = 3600) -> None:
        """enough: how many steps are waited for."""
        self.steps = list(steps)
        self.pause = pause
        self.done = Event()
        self._left = enough

    def step(self) -> bool:
        self._left -= 1
        if self._left == 0:
            self.done.send()
        return self.steps.pop(0)() if self.steps else False


def fault(error: Exception) -> Callable[[], bool]:
    def raises() -> bool:
        raise error

    return raises


def gone(*rounds: Work) -> None:
    """Goes the rounds until each has taken enough steps, then stops."""
    at_work = Rounds(rounds)
    at_work.start(eventlet.spawn)
    with eventlet.Timeout(10):
        for one in rounds:
            one.done.wait()
        at_work.stop()


def test_a_round_goes_on_after_a_fault_and_after_what_was_unavailable() -> None:
    broken = Work(fault(ValueError()), fault(Unavailable("away")), enough=4, pause=0.001)
    steady = Work(enough=4, pause=0.001)

    gone(broken, steady)

    assert broken.steps == []


def test_a_stopped_round_ends_after_the_step_in_hand_without_waiting_for_its_pause() -> None:
    began = time.monotonic()
    gone(Work(enough=1))

    assert time.monotonic() - began < 5


def test_there_is_no_pause_while_there_is_more_to_do() -> None:
    busy = Work(*[lambda: True] * 50, enough=51)

    gone(busy)

    assert busy.steps == []


@pytest.fixture(scope="module")
def chief(city: City) -> str:
    return token_of(city, "desk_chief")


@pytest.fixture(scope="module")
def tool(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffTool]:
    """A staff tool, with intake behind it."""
    with serving("intake", city, folder=tmp_path_factory.mktemp("logs")), StaffTool(city.brokers["staff"]) as opened:
        yield opened


def received(tool: StaffTool, token: str, **stated: Any) -> StreamId:
    """A proposal that was just entered."""
    given = {"command_id": str(uuid4()), "submission": MINIMAL, "channel": "counter", **stated}
    return StreamId("proposal", UUID(tool.result("intake.receive_proposal", token, **given)["proposal_id"]))


@pytest.fixture(scope="module")
def scene(cities: Cities, city: City) -> Scene:
    """The log of that intake, followed here sooner than its own slow poll would, since no relay wakes it."""
    return Scene(cities, city, FrozenClock(), cities.office(INTAKE, city))


def listed(scene: Scene, tool: StaffTool, token: str, of: StreamId, **wanted: Any) -> list[dict[str, Any]]:
    """Both deadlines of a proposal, as soon as they are listed so."""

    def told() -> list[dict[str, Any]] | None:
        scene.follow()
        items = tool.result("intake.list_deadlines", token, subject_id=str(of.id), **wanted)["items"]
        return items if len(items) == 2 else None

    return until(told)


@pytest.mark.row("B14")
def test_a_served_process_sets_deadlines_and_notes_by_itself_that_they_are_overdue(
    scene: Scene, tool: StaffTool, chief: str
) -> None:
    proposal = received(tool, chief, received_at="2026-05-20T10:00:00+09:00", reason="紙で届いていたため。")

    contact, answer = listed(scene, tool, chief, proposal, status="overdue")
    explained = tool.result("intake.get_deadline", chief, deadline_id=answer["deadline_id"])

    assert [len(overdue(scene.events(proposal, code))) for code in (CONTACT, ANSWER)] == [1, 1]
    assert (contact["code"], contact["due_on"], answer["due_on"]) == ("first_contact", "2026-05-25", "2026-06-19")
    assert contact["days_left"] < answer["days_left"] < 0
    assert explained["derivation"]
    passed = extension(answer["deadline_id"], "2027-12-01")
    assert tool.error("intake.extend_deadline", chief, **passed)["exc_args"][0] == "deadline_passed"


def extension(deadline_id: str, due_on: str, **stated: Any) -> dict[str, Any]:
    """The arguments of an extension."""
    return {
        "command_id": str(uuid4()),
        "deadline_id": deadline_id,
        "due_on": due_on,
        "reason": "提案者との協議に日数を要するため。",
        **stated,
    }


@pytest.mark.row("B06")
def test_a_deadline_is_extended_with_a_reason_and_that_is_counted_and_told(
    scene: Scene, tool: StaffTool, chief: str
) -> None:
    proposal = received(tool, chief)
    _, answer = listed(scene, tool, chief, proposal)
    deadline_id, before = answer["deadline_id"], date.fromisoformat(answer["due_on"])
    later, latest = before + timedelta(days=10), before + timedelta(days=20)
    first = extension(deadline_id, later.isoformat())

    done = tool.result("intake.extend_deadline", chief, **first)
    again = tool.result("intake.extend_deadline", chief, **first)
    tool.result("intake.extend_deadline", chief, **extension(deadline_id, latest.isoformat()))
    told = tool.result("intake.get_deadline", chief, deadline_id=deadline_id)

    assert again == done
    recorded = scene.events(proposal, ANSWER)
    assert [one.type for one in recorded] == ["DeadlineSet", "DeadlineExtended", "DeadlineExtended"]
    assert [one.reason for one in recorded[1:]] == [Sealed(first["reason"])] * 2
    assert (told["due_on"], told["extensions"]) == (latest.isoformat(), 2)
    assert told["derivation"][-3:] == [
        f"1回目の延長：{wareki(before)}から{wareki(later)}に延長しました。",
        f"2回目の延長：{wareki(later)}から{wareki(latest)}に延長しました。",
        f"期限は{wareki(latest)}です。",
    ]
    _, answer = listed(scene, tool, chief, proposal)
    assert (answer["due_on"], answer["extensions"]) == (latest.isoformat(), 2)


@pytest.mark.row("B06")
def test_an_extension_without_reason_right_or_later_date_is_refused(scene: Scene, tool: StaffTool, chief: str) -> None:
    _, answer = listed(scene, tool, chief, received(tool, chief))
    officer, due_on = token_of(scene.city), (date.fromisoformat(answer["due_on"]) + timedelta(days=1)).isoformat()

    def refused(token: str, deadline_id: str = answer["deadline_id"], **stated: Any) -> tuple[str, str]:
        error = tool.error("intake.extend_deadline", token, **{**extension(deadline_id, due_on), **stated})
        return error["exc_type"], error["exc_args"][0]

    assert refused(officer) == ("Forbidden", "not_permitted")
    assert refused(chief, reason=None)[0] == "InvalidMessage"
    assert refused(chief, due_on=answer["due_on"]) == ("Refusal", "deadline_not_later")
    assert refused(chief, due_on="9999-12-31") == ("Refusal", "beyond_holidays")
    assert refused(chief, expected_version=2) == ("StreamConflict", "stream_conflict")
    assert refused(chief, str(uuid4()))[0] == "NotFound"
