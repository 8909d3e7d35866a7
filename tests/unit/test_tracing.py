"""Traceparents: of W3C's form whatever came in, one trace for one matter, a span for each hop."""

import re
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.tracing import child, traceparent_of

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CORRELATION, EVENT = UUID("0af76519-16cd-43dd-8448-eb211c80319c"), UUID("b9c7c989-f976-5ad8-abcd-ef0123456789")
OWN_SPAN = "b9c7c989f9765ad8"


@pytest.mark.parametrize("flags", ["00", "01", "ff"])
def test_a_trace_that_came_goes_on_with_its_flags_and_a_span_of_the_event_s_own(flags: str) -> None:
    assert child(f"00-{TRACE}-{SPAN}-{flags}", CORRELATION, EVENT) == f"00-{TRACE}-{OWN_SPAN}-{flags}"


@pytest.mark.parametrize(
    "trace",
    [
        None, "", "nonsense", f"01-{TRACE}-{SPAN}-01", f"ff-{TRACE}-{SPAN}-01", f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE.upper()}-{SPAN}-01", f"00-{TRACE}-{SPAN}-1", f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-x", f" 00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01\n", f"00-{TRACE[1:]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN[1:]}-01", f"00-{TRACE}-{SPAN}-0g",
    ],
)  # fmt: skip
def test_what_is_no_traceparent_is_none_and_the_correlation_is_the_trace(trace: str | None) -> None:
    assert child(trace, CORRELATION, EVENT) == f"00-{CORRELATION.hex}-{OWN_SPAN}-01"


def test_an_event_is_told_with_the_trace_of_its_envelope() -> None:
    envelope = {"trace": f"00-{TRACE}-{SPAN}-01", "correlation": str(CORRELATION), "id": str(EVENT)}

    assert traceparent_of(envelope) == f"00-{TRACE}-{OWN_SPAN}-01"
    assert traceparent_of({**envelope, "trace": None}) == f"00-{CORRELATION.hex}-{OWN_SPAN}-01"


@given(trace=st.none() | st.text() | st.from_regex(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fullmatch=True))
def test_whatever_came_what_is_told_is_of_the_form_and_opens_again(trace: str | None) -> None:
    correlation, first, second = uuid4(), uuid4(), uuid4()
    told = child(trace, correlation, first)

    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", told)
    assert child(told, uuid4(), second) == told.replace(first.hex[:16], second.hex[:16])
