"""Opens a record for somebody: the opening is on record first, and only then is anything given out."""

from dataclasses import dataclass, field
from typing import Final

from marshmallow import EXCLUDE

from desk.access import RecordOpened, access_stream
from desk.forms import LABELS, SENTENCES, Form, Words, load_or_refuse
from desk.forms.fields import Line
from desk.office import Office
from eventstore.records import Actor

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


def record_opening(office: Office, service: str, opened: RecordOpened, actor: Actor) -> None:
    """Records that a service is about to show the actor a record, in a stream of its own, without reading any.

    Raises `Unavailable`: then nothing may be shown.
    """
    context = office.context(actor)
    stream = office.store.new_stream(access_stream(service, context.command_id))
    office.store.append(stream, [opened], context)
