"""Staff tools → services by `wire.md`: what each method does, what it refuses, and that nothing else comes across."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hmac import digest
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
import pytest
from nameko.constants import AUTH_TOKEN_CONTEXT_KEY
from nameko.exceptions import RemoteError
from nameko.standalone.rpc import ClusterRpcProxy

from desk.office import Office
from eventstore.city import City
from eventstore.records import StreamId
from services.administration.declaration import ADMINISTRATION
from services.intake.declaration import INTAKE
from tests.cities import AOMORI, TOKOROZAWA, Cities
from tests.portals import FULL, INQUIRY, MINIMAL, StaffTool, changed
from tests.serving import Served, serving
from tests.tokens import token_of

SIX: Final = {"Refusal", "NotFound", "Forbidden", "StreamConflict", "InvalidMessage", "Unavailable"}
OUR_INSIDES: Final = ("Traceback", 'File "', ".py", "psycopg", "marshmallow", "nameko", "SELECT", "INSERT", "0x")


@pytest.fixture(scope="module")
def adopting(cities: Cities) -> City:
    """A city that adopts packs."""
    return cities.new("adopting")


@pytest.fixture(scope="module")
def service(city: City, adopting: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The running intake."""
    with serving("intake", city, adopting, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


@pytest.fixture(scope="module")
def administration(city: City, adopting: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The running administration."""
    with serving("administration", city, adopting, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


@pytest.fixture(scope="module")
def tool(service: Served, administration: Served, city: City) -> Iterator[StaffTool]:
    """A staff tool."""
    with StaffTool(city.brokers["staff"]) as opened:
        yield opened


@pytest.fixture(scope="module")
def officer(city: City) -> str:
    """A token of the desk."""
    return token_of(city)


@pytest.fixture(scope="module")
def administrator(city: City) -> str:
    """A token of who runs the system."""
    return token_of(city, "administrator")


@pytest.fixture(scope="module")
def office(cities: Cities, city: City) -> Office:
    """Intake's office, to look into the log."""
    return cities.office(INTAKE, city)


def error(kind: str, code: str) -> dict[str, Any]:
    return {"exc_type": kind, "exc_path": f"eventstore.errors.{kind}", "code": code}


def told(error: dict[str, Any]) -> dict[str, Any]:
    assert set(error) == {"exc_type", "exc_path", "exc_args", "value"}
    assert error["exc_type"] in SIX
    assert not [inside for inside in OUR_INSIDES if inside in json.dumps({**error, "exc_path": ""}, ensure_ascii=False)]
    return {"exc_type": error["exc_type"], "exc_path": error["exc_path"], "code": error["exc_args"][0]}


def fields(error: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["field"], one["code"]) for one in error["exc_args"][2]]


def entry(**changed: Any) -> dict[str, Any]:
    return {"command_id": str(uuid4()), "submission": dict(MINIMAL), "channel": "counter", **changed}


class TestOnBehalf:
    @pytest.mark.row("S18")
    @pytest.mark.row("B28")
    @pytest.mark.parametrize("channel", ["counter", "phone", "mail", "post"])
    def test_a_proposal_is_entered_on_someone_s_behalf(
        self, tool: StaffTool, officer: str, channel: str, office: Office
    ) -> None:
        received = tool.result("intake.receive_proposal", officer, **entry(channel=channel))

        (event,) = received["events"]
        assert (event["stream"], event["version"]) == (f"proposal-{received['proposal_id']}", 1)
        assert received["received_on"] == office.today().isoformat()
        assert set(received) == {
            "events", "proposal_id", "receipt_number", "access_code", "received_on", "content_receipt",
        }  # fmt: skip
        (recorded,) = office.store.load(StreamId("proposal", UUID(received["proposal_id"]))).events
        assert (recorded.channel, recorded.actor.role) == (channel, "desk_officer")

    @pytest.mark.row("S20")
    @pytest.mark.row("B28")
    def test_an_inquiry_is_entered_on_someone_s_behalf(self, tool: StaffTool, officer: str) -> None:
        received = tool.result("intake.receive_inquiry", officer, **entry(submission=dict(INQUIRY), channel="phone"))

        read = tool.result("intake.get_inquiry", officer, inquiry_id=received["inquiry_id"])

        assert (read["subject"], read["channel"]) == (INQUIRY["subject"], "phone")

    @pytest.mark.row("B28")
    @pytest.mark.row("S33")
    def test_what_staff_enter_may_lack_pledge_and_terms_which_are_pending_then(
        self, tool: StaffTool, officer: str
    ) -> None:
        lacking = changed(changed(dict(MINIMAL), "pledges", ...), "terms_version", ...)

        given = tool.result("intake.receive_proposal", officer, **entry())
        pending = tool.result("intake.receive_proposal", officer, **entry(submission=lacking))

        for received, is_pending in ((given, False), (pending, True)):
            read = tool.result("intake.get_proposal", officer, proposal_id=received["proposal_id"])
            assert read["pledges_pending"] is is_pending

    @pytest.mark.row("S18")
    def test_what_came_earlier_counts_on_that_day_and_its_reason_is_sealed(
        self, tool: StaffTool, officer: str, office: Office, cities: Cities, city: City
    ) -> None:
        reason = f"郵便が庁内で遅れたため {uuid4()}"
        arguments = entry(channel="post", received_at="2026-04-30T23:59:00+09:00", reason=reason)

        received = tool.result("intake.receive_proposal", officer, **arguments)

        assert received["received_on"] == "2026-04-30"
        (recorded,) = office.store.load(StreamId("proposal", UUID(received["proposal_id"]))).events
        assert recorded.reason is not None
        assert recorded.reason.reveal() == reason
        assert recorded.occurred_at == datetime(2026, 4, 30, 14, 59, tzinfo=UTC)
        assert recorded.recorded_at > recorded.occurred_at
        with psycopg.connect(cities.administrator_url(city)) as connection:
            (record,) = connection.execute("SELECT record FROM events WHERE id = %s", (recorded.id,)).fetchone()
        assert reason.encode() not in record
        assert json.dumps(reason)[1:-1].encode() not in record

    @pytest.mark.parametrize(
        ("wrong", "field", "code"),
        [
            ({"received_at": "2026-05-01T09:00:00+09:00"}, "reason", "reason_required"),
            ({"received_at": "2999-05-01T09:00:00+09:00", "reason": "予告"}, "received_at", "in_the_future"),
            ({"received_at": "2026-05-01T09:00:00", "reason": "遅れ"}, "received_at", "time"),
            ({"channel": "portal"}, "channel", "unknown_choice"),
            ({"channel": "fax"}, "channel", "unknown_choice"),
            ({"channel": None}, "channel", "required"),
            ({"command_id": "x"}, "command_id", "uuid"),
            ({"submission": changed(dict(MINIMAL), "municipality", "112089")}, "municipality", "other_municipality"),
            ({"submission": changed(dict(MINIMAL), "municipality", ...)}, "municipality", "required"),
            ({"submission": changed(dict(MINIMAL), "title", "\ud800")}, "title", "control_character"),
            ({"submission": changed(dict(MINIMAL), "title", "\0")}, "title", "control_character"),
            ({"submission": changed(dict(MINIMAL), "cost", {"total_yen": 10**400})}, "cost.total_yen", "out_of_range"),
            ({"submission": changed(dict(FULL), "proposer.kind", "individual")},
             "proposer.kind", "individual_not_accepted"),
            ({"reason": "\ud800"}, "reason", "control_character"),
        ],
    )  # fmt: skip
    def test_one_wrong_argument_is_an_invalid_message_with_field_and_code(
        self, tool: StaffTool, officer: str, wrong: dict[str, Any], field: str, code: str
    ) -> None:
        refused = tool.error("intake.receive_proposal", officer, **entry(**wrong))

        assert told(refused) == error("InvalidMessage", "invalid_message")
        assert fields(refused) == [(field, code)]

    @pytest.mark.row("S19")
    def test_everything_wrong_is_told_at_once(self, tool: StaffTool, officer: str) -> None:
        refused = tool.error(
            "intake.receive_proposal", officer, command_id="x", channel="fax", submission={"kind": "free"}
        )

        assert {("command_id", "uuid"), ("channel", "unknown_choice"), ("title", "required")} <= set(fields(refused))

    @pytest.mark.parametrize("given", [None, [], "text", 5])
    def test_a_submission_that_is_no_object_is_an_invalid_message(
        self, tool: StaffTool, officer: str, given: Any
    ) -> None:
        refused = tool.error("intake.receive_proposal", officer, **entry(submission=given))
        assert told(refused) == error("InvalidMessage", "invalid_message")

    @pytest.mark.parametrize("depth", [100, 400, 900])
    def test_a_submission_nested_deep_is_an_invalid_message(self, tool: StaffTool, officer: str, depth: int) -> None:
        deep: Any = 0
        for _ in range(depth):
            deep = [deep]

        refused = tool.error("intake.receive_proposal", officer, **entry(submission={**MINIMAL, "title": deep}))

        assert told(refused) == error("InvalidMessage", "invalid_message")


class TestRepetition:
    def test_the_same_command_again_gives_the_original_result(self, tool: StaffTool, officer: str, city: City) -> None:
        arguments = entry()

        first = tool.result("intake.receive_proposal", officer, **arguments)
        second = tool.result("intake.receive_proposal", token_of(city), **arguments)

        assert first == second

    @pytest.mark.parametrize(
        "other",
        [
            {"channel": "phone"},
            {"submission": {**MINIMAL, "title": "別の件名"}},
            {"received_at": "2026-05-01T09:00:00+09:00", "reason": "遅れ"},
        ],
    )
    def test_the_same_command_id_with_another_content_is_refused(
        self, tool: StaffTool, officer: str, other: dict[str, Any]
    ) -> None:
        arguments = entry()
        tool.result("intake.receive_proposal", officer, **arguments)

        refused = tool.error("intake.receive_proposal", officer, **{**arguments, **other})

        assert told(refused) == error("Refusal", "command_id_reused")

    def test_a_proposal_s_command_id_cannot_bring_an_inquiry(self, tool: StaffTool, officer: str) -> None:
        arguments = entry()
        tool.result("intake.receive_proposal", officer, **arguments)

        refused = tool.error("intake.receive_inquiry", officer, **{**arguments, "submission": dict(INQUIRY)})

        assert told(refused) == error("Refusal", "command_id_reused")


@pytest.fixture(scope="module")
def received(tool: StaffTool, officer: str) -> dict[str, Any]:
    """A proposal that is there."""
    return tool.result("intake.receive_proposal", officer, **entry(submission=dict(FULL)))


class TestReading:
    def test_a_proposal_is_read_with_its_fields_opened(
        self, tool: StaffTool, officer: str, received: dict[str, Any]
    ) -> None:
        read = tool.result("intake.get_proposal", officer, proposal_id=received["proposal_id"])

        assert read["proposal_id"] == received["proposal_id"]
        assert read["summary"] == FULL["summary"]
        assert read["receipt_number"] == received["receipt_number"]
        assert not {"document", "content_nonce", "content_sha256"} & set(read)

    @pytest.mark.row("N3")
    def test_hidden_absent_and_impossible_are_the_same_bytes(
        self, tool: StaffTool, officer: str, received: dict[str, Any], city: City
    ) -> None:
        inquiry = tool.result("intake.receive_inquiry", officer, **entry(submission=dict(INQUIRY)))
        nobody = token_of(city, "department_officer")
        answers = [
            tool.error("intake.get_proposal", nobody, proposal_id=received["proposal_id"]),
            tool.error("intake.get_proposal", nobody, proposal_id=str(uuid4())),
            tool.error("intake.get_proposal", officer, proposal_id=str(uuid4())),
            tool.error("intake.get_proposal", officer, proposal_id=inquiry["inquiry_id"]),
            tool.error("intake.get_inquiry", officer, inquiry_id=received["proposal_id"]),
            tool.error("intake.get_inquiry", nobody, inquiry_id=inquiry["inquiry_id"]),
            *[tool.error("intake.get_proposal", officer, proposal_id=odd) for odd in ("", "x", "\ud800", None, 5, {})],
        ]

        assert {json.dumps(answer) for answer in answers} == {json.dumps(answers[0])}
        assert told(answers[0]) == error("NotFound", "not_found")

    @pytest.mark.parametrize("odd", [None, 5, {}, []])
    def test_a_status_is_asked_with_texts(self, tool: StaffTool, officer: str, odd: Any) -> None:
        refused = tool.error("intake.submission_status", officer, receipt_number=odd, access_code="x")
        assert told(refused) == error("InvalidMessage", "invalid_message")

    def test_an_inquiry_s_status_is_told_too(self, tool: StaffTool, officer: str) -> None:
        received = tool.result("intake.receive_inquiry", officer, **entry(submission=dict(INQUIRY)))

        status = tool.result(
            "intake.submission_status",
            officer,
            receipt_number=received["receipt_number"],
            access_code=received["access_code"],
        )

        assert (status["kind"], status["status"]) == ("inquiry", "received")


CLOSED_DAYS: Final = """
format = 1
municipality = "022012"
version = "2026-12"
effective_from = 2026-12-01
source = "総務部の通知"
status = "seed"
closed = [{ day = 2026-12-28, reason = "庁舎の停電" }]
"""
CALLS: Final = {
    "intake.receive_proposal": {"command_id": str(uuid4()), "submission": {}, "channel": "counter"},
    "intake.receive_inquiry": {"command_id": str(uuid4()), "submission": {}, "channel": "counter"},
    "intake.get_proposal": {"proposal_id": str(uuid4())},
    "intake.get_inquiry": {"inquiry_id": str(uuid4())},
    "intake.submission_status": {"receipt_number": "x", "access_code": "x"},
    "administration.adopt_pack": {
        "command_id": str(uuid4()), "content": "", "approver": "x", "approval_reference": "x",
    },
    "administration.adopt_closed_days": {
        "command_id": str(uuid4()), "content": "", "approver": "x", "approval_reference": "x",
    },
    "administration.register_staff": {"command_id": str(uuid4()), "name": "x", "department": "x", "roles": []},
    "administration.change_staff_roles": {
        "command_id": str(uuid4()), "staff_id": str(uuid4()), "department": "x", "roles": [],
    },
}  # fmt: skip
MAY: Final = {
    "intake.receive_proposal": "desk_officer",
    "intake.receive_inquiry": "desk_officer",
    "intake.get_proposal": "desk_officer",
    "intake.get_inquiry": "desk_officer",
    "intake.submission_status": "portal_status",
    "administration.adopt_pack": "administrator",
    "administration.adopt_closed_days": "administrator",
    "administration.register_staff": "administrator",
    "administration.change_staff_roles": "administrator",
}


@pytest.fixture(scope="module")
def bad_tokens(city: City, new_city: Any) -> dict[str, tuple[Any, str]]:
    """Every kind of token that must be refused, with the code of its refusal."""
    good = token_of(city, *set(MAY.values()))
    other = new_city("foreign", TOKOROZAWA)
    same_code = new_city("twin", AOMORI)
    head, claims, signature = good.split(".")
    none = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    hours_ago = datetime.now(UTC) - timedelta(hours=13)
    return {
        "none": (None, "token_missing"),
        "empty": ("", "token_missing"),
        "a number": (5, "token_missing"),
        "no token": ("hello", "token_refused"),
        "not text": ("青森.青森.青森", "token_refused"),
        "expired": (token_of(city, *set(MAY.values()), issued=hours_ago), "token_expired"),
        "of another city": (token_of(other, *set(MAY.values())), "token_refused"),
        "of another city with the same code": (token_of(same_code, *set(MAY.values())), "token_refused"),
        "algorithm none": (f"{none}.{claims}.", "token_refused"),
        "algorithm none, signed": (f"{none}.{claims}.{signature}", "token_refused"),
        "other signature": (f"{head}.{claims}.{signature[:-8]}AAAAAAAA", "token_refused"),
        "other claims": (f"{head}.{claims[:-4]}AAAA.{signature}", "token_refused"),
        "a public key's secret": (_by_public_key(city, claims), "token_refused"),
    }


class TestTokens:
    @pytest.mark.parametrize("method", CALLS)
    def test_a_forged_expired_or_foreign_token_is_refused(
        self, tool: StaffTool, bad_tokens: dict[str, tuple[Any, str]], method: str
    ) -> None:
        for name, (token, code) in bad_tokens.items():
            assert told(tool.error(method, token, **CALLS[method])) == error("Forbidden", code), name

    @pytest.mark.parametrize("method", CALLS)
    def test_a_role_without_the_permission_is_refused(self, tool: StaffTool, city: City, method: str) -> None:
        hidden = method in ("intake.get_proposal", "intake.get_inquiry")
        expected = error("NotFound", "not_found") if hidden else error("Forbidden", "not_permitted")

        for roles in (("department_officer",), ("records_officer", "auditor"), ("mayor",), ("",)):
            assert told(tool.error(method, token_of(city, *roles), **CALLS[method])) == expected

    @pytest.mark.parametrize("method", CALLS)
    def test_the_role_that_may_is_not_refused_for_its_role(self, tool: StaffTool, city: City, method: str) -> None:
        for roles in ((MAY[method],), ("department_officer", MAY[method])):
            assert told(tool.error(method, token_of(city, *roles), **CALLS[method]))["exc_type"] != "Forbidden"


def _by_public_key(city: City, claims: str) -> str:
    """A token whose HMAC key is our public key, as a library would take it that believes the token's own `alg`."""
    key = (city.folder / "keys" / "token-verifying.jwk").read_bytes()
    head = urlsafe_b64encode(b'{"alg":"HS256"}').rstrip(b"=").decode()
    signature = urlsafe_b64encode(digest(key, f"{head}.{claims}".encode(), "sha256")).rstrip(b"=").decode()
    return f"{head}.{claims}.{signature}"


class TestAdministration:
    def test_a_person_is_registered_under_a_random_id_and_may_act_from_then_on(
        self, tool: StaffTool, administrator: str, cities: Cities, city: City
    ) -> None:
        arguments = {
            "command_id": str(uuid4()), "name": "青森 花子", "department": "partnership", "roles": ["desk_officer"],
        }  # fmt: skip

        registered = tool.result("administration.register_staff", administrator, **arguments)

        assert registered == tool.result("administration.register_staff", administrator, **arguments)
        stream = StreamId("staff", UUID(registered["staff_id"]))
        (recorded,) = cities.office(ADMINISTRATION, city).store.load(stream).events
        assert recorded.event.name.reveal() == "青森 花子"
        assert registered["events"] == [{"id": str(recorded.id), "stream": str(stream), "version": 1}]

    def test_roles_are_changed_once(self, tool: StaffTool, administrator: str) -> None:
        staff_id = tool.result(
            "administration.register_staff",
            administrator,
            command_id=str(uuid4()), name="青森 太郎", department="partnership", roles=["desk_officer"],
        )["staff_id"]  # fmt: skip
        change = {"command_id": str(uuid4()), "staff_id": staff_id, "department": "roads", "roles": []}

        first = tool.result("administration.change_staff_roles", administrator, **change)
        again = tool.result("administration.change_staff_roles", administrator, **change)
        already = tool.result(
            "administration.change_staff_roles", administrator, **{**change, "command_id": str(uuid4())}
        )

        assert first == again
        assert [event["version"] for event in first["events"]] == [2]
        assert already["events"] == []

    def test_another_s_change_in_between_is_told(self, tool: StaffTool, administrator: str) -> None:
        staff_id = tool.result(
            "administration.register_staff",
            administrator,
            command_id=str(uuid4()), name="青森 次郎", department="partnership", roles=["desk_officer"],
        )["staff_id"]  # fmt: skip

        def change(department: str, seen: int) -> dict[str, Any]:
            return {
                "command_id": str(uuid4()), "staff_id": staff_id, "department": department, "roles": [],
                "expected_version": seen,
            }  # fmt: skip

        tool.result("administration.change_staff_roles", administrator, **change("roads", 1))
        error = tool.error("administration.change_staff_roles", administrator, **change("partnership", 1))

        assert (error["exc_type"], error["exc_args"][0]) == ("StreamConflict", "stream_conflict")
        assert error["exc_args"][2] == ["StaffRolesChanged v2"]

    @pytest.mark.parametrize(
        ("wrong", "wrong_fields"),
        [
            ({"department": "nowhere"}, ["department"]),
            ({"roles": ["desk_officer", "king"]}, ["roles.1"]),
            ({"roles": "desk_officer"}, ["roles"]),
            ({"name": ""}, ["name"]),
            ({"name": "\ud800"}, ["name"]),
            ({"name": "あ" * 201}, ["name"]),
            ({"command_id": "x"}, ["command_id"]),
            ({"command_id": 5, "name": None, "department": []}, ["command_id", "name", "department"]),
            ({"extra": 1}, ["extra"]),
            ({"\ud800": 1}, ["\ud800"]),
        ],
    )
    def test_a_wrong_registration_is_an_invalid_message_in_plain_japanese(
        self, tool: StaffTool, administrator: str, wrong: dict[str, Any], wrong_fields: list[str]
    ) -> None:
        good = {"command_id": str(uuid4()), "name": "花子", "department": "partnership", "roles": ["desk_officer"]}

        refused = tool.error("administration.register_staff", administrator, **{**good, **wrong})

        assert told(refused) == error("InvalidMessage", "invalid_message")
        assert sorted(field for field, _ in fields(refused)) == sorted(wrong_fields)
        assert all(one["message"].endswith("。") for one in refused["exc_args"][2])

    def test_whoever_is_not_registered_cannot_change(self, tool: StaffTool, administrator: str) -> None:
        refused = tool.error(
            "administration.change_staff_roles",
            administrator,
            command_id=str(uuid4()), staff_id=str(uuid4()), department="roads", roles=[],
        )  # fmt: skip
        assert told(refused) == error("Refusal", "staff_unknown")

    def test_a_command_id_cannot_register_two_people(self, tool: StaffTool, administrator: str) -> None:
        first = {"command_id": str(uuid4()), "name": "花子", "department": "partnership", "roles": []}
        tool.result("administration.register_staff", administrator, **first)

        refused = tool.error("administration.register_staff", administrator, **{**first, "name": "太郎"})

        assert told(refused) == error("Refusal", "command_id_reused")

    @pytest.mark.row("N11")
    def test_a_new_version_of_the_pack_is_adopted_and_counts_at_once(self, tool: StaffTool, adopting: City) -> None:
        assert tool, "both services run"
        officer, administrator = token_of(adopting), token_of(adopting, "administrator")
        edited = AOMORI.read_text(encoding="utf-8").replace('version = "2026-04"', 'version = "2026-05"')
        arguments = {
            "command_id": str(uuid4()), "content": edited, "approver": "市長", "approval_reference": "企連第2号",
        }  # fmt: skip

        with StaffTool(adopting.brokers["staff"]) as tool:
            before = entry()
            received = tool.result("intake.receive_proposal", officer, **before)
            adopted = tool.result("administration.adopt_pack", administrator, **arguments)

            assert adopted == tool.result("administration.adopt_pack", administrator, **arguments)
            assert [event["version"] for event in adopted["events"]] == [2]
            refused = tool.error("intake.receive_proposal", officer, **entry())
            assert fields(refused) == [("terms_version", "terms_version")]
            newer = entry(submission={**MINIMAL, "terms_version": "2026-05"})
            assert tool.result("intake.receive_proposal", officer, **newer)["events"]
            assert tool.result("intake.receive_proposal", officer, **before) == received

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            ("", error("InvalidMessage", "invalid_message")),
            ("no TOML [", error("InvalidMessage", "pack_invalid")),
            ("\ud800", error("InvalidMessage", "invalid_message")),
            ("a = 1\0", error("InvalidMessage", "pack_invalid")),
            ("[edition]", error("InvalidMessage", "pack_invalid")),
            (TOKOROZAWA.read_text(encoding="utf-8"), error("Refusal", "pack_of_another_municipality")),
            (AOMORI.read_text(encoding="utf-8") + "# edited\n", error("Refusal", "pack_version_reused")),
        ],
        ids=["empty", "not TOML", "not text", "NUL", "half", "another city", "same version"],
    )
    def test_a_pack_that_is_wrong_is_not_adopted(
        self, tool: StaffTool, administrator: str, content: str, expected: dict[str, Any]
    ) -> None:
        refused = tool.error(
            "administration.adopt_pack",
            administrator,
            command_id=str(uuid4()), content=content, approver="市長", approval_reference="企連第3号",
        )  # fmt: skip
        assert told(refused) == expected

    @pytest.mark.row("B15")
    def test_a_calendar_of_closed_days_is_adopted_once(self, tool: StaffTool, administrator: str) -> None:
        arguments = {
            "command_id": str(uuid4()), "content": CLOSED_DAYS, "approver": "市長", "approval_reference": "総第1号",
        }  # fmt: skip
        adopted = tool.result("administration.adopt_closed_days", administrator, **arguments)

        assert len(adopted["events"]) == 1
        assert adopted == tool.result("administration.adopt_closed_days", administrator, **arguments)
        again = {**arguments, "command_id": str(uuid4())}
        assert tool.result("administration.adopt_closed_days", administrator, **again)["events"] == []

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            ("", error("InvalidMessage", "invalid_message")),
            ("no TOML [", error("InvalidMessage", "calendar_invalid")),
            ("format = 1", error("InvalidMessage", "calendar_invalid")),
            (CLOSED_DAYS.replace("022012", "112089"), error("Refusal", "calendar_of_another_municipality")),
        ],
        ids=["empty", "not TOML", "half", "another city"],
    )
    def test_a_calendar_that_is_wrong_is_not_adopted(
        self, tool: StaffTool, administrator: str, content: str, expected: dict[str, Any]
    ) -> None:
        refused = tool.error(
            "administration.adopt_closed_days",
            administrator,
            command_id=str(uuid4()), content=content, approver="市長", approval_reference="総第2号",
        )  # fmt: skip
        assert told(refused) == expected


class TestCalls:
    @pytest.mark.parametrize("method", CALLS)
    def test_wrong_arguments_are_an_invalid_message(self, tool: StaffTool, city: City, method: str) -> None:
        token = token_of(city, MAY[method])
        first = next(iter(CALLS[method]))

        missing = tool.error(method, token, **{name: value for name, value in CALLS[method].items() if name != first})
        foreign = tool.error(method, token, **CALLS[method], foreign="x")
        positional = tool.wait(tool.send(method, {"args": [1] * 9, "kwargs": {}}, token))["error"]

        for refused in (missing, foreign, positional):
            assert told(refused)["exc_type"] == "InvalidMessage"

    @pytest.mark.parametrize(
        "body",
        [None, 5, "text", [], {}, {"args": []}, {"kwargs": {}}, {"args": {}, "kwargs": {}}, {"args": [], "kwargs": []},
         {"args": "abc", "kwargs": {}}, {"args": None, "kwargs": None}],
        ids=str,
    )  # fmt: skip
    def test_a_call_of_another_form_is_an_invalid_message(self, tool: StaffTool, officer: str, body: Any) -> None:
        reply = tool.wait(tool.send("intake.get_proposal", body, officer))
        assert told(reply["error"])["exc_type"] == "InvalidMessage"

    @pytest.mark.parametrize("method", ["intake.drop_everything", "intake.on_portal_message", "intake.__init__"])
    def test_a_method_that_is_not_there_is_not_found(self, tool: StaffTool, officer: str, method: str) -> None:
        assert told(tool.error(method, officer)) == error("NotFound", "method_not_found")

    @pytest.mark.parametrize("stack", [5, [1, 2], "text", [None], {"a": 1}])
    def test_nameko_s_own_headers_are_not_believed(self, tool: StaffTool, officer: str, stack: Any) -> None:
        headers = {"nameko.auth_token": officer, "nameko.call_id_stack": stack}
        call = {"args": [], "kwargs": {"proposal_id": str(uuid4())}}

        reply = tool.wait(tool.send("intake.get_proposal", call, application_headers=headers))

        assert told(reply["error"]) == error("NotFound", "not_found")

    @pytest.mark.parametrize("content_type", [..., "", "application/data", "text/plain", "application/text", "x"])
    def test_a_call_in_another_content_type_is_an_invalid_message_or_dropped(
        self, tool: StaffTool, officer: str, service: Served, content_type: Any
    ) -> None:
        correlation_id = tool.send(
            "intake.get_proposal", {"args": [], "kwargs": {}}, officer, content_type=content_type
        )
        tool.error("intake.get_proposal", officer, proposal_id="x")

        reply = tool.replies.pop(correlation_id, None)

        assert reply is None or told(reply["error"])["exc_type"] == "InvalidMessage"
        assert not service.logged("container ended")

    @pytest.mark.parametrize(
        ("body", "properties"),
        [
            (b"\x80\x04]\x94.", {"content_type": "application/x-python-serialize", "content_encoding": "binary"}),
            (b"- yaml", {"content_type": "application/x-yaml"}),
            (b"not JSON", {}),
            (b"", {}),
            (b"[" * 20_000 + b"]" * 20_000, {}),
            (b"{}", {"content_encoding": "no-such-thing"}),
            (b"{}", {"content_encoding": b"\xff"}),
            (b"x\x9c", {"application_headers": {"compression": "application/x-gzip"}}),
            (b"{}", {"reply_to": ...}),
            (b"{}", {"reply_to": b"\xff" * 255}),
            (b"{}", {"reply_to": "nobody"}),
            (b"{}", {"correlation_id": ...}),
            (b"{}", {"correlation_id": b"\xff" * 255}),
            (b"{}", {"application_headers": {"nameko.auth_token": b"\xff\xfe"}}),
        ],
    )
    def test_no_call_ends_the_service(
        self, tool: StaffTool, officer: str, service: Served, body: bytes, properties: dict[str, Any]
    ) -> None:
        tool.send("intake.get_proposal", body, officer, **properties)
        tool.send("intake.\ud7ff", body, officer, **properties)

        assert told(tool.error("intake.get_proposal", officer, proposal_id="x")) == error("NotFound", "not_found")
        assert service.is_running
        assert not service.logged("container ended")

    def test_nameko_s_own_proxy_hears_type_sentence_and_code(self, tool: StaffTool, city: City, officer: str) -> None:
        assert tool, "both services run"
        configuration = {"AMQP_URI": city.brokers["staff"]}
        context = {AUTH_TOKEN_CONTEXT_KEY: officer}

        with ClusterRpcProxy(configuration, context_data=context, timeout=30) as proxy:
            received = proxy.intake.receive_proposal(**entry())
            assert proxy.intake.get_proposal(proposal_id=received["proposal_id"])["title"] == MINIMAL["title"]
            with pytest.raises(RemoteError) as raised:
                proxy.intake.get_proposal(proposal_id=str(uuid4()))

        assert (raised.value.exc_type, raised.value.value) == ("NotFound", "見つかりません。 (not_found)")
