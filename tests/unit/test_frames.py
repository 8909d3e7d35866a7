"""AMQP frames from strangers: what cannot be decoded reads as nothing, and what can be reads as before."""

from struct import pack

import pytest
from amqp.serialization import decode_properties_basic, dumps
from hypothesis import given
from hypothesis import strategies as st

from eventstore.nameko.frames import HEADER_START, ForeignBytes, readable

START = pack(">HHQ", 60, 0, 5)


def header(flags: int, properties: bytes) -> bytes:
    return START + pack(">H", flags) + properties


@given(text=st.text(max_size=60))
def test_text_in_utf_8_reads_as_it_is(text: str) -> None:
    assert ForeignBytes(text.encode()).decode() == text


@pytest.mark.parametrize("written", [b"\xff", b"\xed\xa0\x80", b"good\x80", "日本".encode("shift_jis")])
def test_text_that_is_not_utf_8_reads_as_nothing(written: bytes) -> None:
    assert ForeignBytes(written).decode() == ""
    assert ForeignBytes(b"x" + written)[1:].decode("utf-8", "surrogatepass") == ""


def test_good_properties_read_as_before() -> None:
    written = header(0x8000 | 0x0010, dumps("ss", ["application/json", "city-portal"]))

    properties, _ = decode_properties_basic(readable(written), HEADER_START)

    assert properties == {"content_type": "application/json", "user_id": "city-portal"}


@pytest.mark.parametrize(
    "written",
    [
        header(0x2000, pack(">I", 3) + b"\x01aZ"),
        header(0x2000, pack(">I", 11) + b"\x01aT" + pack(">Q", 2**63)),
        header(0x2000, pack(">I", 10**9)),
        header(0x8000, b"\xffshort"),
        header(0x2000, pack(">I", 50_002) + b"\x01a" + b"A\x00\x00\xff\xff" * 10_000),
        START,
    ],
)
def test_properties_that_cannot_all_be_decoded_are_none_at_all(written: bytes) -> None:
    properties, _ = decode_properties_basic(readable(written), HEADER_START)
    assert properties.get("user_id") is None
    assert readable(written)[:HEADER_START] == START


@given(written=st.binary(max_size=80))
def test_no_bytes_whatever_raise(written: bytes) -> None:
    decode_properties_basic(readable(START + written), HEADER_START)
