"""What a portal's message becomes before anything is stored: ids that last for ever, and answers that fit."""

import json
from uuid import UUID, uuid4

import pytest

from desk.forms import refuse
from desk.forms.problems import MAX_ERRORS
from desk.portal.answers import Answer
from desk.portal.messages import MAX_BYTES, submission_command_id, submission_id
from eventstore.errors import FieldError
from eventstore.parked import Delivery
from services.intake.schemas import Problem


def test_a_submission_s_ids_never_change() -> None:
    """A portal may send again years later: these ids are part of the record for ever."""
    command_id = submission_command_id("city-portal", "6b1f0c52-8d3e-4a17-9c40-2f5e71a80d01")

    assert command_id == UUID("d6b94cf3-bda4-5bb7-a660-50c8f958ebe7")
    assert submission_id(command_id) == UUID("67b23f1d-f22d-5b95-9b18-a89f9317fd89")


def test_a_submission_is_a_portal_and_an_id() -> None:
    submission = str(uuid4())
    assert len({submission_command_id(portal, submission) for portal in ("a", "b", "a")}) == 2
    assert submission_command_id("a", "b/c") != submission_command_id("a", "c")


def test_256_kib_is_the_limit() -> None:
    assert MAX_BYTES == 262_144


def test_a_hundred_errors_are_told_and_fit_a_message() -> None:
    errors = [Problem("unknown_field").at("長" * 500) for _ in range(400)]

    with pytest.raises(Exception, match="入力内容") as refused:
        refuse(errors)

    told: tuple[FieldError, ...] = refused.value.errors  # type: ignore[attr-defined]
    assert len(told) == MAX_ERRORS
    assert len(json.dumps([error.message + error.field for error in told])) < MAX_BYTES


def test_nothing_wrong_is_no_refusal() -> None:
    refuse([])


def test_an_answer_is_one_json_text() -> None:
    answer = Answer("city-portal", "x", {"id": "x", "data": {"received_on": "2026-05-20"}})
    assert json.loads(answer.written()) == answer.event


def test_a_delivery_shows_nothing_of_its_body() -> None:
    delivery = Delivery(body=b"secret", content_type="text/plain", routing_key="x", user_id=None)

    assert "secret" not in repr(delivery)
    assert Delivery.read(delivery.written()) == delivery
