"""Traces: the W3C traceparent that each event is told with, so that one trace runs from portal to projection.

    00-<trace id, 32 hex digits>-<span id, 16>-<flags, 2>        (W3C Trace Context §3.2, version 00)

The trace is the one that the command came with, else its correlation; the span is the event itself, so that each hop
has a span of its own.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

_TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
_SAMPLED: Final = "01"


def traceparent(given: object) -> str | None:
    """A traceparent of the form above; None for anything else, which begins no trace."""
    return given if isinstance(given, str) and _TRACEPARENT.fullmatch(given) else None


def child(trace: str | None, correlation_id: UUID, event_id: UUID) -> str:
    """The traceparent of what an event leads to: its cause's trace, with the event as the span.

    trace: the traceparent that came with the event; none, or one that is not of the form, leaves the correlation as
    the trace.
    """
    return _child(trace, correlation_id.hex, event_id.hex)


def traceparent_of(envelope: Mapping[str, Any]) -> str:
    """The traceparent that an event is told with, from its envelope (`records.read`)."""
    return _child(envelope["trace"], envelope["correlation"].replace("-", ""), envelope["id"].replace("-", ""))


def _child(trace: str | None, correlation: str, event: str) -> str:
    """As `child`, of ids in 32 hex digits: an id of a record is not read anew to be written at once."""
    came = _TRACEPARENT.fullmatch(trace or "")
    trace_id, flags = came.groups() if came else (correlation, _SAMPLED)
    return f"00-{trace_id}-{event[:16]}-{flags}"
