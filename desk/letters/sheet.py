"""A letter as it stands: its texts and where it goes, opened from its events."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from desk.letters.events import LetterComposed, LetterReaddressed, Means
from desk.letters.refusals import LetterErased
from eventstore.protection import Closed
from eventstore.records import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands on a letter, and where it goes. paragraphs: the body, then the notice of a one-time code."""

    means: Means
    addressee: tuple[str, ...] = field(repr=False)
    address: str = field(repr=False)
    title: str = field(repr=False)
    paragraphs: tuple[str, ...] = field(repr=False)
    remedies: str | None = field(repr=False)


def sheet_of(events: Sequence[Recorded]) -> Sheet:
    """The sheet of a letter's events, at least the first of them. Raises `LetterErased` where its keys are gone."""
    composed: LetterComposed = events[0].event
    directed: Any = composed
    for recorded in events:
        if isinstance(recorded.event, LetterReaddressed):
            directed = recorded.event
    try:
        notice = composed.code_notice.reveal()
        return Sheet(
            means=directed.means,
            addressee=directed.addressee.reveal(),
            address=directed.address.reveal(),
            title=composed.title.reveal(),
            paragraphs=composed.body.reveal() + ((notice,) if notice else ()),
            remedies=composed.remedies.reveal(),
        )
    except Closed:
        raise LetterErased("宛先の情報が消去されているため、この文書は送れません。") from None
