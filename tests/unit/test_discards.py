"""Discards are told in words: why a message was parked, and of a position the rule's code where it has no words."""

from uuid import uuid4

import pytest

from apps.reference import codes
from desk.discards import SENTENCES, WHY_PARKED
from services.intake import answering  # noqa: F401 - its errors are to be known

PARKED_WITH = {place.code for place in codes.raised() if place.error == "Unanswerable"} | {"undeliverable", "fault"}


def test_every_code_that_a_message_is_parked_with_has_words() -> None:
    assert set(WHY_PARKED) == PARKED_WITH


@pytest.mark.parametrize("code", sorted(PARKED_WITH))
def test_a_discarded_message_is_told_with_words_and_no_code(code: str) -> None:
    told = SENTENCES["MessageDiscarded"]({"message_id": str(uuid4()), "code": code}, "")

    assert told == f"処理できず保留していたメッセージを破棄しました（保留の理由：{WHY_PARKED[code]}）。"
    assert code not in told


def test_a_code_without_words_is_called_a_code() -> None:
    told = SENTENCES["PositionDiscarded"]({"subscription": "cases", "position": 7, "code": "call_closed"}, "")

    assert told.endswith("（処理の名称：cases、保留の理由コード：call_closed）。")
