"""`docs/asyncapi.yaml` is valid AsyncAPI 3, and every message that is or may be sent is of the form that it says."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
import yaml
from cloudevents.core.bindings.http import HTTPMessage, from_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from jsonschema import Draft7Validator, FormatChecker

from apps.composition import SERVICES
from apps.reference import events, portals
from apps.reference.__main__ import DOCS
from apps.relay.composition import tells
from desk.forms import load
from desk.portal.envelope import EnvelopeSchema
from eventstore.declaration import Service
from eventstore.events import EventTypes
from eventstore.protection import Internal
from eventstore.relay.publisher import CONTENT_TYPE, cloud_event
from services.intake.reactions.portal import FORMS as INTAKE_FORMS
from services.matching.reactions.portal import FORMS as MATCHING_FORMS
from tests.cities import ROOT
from tests.goldens import CONTRACTS
from tests.portals import FULL, INQUIRY, MINIMAL, changed, submission

DOCUMENT: Final[dict[str, Any]] = yaml.safe_load((DOCS / "asyncapi.yaml").read_text(encoding="utf-8"))
OFFICIAL: Final = Draft7Validator(
    orjson.loads(Path(__file__).with_name("asyncapi").joinpath("3.0.0.json").read_bytes())
)
MAY_LEAVE: Final = {which for which, may_leave in tells(SERVICES).items() if may_leave}
GOLDENS: Final = [
    golden
    for golden in (orjson.loads(path.read_bytes()) for path in sorted(CONTRACTS.glob("*/*.v*.json")))
    if (golden["service"], golden["type"]) in MAY_LEAVE
]
EXAMPLES: Final = sorted((ROOT / "examples").glob("[0-9]*.json"))
EXPECTED: Final = orjson.loads((ROOT / "examples" / "expected.json").read_bytes())
SCHEMAS: Final = {kind: sent.form for kind, sent in portals.SUBMISSIONS.items()}
LATER: Final = sorted((ROOT / "examples" / "later").glob("*.json"))

each_golden = pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: f"{golden['type']}.v{golden['version']}")


CHECKER: Final = FormatChecker()


@CHECKER.checks("date-time", ValueError)
def is_instant(value: object) -> bool:
    """RFC 3339: without its offset a time is no instant."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def wrong(channel: str, message: Mapping[str, Any], kind: str | None = None) -> list[str]:
    """What a message has against the form that the document gives its type, or `kind`."""
    payload = DOCUMENT["channels"][channel]["messages"][kind or message["type"]]["payload"]
    schema = {**payload, "components": DOCUMENT["components"]}
    return [error.message for error in Draft7Validator(schema, format_checker=CHECKER).iter_errors(message)]


def test_the_document_is_valid_asyncapi_3() -> None:
    assert [error.message for error in OFFICIAL.iter_errors(DOCUMENT)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("asyncapi",), "2.6.0"),
        (("channels", "intake.events", "bindings", "amqp", "exchange", "type"), "pubsub"),
        (("operations", "intake.tell", "action"), "publish"),
        (("servers", "city", "protocol"), None),
    ],
)
def test_a_document_that_is_not_valid_is_found(path: tuple[str, ...], value: Any) -> None:
    broken = at = deepcopy(DOCUMENT)
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value

    assert list(OFFICIAL.iter_errors(broken))


def test_every_reference_leads_somewhere() -> None:
    found = list(references(DOCUMENT))
    assert found
    for reference in found:
        at: Any = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            at = at[name]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [value["$ref"]] if "$ref" in value else []
    for nested in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from references(nested)


def test_every_schema_is_a_schema() -> None:
    for channel in DOCUMENT["channels"].values():
        for message in channel["messages"].values():
            Draft7Validator.check_schema(message["payload"])


def test_what_may_leave_and_nothing_else_is_described() -> None:
    described = {
        (name.removesuffix(".events"), kind)
        for name, channel in DOCUMENT["channels"].items()
        for kind in channel["messages"]
        if not name.startswith("portal.")
    }

    assert described == MAY_LEAVE


@each_golden
@pytest.mark.parametrize("which", ["full", "sparse"])
def test_an_event_as_it_is_told_is_a_cloudevent_of_the_form_described(golden: dict[str, Any], which: str) -> None:
    told = cloud_event(golden["examples"][which]["record"])

    from_structured(
        HTTPMessage(headers={"content-type": CONTENT_TYPE}, body=orjson.dumps(told)), JSONFormat(), CloudEvent
    )
    channel = f"{golden['service']}.events"
    assert wrong(channel, told) == []
    for part in (told, told["data"]):
        for name in set(part) - {"causationid"}:
            without = {field: value for field, value in part.items() if field != name}
            assert wrong(channel, without if part is told else {**told, "data": without}, golden["type"]), name
    assert set(told) <= set(events.envelope()["properties"])


@each_golden
def test_no_sealed_field_is_described(golden: dict[str, Any]) -> None:
    payload = DOCUMENT["channels"][f"{golden['service']}.events"]["messages"][golden["type"]]["payload"]
    described = payload["allOf"][1]["properties"]["data"]
    versions = described.get("anyOf", [described])
    told = cloud_event(golden["examples"]["full"]["record"])["data"]

    assert set(told) in [set(version["properties"]) for version in versions]


def test_a_protected_type_is_not_described_and_an_old_version_still_is(tmp_path: Path) -> None:
    types = EventTypes("odd")

    @types.event(category="secret", version=1, existence_protected=True)
    @dataclass(frozen=True, slots=True, kw_only=True)
    class PoliceAsked:
        note: Internal[str]

    @types.event(category="plain", version=1)
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Counted:
        """It was counted."""

        by: int

    @types.event(category="plain", version=2)
    @dataclass(frozen=True, slots=True, kw_only=True)
    class CountedAgain:
        """It was counted, and said where."""

        by: int
        at: int | None

    service = Service(events=types, opens=frozenset(), migrations=tmp_path)
    assert set(events.channel(service)["messages"]) == {"Counted", "CountedAgain"}
    older, newer = types.declared("Counted", 1), types.declared("CountedAgain", 2)
    both = events.message("odd", [older, newer])["payload"]["allOf"][1]["properties"]["data"]["anyOf"]
    assert [set(version["properties"]) for version in both] == [{"by"}, {"by", "at"}]


def test_what_services_take_of_portals_is_what_is_described() -> None:
    assert portals.taken(SERVICES) == sorted(portals.SUBMISSIONS) == sorted({*INTAKE_FORMS, *MATCHING_FORMS})


@pytest.mark.parametrize("path", [*EXAMPLES, *LATER], ids=lambda path: path.stem)
def test_a_sample_that_is_received_is_of_the_form_described(path: Path) -> None:
    if path in LATER or EXPECTED[path.stem]["type"] != "SubmissionRefused":
        assert wrong("portal.events", orjson.loads(path.read_bytes())) == []


FORMED: Final = [("ProposalSubmitted", FULL), ("ProposalSubmitted", MINIMAL), ("InquirySubmitted", INQUIRY)]
FORMED_LATER: Final = [(sent["type"], sent["data"]) for sent in (orjson.loads(path.read_bytes()) for path in LATER)]
each_form = pytest.mark.parametrize(
    ("kind", "data"),
    [*FORMED, *FORMED_LATER],
    ids=["full", "minimal", "inquiry", *(path.stem for path in LATER)],
)


@each_form
def test_what_a_submission_may_lack_and_may_not_have_is_what_intake_says(kind: str, data: dict[str, Any]) -> None:
    """Every field left out, emptied of its type, and a stranger beside it: document and schema agree each time."""
    good = submission(data, kind)
    assert wrong("portal.events", good) == []

    for path in paths(dict(data)):
        for to in (..., {"stranger": 1}, None):
            tried = changed(dict(data), path, to)
            _, errors = load(SCHEMAS[kind](), tried)
            shape_errors = [error for error in errors if error.code in OF_SHAPE]
            against = wrong("portal.events", submission(tried, kind))
            assert bool(against) == bool(shape_errors) or is_null_list(path, to), (path, to, errors, against)


OF_SHAPE: Final = {"required", "wrong_type", "unknown_field", "unknown_choice", "uuid"}
"""Codes of what a JSON Schema can say; the rules between fields are in words."""


def is_null_list(path: str, to: object) -> bool:
    """Intake takes null for an empty list; the document does not invite to it."""
    return to is None and path.removeprefix("proposal.") in LISTS


LISTS: Final = {
    "purposes",
    "support_wanted",
    "indicators",
    "third_party_ip",
    "confidential",
    "pledges",
    "attachments",
    "subjects",
}


def paths(value: Any, path: str = "") -> Iterator[str]:
    """The dotted path of every field of objects in objects."""
    for name, nested in value.items():
        yield f"{path}{name}"
        if isinstance(nested, dict):
            yield from paths(nested, f"{path}{name}.")


@pytest.mark.parametrize(
    "name", ["specversion", "id", "source", "type", "time", "data", "datacontenttype", "traceparent"]
)
@pytest.mark.parametrize("to", [..., ["stranger"], "odd", None])
def test_what_the_envelope_may_lack_is_what_intake_says(name: str, to: Any) -> None:
    message = changed({**submission(dict(MINIMAL)), "traceparent": "odd"}, name, to)

    _, errors = load(EnvelopeSchema(), message)

    against = wrong("portal.events", message, "ProposalSubmitted")
    assert bool(against) == bool(errors) or (name, to) == ("type", "odd"), (against, errors)
