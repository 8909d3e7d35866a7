"""Reading protected content is itself on record: the events that say so, and the streams of their own they stand in.

They are kept in the service that gave the content out, never in the stream that was read, and their existence is
protected: that somebody opened a thing betrays that there is one. Each opening is a stream of its own, under a random
id: readers never wait for each other, and no id leads from a record to its readers. Who opened a record is answered
by a projection over these events (docs/adr/0013).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias
from uuid import UUID

from desk.history import Sentence, always
from eventstore.events import EventTypes
from eventstore.protection import Internal, Protection, Public
from eventstore.records import StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOpened:
    """The protected content of one record was shown to the actor.

    category, record_id: the stream that was read. version: its last event that was shown. purpose: in the reader's own
    words, None where none was asked for.
    """

    category: Public[str]
    record_id: UUID
    version: int
    purpose: Internal[str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsListed:
    """Protected content of several records was shown to the actor, a line or so of each: a page of a list.

    category: that of the streams. record_ids: those that stood on the page.
    """

    category: Public[str]
    record_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsRevealed:
    """The records office replayed the log with sealed values opened.

    classes: the protection classes that were opened. size: up to which position; as_of: the day whose closing size that
    is. recorded_from, recorded_to, types, streams: the filters, None or empty where there was none; streams are written
    `<category>-<id>`.
    """

    classes: tuple[Protection, ...]
    size: int
    as_of: date | None
    recorded_from: date | None
    recorded_to: date | None
    types: tuple[Public[str], ...]
    streams: tuple[Public[str], ...]
    purpose: Internal[str]


AccessEvent: TypeAlias = RecordOpened | RecordsListed | RecordsRevealed


def declare_access(types: EventTypes, *events: type[AccessEvent]) -> None:
    """Declares access events among those of a service, in streams of the category `<service>_access`."""
    for event in events:
        types.event(category=access_category(types.service), version=1, existence_protected=True)(event)


def access_category(service: str) -> str:
    """The category of a service's access streams."""
    return f"{service}_access"


def access_stream(service: str, command_id: UUID) -> StreamId:
    """Where one opening stands: in a stream under the id of the command that opened, drawn at random."""
    return StreamId(access_category(service), command_id)


CLASSES: Final = {
    Protection.PUBLIC: "公開情報",
    Protection.INTERNAL: "内部情報",
    Protection.PERSONAL: "個人情報",
    Protection.BUSINESS: "事業情報",
    Protection.DELIBERATION: "審議・検討情報",
    Protection.SAFETY: "公共の安全に関する情報",
}


def _records_revealed(fields: Mapping[str, Any], _: str) -> str:
    opened = "、".join(CLASSES[Protection(one)] for one in fields["classes"])
    return f"記録をまとめて書き出し、保護された内容（{opened}）も含めました。"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "RecordOpened": always("保護された内容を閲覧しました。"),
    "RecordsListed": always("保護された内容の一覧を閲覧しました。"),
    "RecordsRevealed": _records_revealed,
}
"""Event type → its sentence, for the timeline of an access stream."""
