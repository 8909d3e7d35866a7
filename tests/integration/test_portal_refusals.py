"""What intake refuses, as a portal hears it: field, stable code and a plain Japanese sentence, all of them at once."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import uuid4

import psycopg
import pytest

from apps.provisioning.city import Installation
from eventstore.city import City
from tests.cities import TOKOROZAWA, Cities
from tests.portals import FULL, PlainPortal, as_body, changed, inquiry, opened_portal, proposal, submission
from tests.serving import Served, serving

JAPANESE: Final = re.compile(r"[ぁ-んァ-ヶ一-龠]")
LONG: Final = "あ" * 20_001
LINE: Final = "い" * 201


@pytest.fixture(scope="module")
def service(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The running intake."""
    with serving("intake", city, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


@pytest.fixture(scope="module")
def portal(service: Served, installation: Installation, city: City) -> Iterator[PlainPortal]:
    """The portal that the city runs."""
    with opened_portal(installation, city) as opened:
        yield opened


def full(path: str, to: Any) -> dict[str, Any]:
    return submission(changed(FULL, path, to))


def envelope(path: str, to: Any) -> dict[str, Any]:
    return changed(submission(FULL), path, to)


def asked(path: str, to: Any) -> dict[str, Any]:
    return changed(inquiry(), f"data.{path}", to)


IN_DATA: Final[list[tuple[str, Any, str, str]]] = [
    *[(name, ..., name, "required") for name in ("municipality", "kind", "title", "summary", "proposer", "contact")],
    *[(name, None, name, "required") for name in ("municipality", "kind", "title", "summary", "proposer", "contact")],
    *[(name, "　 \t", name, "required") for name in ("municipality", "title", "summary", "proposer.name")],
    *[(name, 5, name, "wrong_type") for name in ("municipality", "kind", "title", "summary", "proposer", "contact")],
    *[(name, {"a": 1}, name, "wrong_type") for name in ("title", "problem", "period", "place", "purposes", "pledges")],
    ("municipality", "112089", "municipality", "other_municipality"),
    ("kind", "gift", "kind", "unknown_choice"),
    ("kind", "call", "call_id", "call_required"),
    ("call_id", str(uuid4()), "call_id", "call_not_wanted"),
    ("title", LINE, "title", "too_long"),
    ("title", "件\0名", "title", "control_character"),
    ("title", "件\n名", "title", "control_character"),
    ("summary", LONG, "summary", "too_long"),
    ("summary", "概要\x1b[31m", "summary", "control_character"),
    ("purposes", ["citizen_service", "fun"], "purposes.1", "unknown_choice"),
    ("purposes", ["citizen_service"] * 4, "purposes", "too_many"),
    ("proposer.kind", ..., "proposer.kind", "required"),
    ("proposer.kind", "company", "proposer.kind", "unknown_choice"),
    ("proposer.kind", "individual", "proposer.kind", "individual_not_accepted"),
    ("proposer.name", ..., "proposer.name", "required"),
    ("proposer.corporate_number", None, "proposer.corporate_number", "corporate_number_required"),
    ("proposer.corporate_number", "4011001098994", "proposer.corporate_number", "check_digit"),
    ("proposer.corporate_number", "401100109899", "proposer.corporate_number", "not_13_digits"),
    ("proposer.corporate_number", 4011001098993, "proposer.corporate_number", "wrong_type"),
    ("proposer.extra", 1, "proposer.extra", "unknown_field"),
    ("contact.name", ..., "contact.name", "required"),
    ("contact", {"name": "長谷川"}, "contact.phone", "phone_or_email_required"),
    ("contact.phone", "12", "contact.phone", "phone"),
    ("contact.phone", "でんわ", "contact.phone", "phone"),
    ("contact.email", "kondo@", "contact.email", "email"),
    ("contact.email", "a@b@c.example.jp", "contact.email", "email"),
    ("support_wanted", ["money"], "support_wanted.0", "unknown_choice"),
    ("cost.total_yen", -1, "cost.total_yen", "out_of_range"),
    ("cost.total_yen", 1.5, "cost.total_yen", "wrong_type"),
    ("cost.total_yen", True, "cost.total_yen", "wrong_type"),
    ("cost.total_yen", 10**40, "cost.total_yen", "wrong_type"),
    ("cost.city_share_yen", 9_000_000, "cost.city_share_yen", "city_share_above_total"),
    ("indicators", [{"name": "数"}, {"target": "10"}], "indicators.1.name", "required"),
    ("handles_personal_data", "no", "handles_personal_data", "wrong_type"),
    ("may_be_published", 1, "may_be_published", "wrong_type"),
    ("third_party_ip", [5], "third_party_ip.0", "wrong_type"),
    ("confidential.0.field", "pledges", "confidential.0.field", "unknown_choice"),
    ("confidential.0.reason", "", "confidential.0.reason", "required"),
    ("pledges", ["terms"], "pledges", "pledge_missing"),
    ("pledges", ["terms", "true_and_correct", "more"], "pledges.2", "unknown_choice"),
    ("terms_version", None, "terms_version", "required"),
    ("terms_version", "2019-04", "terms_version", "terms_version"),
    ("attachments", [{"upload_token": "t", "name": "a.pdf", "media_type": "application/pdf"}],
     "attachments", "attachment_unknown"),
    ("budget", 5, "budget", "unknown_field"),
]  # fmt: skip

IN_ENVELOPE: Final[list[tuple[str, Any, str, str]]] = [
    ("specversion", ..., "specversion", "required"),
    ("specversion", "0.3", "specversion", "not_supported"),
    ("datacontenttype", "application/xml", "datacontenttype", "not_supported"),
    ("source", ..., "source", "required"),
    ("source", "/portals/other-portal", "source", "portal_mismatch"),
    ("source", "city-portal", "source", "portal_mismatch"),
    ("time", ..., "time", "required"),
    ("time", "2026-05-20T09:15:00", "time", "time"),
    ("time", "yesterday", "time", "time"),
    ("time", 0, "time", "time"),
    ("time", "0001-01-01T00:00:00+14:00", "time", "time"),
    ("time", "9999-12-31T23:59:59-14:00", "time", "time"),
    ("data", ..., "data", "required"),
    ("data", None, "data", "required"),
    ("data", [FULL], "data", "wrong_type"),
    ("type", 5, "type", "wrong_type"),
    ("type", ..., "type", "required"),
    ("id", "no-uuid", "id", "uuid"),
    ("id", "あ" * 80, "id", "uuid"),
]

IN_INQUIRY: Final[list[tuple[str, Any, str, str]]] = [
    *[(name, ..., name, "required") for name in ("municipality", "contact", "subject", "content")],
    ("contact.name", ..., "contact.name", "required"),
    ("contact.phone", ..., "contact.phone", "phone_or_email_required"),
    ("contact.department", "課", "contact.department", "unknown_field"),
    ("municipality", "112089", "municipality", "other_municipality"),
    ("proposer", {"kind": "corporation", "name": " "}, "proposer.name", "required"),
    ("content", LONG, "content", "too_long"),
    ("title", "件名", "title", "unknown_field"),
]


def cases(build: Callable[[str, Any], dict[str, Any]], table: list[tuple[str, Any, str, str]]) -> list[Any]:
    return [
        pytest.param(build(path, to), field, code, id=f"{build.__name__}-{n}-{path}-{code}")
        for n, (path, to, field, code) in enumerate(table)
    ]


@pytest.mark.row("S19")
@pytest.mark.parametrize(
    ("message", "field", "code"), [*cases(full, IN_DATA), *cases(envelope, IN_ENVELOPE), *cases(asked, IN_INQUIRY)]
)
def test_one_wrong_field_is_refused_with_its_code_and_a_plain_sentence(
    portal: PlainPortal, message: dict[str, Any], field: str, code: str
) -> None:
    answer = portal.ask(message)

    assert answer.type == "SubmissionRefused"
    assert answer.errors == [(field, code)]
    (error,) = answer.data["errors"]
    assert set(error) == {"field", "code", "message"}
    assert JAPANESE.search(error["message"])
    assert error["message"].endswith("。") or code == "pledge_missing"


@pytest.mark.row("S19")
def test_every_wrong_field_is_told_at_once(portal: PlainPortal) -> None:
    message = submission({"municipality": "112089", "kind": "gift", "title": "", "proposer": {"kind": "individual"},
                          "contact": {"email": "x"}, "cost": {"total_yen": -1}, "pledges": [], "terms_version": "1",
                          "extra": 0}, specversion="2", source="/portals/x", time="now")  # fmt: skip

    errors = portal.ask(message).errors

    assert set(errors) == {
        ("specversion", "not_supported"), ("source", "portal_mismatch"), ("time", "time"),
        ("municipality", "other_municipality"), ("kind", "unknown_choice"), ("title", "required"),
        ("summary", "required"), ("proposer.kind", "individual_not_accepted"), ("proposer.name", "required"),
        ("contact.name", "required"), ("contact.email", "email"), ("cost.total_yen", "out_of_range"),
        ("pledges", "pledge_missing"), ("terms_version", "terms_version"), ("extra", "unknown_field"),
    }  # fmt: skip


@pytest.mark.row("S21")
def test_an_individual_is_shown_the_way_to_the_citizens_window(portal: PlainPortal) -> None:
    answer = portal.ask(full("proposer.kind", "individual"))

    (error,) = answer.data["errors"]
    assert error["code"] == "individual_not_accepted"
    assert "広聴" in error["message"]
    assert "個人事業主" in error["message"]


@pytest.mark.row("S33")
@pytest.mark.row("S34")
def test_pledges_and_terms_that_the_city_asks_for_must_be_given(portal: PlainPortal) -> None:
    message = changed(changed(submission(FULL), "data.pledges", []), "data.terms_version", ...)

    errors = portal.ask(message).errors

    assert sorted(errors) == [("pledges", "pledge_missing")] * 2 + [("terms_version", "required")]


@pytest.mark.parametrize(
    ("kind", "routing_key"), [("Greeting", "Greeting"), ("OpinionSubmitted", "OpinionSubmitted"), ("x.y", "x.y")]
)
def test_a_type_that_nobody_takes_is_refused_and_not_dropped(portal: PlainPortal, kind: str, routing_key: str) -> None:
    assert portal.ask(submission(FULL, kind), routing_key).errors == [("type", "unknown_type")]


def test_an_unknown_type_under_a_known_routing_key_is_refused(portal: PlainPortal) -> None:
    assert portal.ask(submission(FULL, "Greeting"), "ProposalSubmitted").errors == [("type", "unknown_type")]


@pytest.mark.parametrize("routing_key", ["InquirySubmitted", "", "ProposalSubmitted.x", "proposalsubmitted", "#", "長"])
def test_a_type_other_than_the_routing_key_is_refused(portal: PlainPortal, routing_key: str) -> None:
    assert portal.ask(proposal(), routing_key).errors == [("type", "type_mismatch")]


def test_more_than_256_kib_is_refused(portal: PlainPortal) -> None:
    message = proposal()
    extension = 256 * 1024 - len(as_body({**message, "extension": ""}))

    (error,) = portal.ask({**message, "extension": " " * (extension + 1)}).data["errors"]

    assert (error["field"], error["code"]) == ("data", "too_large")
    assert "262144" in error["message"]
    assert portal.ask({**message, "extension": " " * extension}).type == "ProposalReceived"
    assert portal.ask({**proposal(), "extension": " " * 300 * 1024}).errors == [("data", "too_large")]


def test_a_key_that_stands_twice_is_refused_since_it_says_two_things(portal: PlainPortal) -> None:
    message = proposal(title="一つ目")
    body = b'{"specversion": "1.0", ' + as_body(message)[1:].replace(
        '"title": "一つ目"'.encode(), '"title": "一つ目", "title": "二つ目"'.encode()
    )

    portal.publish(body, "ProposalSubmitted")
    (answer,) = portal.wait(message["id"])

    assert answer.type == "SubmissionRefused"
    assert answer.errors == [("specversion", "duplicate_key"), ("title", "duplicate_key")]


def test_a_hundred_errors_at_most_are_told_so_that_the_answer_fits_a_message(portal: PlainPortal) -> None:
    message = submission({**FULL, **{f"field-{n}" * 20: n for n in range(400)}})

    answer = portal.ask(message)

    assert len(answer.errors) == 100
    assert len(answer.body) < 256 * 1024


@pytest.mark.row("N11")
def test_each_city_refuses_by_its_own_rules(
    installation: Installation, cities: Cities, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tokorozawa = cities.new("tokorozawa", TOKOROZAWA)
    message = submission({**FULL, "municipality": "112089", "pledges": ["terms", "true_and_correct"]})
    individual = changed(changed(message, "data.proposer.kind", "individual"), "id", str(uuid4()))

    with (
        serving("intake", tokorozawa, folder=tmp_path_factory.mktemp("logs")),
        opened_portal(installation, tokorozawa, "tokorozawa-portal") as portal,
    ):
        source = f"/portals/{portal.name}"
        assert portal.ask({**message, "source": source}).errors == [("pledges", "pledge_missing")]
        assert ("proposer.kind", "individual_not_accepted") not in portal.ask({**individual, "source": source}).errors


class TestBrokerRefuses:
    def test_more_than_1_mib_is_refused_by_the_broker(self, installation: Installation, city: City) -> None:
        with opened_portal(installation, city, "big-portal") as portal, pytest.raises(Exception, match="larger than"):
            portal.publish(b"x" * (1024 * 1024 + 1), "ProposalSubmitted")

    def test_another_s_user_id_is_refused_by_the_broker(self, installation: Installation, city: City) -> None:
        with opened_portal(installation, city, "spoofing-portal") as portal, pytest.raises(Exception, match="user_id"):
            portal.publish(proposal(), user_id="city-portal")


def test_nothing_is_recorded_of_what_is_refused(
    portal: PlainPortal, cities: Cities, city: City, service: Served
) -> None:
    with psycopg.connect(cities.administrator_url(city), autocommit=True) as administrator:
        tables = ("events_intake", "data_keys_intake", "sealed_values_intake", "blind_indexes_intake", "parked_intake")
        counted = [f"SELECT count(*) FROM {table}" for table in tables]
        before = [administrator.execute(statement).fetchone() for statement in counted]

        portal.ask(full("title", ""))

        assert [administrator.execute(statement).fetchone() for statement in counted] == before
