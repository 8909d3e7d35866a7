"""Checks that each stream stands in the ledger in its own order, without a gap: one version after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from eventstore.database import Connection
from eventstore.ledger.findings import Fault, Findings
from eventstore.verification.numbered import Numbered

# A subquery a row, looked up by index: an anti-join is planned as a scan of the whole table while statistics are old.
_WITHOUT_PREVIOUS: Final = (
    "SELECT given.position, given.stream_id::text, given.version"
    " FROM unnest(%s::bigint[], %s::text[], %s::uuid[], %s::int[]) given (position, service, stream_id, version)"
    " WHERE (SELECT true FROM events e JOIN positions p ON p.sequence = e.sequence AND p.service = e.service"
    " WHERE e.service = given.service AND e.stream_id = given.stream_id AND e.version = given.version - 1"
    " AND p.position < given.position) IS NOT TRUE"
)


@dataclass(frozen=True, slots=True)
class StreamOrder:
    """Looks at page after page of the ledger, and remembers nothing of those before."""

    connection: Connection
    findings: Findings

    def verify(self, page: Sequence[Numbered]) -> None:
        """Whether each of a page, in order, follows the version before it, in the page or before the page."""
        last: dict[str, int] = {}
        begun_before: list[tuple[int, str, str, int]] = []
        for record in page:
            stream, version = record.envelope["stream"], record.envelope["version"]
            if stream in last:
                if version != last[stream] + 1:
                    self._note(record.position, stream, version)
            elif version != 1:
                stream_id = stream.partition("-")[2]
                begun_before.append((record.position, record.envelope["service"], stream_id, version))
            last[stream] = version
        if begun_before:
            columns = [list(column) for column in zip(*begun_before, strict=True)]
            for position, stream_id, version in self.connection.execute(_WITHOUT_PREVIOUS, columns, binary=True):
                self._note(position, stream_id, version)

    def _note(self, position: int, stream: str, version: int) -> None:
        self.findings.add(position, Fault.OUT_OF_ORDER, f"{stream}, version {version}")
