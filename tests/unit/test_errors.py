"""The tree of errors: each with a stable code and a sentence, one status for each way of failing."""

import pytest

from eventstore.errors import (
    FieldError,
    Forbidden,
    InvalidMessage,
    KeyUnavailable,
    NotFound,
    Refusal,
    RenkeiError,
    StreamConflict,
    Unavailable,
)
from services.intake.domain.proposal import ProposalAlreadyReceived  # loads the services' refusals, too
from tests.strategies import EVENT_TYPES


def every(kind: type[RenkeiError]) -> list[type[RenkeiError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in every(child))]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Refusal, 409),
        (StreamConflict, 409),
        (InvalidMessage, 400),
        (NotFound, 404),
        (Forbidden, 403),
        (Unavailable, 503),
    ],
)
def test_each_way_of_failing_has_one_status(kind: type[RenkeiError], status: int) -> None:
    assert {descendant.status for descendant in every(kind)} == {status}


def test_every_class_below_the_root_belongs_to_one_way_of_failing() -> None:
    ways = {Refusal, StreamConflict, InvalidMessage, NotFound, Forbidden, Unavailable}

    assert EVENT_TYPES
    assert set(RenkeiError.__subclasses__()) == ways
    for kind in every(RenkeiError)[1:]:
        assert sum(issubclass(kind, way) for way in ways) == 1, kind


def test_every_condition_has_a_code_of_its_own() -> None:
    codes: dict[str, type[RenkeiError]] = {}
    for kind in every(RenkeiError):
        if "code" in vars(kind):
            assert codes.setdefault(kind.code, kind) is kind, kind.code
            assert kind.code == kind.code.lower().replace(" ", "_")


def test_a_refusal_is_named_for_its_condition() -> None:
    assert [kind.__name__ for kind in every(RenkeiError)[1:] if kind.__name__.endswith("Error")] == []


def test_an_error_shows_its_sentence_and_carries_its_code() -> None:
    refusal = ProposalAlreadyReceived("受け付け済みです。")

    assert str(refusal) == "受け付け済みです。 (proposal_already_received)"
    assert (refusal.stable_code, refusal.status, refusal.crossing) == ("proposal_already_received", 409, ())
    assert refusal.args == ("proposal_already_received", "受け付け済みです。")


def test_a_code_may_be_given_where_the_class_has_several() -> None:
    assert KeyUnavailable("no key", code="other").stable_code == "other"
    assert KeyUnavailable("no key").stable_code == "key_unavailable"


def test_what_is_hidden_and_what_is_absent_are_told_in_the_same_words() -> None:
    assert str(NotFound()) == "見つかりません。 (not_found)"
    assert NotFound().args == NotFound().args


def test_every_error_of_a_message_crosses() -> None:
    errors = (
        FieldError(field="title", code="required", message="件名を入力してください。"),
        FieldError(field="contact.email", code="form", message="メールアドレスの形ではありません。"),
    )

    assert InvalidMessage("誤りがあります。", errors=errors).crossing == (
        [
            {"field": "title", "code": "required", "message": "件名を入力してください。"},
            {"field": "contact.email", "code": "form", "message": "メールアドレスの形ではありません。"},
        ],
    )


class Shut(Refusal):
    """Made for these tests."""

    code = "shut"
    sentence = "閉まっています。"


def test_a_class_says_its_own_sentence_unless_something_else_is_said() -> None:
    assert (Shut().args, str(Shut())) == (("shut", "閉まっています。"), "閉まっています。 (shut)")
    assert Shut("鍵がありません。").args == ("shut", "鍵がありません。")


def test_a_class_without_a_sentence_is_not_raised_without_words() -> None:
    with pytest.raises(AttributeError):
        Refusal()
