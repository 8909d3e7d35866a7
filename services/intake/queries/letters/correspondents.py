"""Whom the desk writes to about a proposal or inquiry, by what its record says today."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from desk.letters.correspondents import TOLD, Correspondent, correspondent_of, told_last
from eventstore.errors import NotFound
from eventstore.records import Recorded


def correspondent(events: Sequence[Recorded]) -> Correspondent:
    """Whom to write to about a proposal or inquiry.

    Raises `NotFound` without any event, `LetterErased` where the contact's key is gone.
    """
    if not events:
        raise NotFound
    return correspondent_of(told_last((_by_name(recorded.event) for recorded in events), TOLD))


def _by_name(event: Any) -> dict[str, Any]:
    return {one.name: getattr(event, one.name) for one in fields(event)}
