"""Opens a record for somebody: the opening is on record first, and only then is anything given out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from marshmallow import EXCLUDE

from desk.access import RecordOpened, RecordsListed, access_stream
from desk.forms import LABELS, SENTENCES, Form, Words, load_or_refuse
from desk.forms.fields import Line
from desk.office import Office
from eventstore.errors import NotFound
from eventstore.events import as_json
from eventstore.protection import Sealed
from eventstore.records import Actor, StreamId
from eventstore.store import Stream

T = TypeVar("T")

PURPOSE_LIMIT: Final = 400
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a record is opened for, in the reader's own words."""

    purpose: str = field(repr=False)


class PurposeForm(Form):
    """A purpose that is stated: a line of text with something to see in it; what else a call states is not its own."""

    class Meta:
        unknown = EXCLUDE

    makes = Purpose
    words = Words(labels={**LABELS, "purpose": "閲覧の目的"}, sentences=SENTENCES)
    purpose = Line(PURPOSE_LIMIT, required=True)


def stated_purpose(given: object) -> str | None:
    """A purpose as it was stated, None where none was. Raises `InvalidMessage` for what is no line of text."""
    if given is None:
        return None
    stated: Purpose = load_or_refuse(PurposeForm(), {"purpose": given})
    return stated.purpose


def opened(office: Office, stream: StreamId, actor: Actor, purpose: object, tell: Callable[[Stream], T]) -> T:
    """What a record tells, after it was recorded that the actor opens it.

    tell: makes it of the record as it was read. Raises `NotFound` where there is none, `InvalidMessage` for a purpose
    that is no line of text, and what `tell` does; then nothing is recorded, because nothing is given out.
    """
    stated = stated_purpose(purpose)
    read = office.store.load(stream)
    if not read.events:
        raise NotFound
    told = tell(read)
    opening = RecordOpened(category=stream.category, record_id=stream.id, version=read.version, purpose=Sealed(stated))
    record_opening(office, office.service, opening, actor)
    return told


def record_opening(office: Office, service: str, opened: RecordOpened | RecordsListed, actor: Actor) -> None:
    """Records that a service is about to show the actor a record or several, in a stream of its own, reading none.

    Raises `Unavailable`: then nothing may be shown.
    """
    context = office.context(actor)
    stream = office.store.new_stream(access_stream(service, context.command_id))
    office.store.append(stream, [opened], context)


def opened_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON, the sealed ones opened as far as they can be; `closed` names the others.

    values: an event's fields by their names, or some of them.
    """
    closed = [name for name, value in values.items() if isinstance(value, Sealed) and not value.is_open]
    shown = {
        name: as_json(value.reveal() if isinstance(value, Sealed) else value)
        for name, value in values.items()
        if name not in closed
    }
    return {**shown, "closed": closed}
