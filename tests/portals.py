"""Portals and staff tools as anyone could write them: plain AMQP 0-9-1, nothing of nameko or kombu.

    with PlainPortal(city.brokers["intake"], "city-portal", password) as portal:
        answer = portal.ask(proposal(title="…"))

`proposal` and `inquiry` build good messages; a test changes what it is about.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote
from uuid import UUID, uuid4

import amqp

from apps.demo.calls import Caller
from apps.demo.connection import connected
from apps.provisioning.city import Installation, admit_portal
from desk.office import Office
from eventstore.city import City
from eventstore.execution import execute
from eventstore.records import Actor, Code, Context, StreamId
from services.administration.domain.city import CITY, AdmitPortal
from tests.cities import management

T = TypeVar("T")
SECONDS: Final = 20.0
"""How long an answer may take on two shared cores before a test gives up."""

FULL: Final[Mapping[str, Any]] = {
    "municipality": "022012",
    "kind": "free",
    "call_id": None,
    "title": "路線バスの時刻を雪の日にも",
    "summary": "雪の日のバスの遅れを、停留所の札と電話でお知らせします。\n①遅れを予想します。\n②停留所に出します🚌",
    "problem": "雪の朝、バスがいつ来るか分かりません。",
    "purposes": ["citizen_service", "regional_issue", "regional_vitality"],
    "proposer": {
        "kind": "corporation",
        "name": "株式会社ゆきみち",
        "corporate_number": "4011001098993",
        "corporate_number_absent_reason": None,
        "address": "東京都架空区一丁目1-1",
        "representative": "代表取締役 北川 修",
    },
    "contact": {"department": "営業部", "name": "長谷川 美咲", "phone": "03-0000-1111", "email": "h@yuki.example.jp"},
    "merits": {"city": "問合せが減ります。", "citizens": "待たずに済みます。", "proposer": "実績になります。"},
    "roles": {"city": "停留所の使用", "proposer": "装置の設置"},
    "support_wanted": ["field", "data", "publicity", "regulation_review", "base"],
    "period": "2027年1月から3月まで",
    "place": "市内の停留所 12か所",
    "cost": {"total_yen": 1_200_000, "city_share_yen": 0, "bearer": "当社"},
    "indicators": [{"name": "問合せの数", "baseline": "月80件", "target": "月20件"}],
    "track_record": "北陸の1市で2年。",
    "handles_personal_data": False,
    "third_party_ip": ["地図は地理院タイル"],
    "confidential": [{"field": "summary", "reason": "未公表の技術", "on_condition_of_non_publication": True}],
    "may_be_published": True,
    "pledges": ["not_excluded", "terms", "true_and_correct"],
    "terms_version": "2026-04",
    "attachments": [],
}
"""`data` of a proposal that says everything that `wire.md` names."""

MINIMAL: Final[Mapping[str, Any]] = {
    "municipality": "022012",
    "kind": "free",
    "title": "空き教室で朝食を",
    "summary": "週に一度、空き教室で朝食を出します。",
    "proposer": {"kind": "organisation", "name": "朝ごはんの会"},
    "contact": {"name": "鈴木 洋子", "phone": "017-700-1010"},
    "pledges": ["terms", "true_and_correct"],
    "terms_version": "2026-04",
}
"""`data` of a proposal that says what is required in Aomori, and nothing else."""

INQUIRY: Final[Mapping[str, Any]] = {
    "municipality": "022012",
    "contact": {"affiliation": "架空商店街", "name": "成田 一郎", "phone": "017-700-7777"},
    "subject": "空き店舗について",
    "content": "空き店舗を使った催しについて相談したいです。",
}


def submission(data: Any, kind: str = "ProposalSubmitted", **envelope: Any) -> dict[str, Any]:
    """A CloudEvent of the portal `city-portal`."""
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/portals/city-portal",
        "type": kind,
        "time": "2026-05-20T09:15:00+09:00",
        "datacontenttype": "application/json",
        "data": data,
        **envelope,
    }


def proposal(**changed: Any) -> dict[str, Any]:
    """A good proposal with what is required, some of it changed."""
    return submission({**MINIMAL, **changed})


def inquiry(**changed: Any) -> dict[str, Any]:
    """A good inquiry, some of it changed."""
    return submission({**INQUIRY, **changed}, "InquirySubmitted")


def changed(value: Any, path: str, to: Any) -> Any:
    """A copy of a JSON value with another value at a dotted path; `to` is `...` to leave it out."""
    head, _, rest = path.partition(".")
    copy = list(value) if isinstance(value, list) else dict(value)
    key: Any = int(head) if isinstance(copy, list) else head
    if rest:
        copy[key] = changed(copy[key], rest, to)
    elif to is ...:
        del copy[key]
    else:
        copy[key] = to
    return copy


def as_body(message: Any) -> bytes:
    """The bytes of a message."""
    return message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it came: the bytes and the AMQP properties."""

    body: bytes
    properties: Mapping[str, Any]

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent."""
        event: dict[str, Any] = json.loads(self.body)
        return event

    @property
    def type(self) -> str:
        """Its type."""
        return str(self.event["type"])

    @property
    def data(self) -> dict[str, Any]:
        """Its data."""
        data: dict[str, Any] = self.event["data"]
        return data

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Field and code of each error, in order; none where it was received."""
        return [(error["field"], error["code"]) for error in self.data.get("errors", [])]


class PlainPortal:
    """A portal's connection, publishing with confirms: `with PlainPortal(uri, name, password) as portal`."""

    def __init__(self, uri: str, name: str, password: str, *, listens: bool = True) -> None:
        """uri: any URI of the city's vhost. listens: whether it takes its answers."""
        self.name = name
        self.connection = connected(uri, name, password)
        self.channel = self.connection.channel()
        self.answers: list[Answered] = []
        if listens:
            self.channel.basic_consume(f"portal.answers.{name}", no_ack=True, callback=self._on_answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def publish(self, message: Any, routing_key: str | None = None, **properties: Any) -> None:
        """Publishes a message or bytes as it should be done, unless a property says otherwise (`...`: without it)."""
        kind = message.get("type") if isinstance(message, Mapping) else None
        given = {
            "content_type": "application/cloudevents+json",
            "content_encoding": "utf-8",
            "delivery_mode": 2,
            "user_id": self.name,
            **properties,
        }
        sent = amqp.Message(as_body(message), **{name: value for name, value in given.items() if value is not ...})
        if routing_key is None:
            routing_key = kind if isinstance(kind, str) else "ProposalSubmitted"
        self.channel.basic_publish(sent, exchange="portal.events", routing_key=routing_key)

    def ask(self, message: Any, routing_key: str | None = None, **properties: Any) -> Answered:
        """Publishes and waits for the next answer to this submission id."""
        before = len(self.to(message["id"]))
        self.publish(message, routing_key, **properties)
        return self.wait(message["id"], before + 1)[-1]

    def wait(self, submission_id: str, count: int = 1) -> list[Answered]:
        """The answers to a submission, once there are as many. Raises TimeoutError."""
        self.until(lambda: len(self.to(submission_id)) >= count)
        return self.to(submission_id)

    def to(self, submission_id: str) -> list[Answered]:
        """The answers to a submission that have come."""
        return [answer for answer in self.answers if answer.properties.get("correlation_id") == submission_id]

    def until(self, is_done: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Takes answers until it is done. Raises TimeoutError."""
        ends = time.monotonic() + seconds
        while not is_done():
            if time.monotonic() > ends:
                raise TimeoutError(f"not done within {seconds} s")
            try:
                self.connection.drain_events(timeout=0.05)
            except TimeoutError:
                continue

    def _on_answer(self, message: amqp.Message) -> None:
        body = message.body if isinstance(message.body, bytes) else message.body.encode()
        self.answers.append(Answered(body, dict(message.properties)))


class StaffTool(Caller):
    """A caller of RPC methods: `with StaffTool(city.brokers["staff"]) as tool: tool.call("intake.get_proposal", …)`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def result(self, method: str, token: Any, /, **arguments: Any) -> dict[str, Any]:
        """The result of a call that has to succeed."""
        reply = self.call(method, token, **arguments)
        assert reply["error"] is None, reply["error"]
        result: dict[str, Any] = reply["result"]
        return result

    def error(self, method: str, token: Any, /, **arguments: Any) -> dict[str, Any]:
        """The error of a call that has to fail."""
        reply = self.call(method, token, **arguments)
        assert reply["result"] is None, reply["result"]
        error: dict[str, Any] = reply["error"]
        return error


def admitted(installation: Installation, city: City, name: str = "city-portal") -> str:
    """Admits a portal; its password, drawn anew where the broker user was there already."""
    password = admit_portal(installation, city, name)
    if password is None:
        password = uuid4().hex
        with management(installation.management_url) as api:
            api.put(f"users/{quote(name)}", json={"password": password, "tags": ""}).raise_for_status()
    return password


def admitted_in_the_log(office: Office, name: str, portal_id: UUID) -> None:
    """Admits a portal of a city whose messages come by no broker. office: administration's."""
    command_id = uuid4()
    context = Context(
        command_id=command_id,
        correlation_id=command_id,
        actor=Actor(id=office.city.operator, role=Code("operator")),
        channel=Code("command_line"),
    )
    stream = StreamId(CITY.category, office.city.stream)
    execute(office.store, CITY, stream, AdmitPortal(portal_id=portal_id, name=name), context)


@contextmanager
def opened_portal(installation: Installation, city: City, name: str = "city-portal") -> Iterator[PlainPortal]:
    """An admitted portal's connection."""
    with PlainPortal(city.brokers["intake"], name, admitted(installation, city, name)) as portal:
        yield portal


def until(found: Callable[[], T | None], seconds: float = SECONDS) -> T:
    """What is found in the end, asked again and again. Raises TimeoutError."""
    ends = time.monotonic() + seconds
    while True:
        value = found()
        if value:
            return value
        if time.monotonic() > ends:
            raise TimeoutError(f"not found within {seconds} s")
        time.sleep(0.02)
