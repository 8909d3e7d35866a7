"""Hostile messages against intake's reactions and a real store: each ends received, refused with reasons, or parked."""

import json
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from apps.provisioning.city import Installation
from desk.portal.messages import Unanswerable
from desk.portal.reactions import PortalReactions
from eventstore.city import City
from eventstore.parked import Delivery
from services.intake.declaration import INTAKE
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from tests.cities import Cities
from tests.portals import FULL, INQUIRY, MINIMAL, admitted, as_body, submission

PORTAL: Final = "hostile-portal"
MANY: Final = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)

WORDS: Final = st.sampled_from(
    ["", " ", "　", "\0", "\n", "'; DROP TABLE events; --", "{label}", "{0}", "%s", "\u202e", "😀", "ﷺ" * 50, "１２３",
     "_schema", "__class__", "data", "id", "proposer", "corporation", "free", "call", "-1", "1e400", "2026-05-20",
     "2026-05-20T09:15:00+09:00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "@", "a@b", "+81", "inf"]
)  # fmt: skip
TEXTS: Final = WORDS | st.text(max_size=30) | st.uuids().map(str)
SCALARS: Final = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
JSON: Final = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)


@pytest.fixture(scope="module")
def reactions(cities: Cities, city: City, installation: Installation) -> PortalReactions:
    """Intake's reactions in a city with one portal."""
    admitted(installation, city, PORTAL)
    office = cities.office(INTAKE, city)
    return portal_reactions(office, Reception(office))


@pytest.fixture(scope="module")
def ends_well(reactions: PortalReactions) -> Callable[..., str]:
    """What becomes of a message: the answer's type, or `parked`; an answer is checked on the way."""

    def outcome(
        body: bytes, content_type: str | None = "application/json", routing_key: str = "ProposalSubmitted"
    ) -> str:
        delivery = Delivery(body=body, content_type=content_type, routing_key=routing_key, user_id=PORTAL)
        try:
            answer = reactions.answer(delivery)
        except Unanswerable:
            return "parked"
        written = json.loads(answer.written())
        assert len(answer.written()) < 1024 * 1024
        assert len(answer.correlation_id.encode()) <= 255
        if written["type"] == "SubmissionRefused":
            assert written["data"]["errors"]
            for error in written["data"]["errors"]:
                assert set(error) == {"field", "code", "message"}
                assert error["message"]
        return str(written["type"])

    return outcome


@st.composite
def mutated(draw: Callable[[SearchStrategy[Any]], Any]) -> dict[str, Any]:
    """A good message in which one to four things are dropped, replaced, moved or added."""
    data, kind = draw(
        st.sampled_from([(FULL, "ProposalSubmitted"), (MINIMAL, "ProposalSubmitted"), (INQUIRY, "InquirySubmitted")])
    )
    message: Any = json.loads(json.dumps(submission(data, kind, source=f"/portals/{PORTAL}", id=str(uuid4()))))
    for _ in range(draw(st.integers(1, 4))):
        place = message
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and place[key] and draw(st.integers(0, 3)):
                place = place[key]
                continue
            _mutate(draw, place, key)
            break
    return message


def _mutate(draw: Callable[[SearchStrategy[Any]], Any], place: Any, key: Any) -> None:
    match draw(st.sampled_from(["drop", "replace", "replace", "wrap", "repeat", "add"])):
        case "drop":
            del place[key]
        case "replace":
            place[key] = draw(JSON)
        case "wrap":
            place[key] = [place[key]]
        case "repeat":
            place[key] = place[key] * 3 if isinstance(place[key], list | str) else [place[key]] * 60
        case _:
            if isinstance(place, dict):
                place[draw(TEXTS)] = draw(JSON)
            else:
                place.append(draw(JSON))


class TestInProcess:
    @MANY
    @given(message=mutated())
    def test_a_mutated_message_is_received_refused_or_parked(
        self, ends_well: Callable[..., str], message: dict[str, Any]
    ) -> None:
        kind = message.get("type")
        outcome = ends_well(as_body(message), routing_key=kind if isinstance(kind, str) else "ProposalSubmitted")
        assert outcome in {"ProposalReceived", "InquiryReceived", "SubmissionRefused", "parked"}
        named = message.get("id")
        assert (outcome == "parked") == (not isinstance(named, str) or not 0 < len(named.encode()) <= 255)

    @MANY
    @given(value=JSON)
    def test_any_json_is_refused_or_parked(self, ends_well: Callable[..., str], value: Any) -> None:
        assert ends_well(as_body(value)) in {"SubmissionRefused", "parked"}

    @MANY
    @given(data=JSON, kind=st.sampled_from(["ProposalSubmitted", "InquirySubmitted"]))
    def test_any_data_in_a_good_envelope_is_refused(self, ends_well: Callable[..., str], data: Any, kind: str) -> None:
        message = submission(data, kind, source=f"/portals/{PORTAL}")
        assert ends_well(as_body(message), routing_key=kind) == "SubmissionRefused"

    @MANY
    @given(
        body=st.binary(max_size=200), content_type=st.none() | st.text(max_size=20), routing_key=st.text(max_size=20)
    )
    def test_any_bytes_are_parked(
        self, ends_well: Callable[..., str], body: bytes, content_type: str | None, routing_key: str
    ) -> None:
        assert ends_well(body, content_type, routing_key) == "parked"
        assert ends_well(body, "application/json", routing_key) == "parked"

    @MANY
    @given(at=st.integers(0, 10_000), written=st.binary(max_size=4), cut=st.integers(0, 4))
    def test_a_damaged_message_is_received_refused_or_parked(
        self, ends_well: Callable[..., str], at: int, written: bytes, cut: int
    ) -> None:
        body = as_body(submission(FULL, source=f"/portals/{PORTAL}"))
        at %= len(body)
        damaged = body[:at] + written + body[at + cut :]
        assert ends_well(damaged) in {"ProposalReceived", "SubmissionRefused", "parked"}

    @pytest.mark.parametrize("depth", [10, 100, 500, 900, 1000, 1020, 1024, 1025, 20_000])
    def test_deep_nesting_is_refused_or_parked(self, ends_well: Callable[..., str], depth: int) -> None:
        deep = as_body(submission("HERE", source=f"/portals/{PORTAL}"))
        for opening, closing in ((b"[", b"]"), (b'{"a":', b"}"), (b'{"data":', b"}")):
            body = deep.replace(b'"HERE"', opening * depth + b"0" + closing * depth)
            assert ends_well(body) in {"SubmissionRefused", "parked"}

    def test_tens_of_thousands_of_keys_are_refused_at_once(self, ends_well: Callable[..., str]) -> None:
        for data in (b'{"k":0,' * 1 + b'"k":0,' * 30_000 + b'"k":0}', b"[" + b"{}," * 80_000 + b"{}]"):
            body = as_body(submission("HERE", source=f"/portals/{PORTAL}")).replace(b'"HERE"', data)
            assert len(body) < 256 * 1024
            assert ends_well(body) == "SubmissionRefused"
