"""The record: its bytes, its ids, and what of a form that nobody knows."""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4, uuid5

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.protection import Protection
from eventstore.records import EVENT_IDS, StreamId, event_id, is_sealed_part, read, sealed_part, write


class Colour(StrEnum):
    RED = "red"


@given(st.uuids(), st.uuids(), st.integers(0, 1000))
def test_an_event_s_id_is_made_of_command_stream_and_number(command: UUID, stream: UUID, n: int) -> None:
    assert event_id(command, f"proposal-{stream}", n) == uuid5(EVENT_IDS, f"{command}/proposal-{stream}/{n}")


def test_event_ids_differ_by_command_stream_and_number() -> None:
    commands, streams = [uuid4(), uuid4()], ["proposal-a", "proposal-b"]

    assert len({event_id(c, s, n) for c in commands for s in streams for n in range(3)}) == 12


@given(st.uuids(), st.from_regex(r"[a-z_]+", fullmatch=True))
def test_a_stream_s_name_is_read_as_it_was_written(stream: UUID, category: str) -> None:
    assert StreamId.parse(str(StreamId(category, stream))) == StreamId(category, stream)


@pytest.mark.parametrize("text", ["", "proposal", "proposal-", "proposal-1", "提案"])
def test_what_is_no_stream_s_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="UUID"):
        StreamId.parse(text)


def test_a_record_is_one_line_of_json_in_the_order_given() -> None:
    tokyo = timezone(timedelta(hours=9))
    written = write(
        {
            "form": 1,
            "b": UUID(int=1),
            "a": datetime(2026, 11, 22, 3, 0, 0, 5, tzinfo=UTC),
            "c": datetime(2026, 11, 22, 12, 0, tzinfo=tokyo),
            "d": Colour.RED,
            "e": None,
            "f": "提案\n",
        }
    )

    assert written.decode() == (
        '{"form":1,"b":"00000000-0000-0000-0000-000000000001","a":"2026-11-22T03:00:00.000005Z",'
        '"c":"2026-11-22T12:00:00+09:00","d":"red","e":null,"f":"提案\\n"}'
    )


@pytest.mark.parametrize("form", [0, 2, "1", None])
def test_a_record_of_another_form_is_refused(form: Any) -> None:
    with pytest.raises(ValueError, match="form"):
        read(orjson.dumps({"form": form}))


def test_a_commitment_is_told_apart_from_any_other_value() -> None:
    part = sealed_part(Protection.BUSINESS, uuid4(), b"\x01" * 32)

    assert is_sealed_part(part)
    assert set(part) == {"class", "key", "commitment"}
    for other in ({**part, "more": 1}, {"class": "business"}, [part], "text", None, {}):
        assert not is_sealed_part(other)
