"""Data keys and sealed values as they are stored, for whoever reads them beside many records at once."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from uuid import UUID

from eventstore.database import Connection
from eventstore.errors import KeyUnavailable
from eventstore.protection import ClassGroup
from eventstore.sealing.keys import WrappedKey
from eventstore.sealing.values import SealedBlob

_KEYS: Final = (
    "SELECT id, category, stream_id, class_group, subject, master_key, wrapped FROM data_keys"
    " WHERE service = %s AND id = ANY(%s)"
)
_BLOBS: Final = "SELECT event_id, key_id, blob FROM sealed_values WHERE service = %s AND key_id = ANY(%s)"
_BLOBS_OF: Final = f"{_BLOBS} AND event_id = ANY(%s)"


class StoredKey(NamedTuple):
    """A data key's row, nothing in it checked yet."""

    id: UUID
    category: str
    stream_id: UUID
    class_group: str
    subject: UUID | None
    master_key: UUID
    wrapped: bytes

    def wrapped_key(self) -> WrappedKey:
        """The key for unwrapping. Raises `KeyUnavailable` for a class group that there is not."""
        try:
            group = ClassGroup(self.class_group)
        except ValueError:
            raise KeyUnavailable(f"data key {self.id} is of no class group that is known here") from None
        return WrappedKey(
            id=self.id,
            stream=f"{self.category}-{self.stream_id}",
            group=group,
            subject=self.subject,
            master_key=self.master_key,
            wrapped=self.wrapped,
        )


def stored_keys(connection: Connection, service: str, ids: Iterable[UUID]) -> dict[UUID, StoredKey]:
    """Those of a service's data keys that are still there, by id."""
    rows = connection.execute(_KEYS, (service, list(ids)), binary=True)
    return {row[0]: StoredKey(*row) for row in rows}


def stored_blobs(
    connection: Connection, service: str, key_ids: Iterable[UUID], event_ids: Iterable[UUID] | None = None
) -> Iterator[SealedBlob]:
    """What a service sealed under data keys; in some events only, where they are given."""
    arguments = (service, list(key_ids))
    rows = (
        connection.execute(_BLOBS, arguments, binary=True)
        if event_ids is None
        else connection.execute(_BLOBS_OF, (*arguments, list(event_ids)), binary=True)
    )
    for event_id, key_id, blob in rows:
        yield SealedBlob(event_id=event_id, key_id=key_id, blob=blob)
