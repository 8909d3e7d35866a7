"""The list of a service's letters: where each stands, without addressee or text; what waits to be sent is found here.

A service that writes letters has the table `<service>_letters` and follows its letters by `letter_subscription`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final
from uuid import UUID

from psycopg.sql import SQL, Identifier

from desk.forms.listing import Listing
from desk.letters.events import (
    LetterApproved,
    LetterComposed,
    LetterDispatched,
    LetterDispatchFailed,
    LetterPosted,
    LetterReaddressed,
    Means,
)
from desk.letters.refusals import LetterOvertaken
from desk.letters.state import Status
from desk.letters.waiting import waits_for
from desk.lists import ReadModel
from desk.office import Office
from desk.rows import change_row
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded

COLUMNS: Final = (
    "letter_id", "version", "status", "template", "subject_category", "subject_id", "means", "adverse", "issued_on",
    "sent_on", "attempts", "next_attempt_at", "recorded_at", "tries", "code", "again_at",
)  # fmt: skip


def letters_table(service: str) -> str:
    """The table of a service's letters."""
    return f"{service}_letters"


@dataclass(frozen=True, slots=True)
class LetterList:
    """The list of one service's letters, as the subscription keeps it."""

    rows: ReadModel

    @classmethod
    def of(cls, subscription: Subscription[Turn]) -> "LetterList":
        """The list that a subscription of letters keeps."""
        return cls(ReadModel(subscription=subscription, key="letter_id", columns=COLUMNS))

    def page(
        self, office: Office, listing: Listing, *, status: Status | None, subject_id: UUID | None
    ) -> dict[str, Any]:
        """A page as `ReadModel.page` gives it; each letter with what it `waits_for`, and `counts` of all by status."""
        page = self.rows.page(office, listing, status=status, subject_id=subject_id)
        return {**page, "items": [_waiting(row) for row in page["items"]], "counts": self._counts(office)}

    def _counts(self, office: Office) -> dict[str, int]:
        table = Identifier(*self.rows.subscription.tables)
        query = SQL("SELECT status, count(*) FROM {} GROUP BY status ORDER BY status").format(table)
        with office.database.connection() as connection:
            return {str(status): int(count) for status, count in connection.execute(query)}


@cache
def letter_list(service: str) -> LetterList:
    """The list of a service's letters."""
    return LetterList.of(letter_subscription(service))


def _waiting(row: dict[str, Any]) -> dict[str, Any]:
    awaited = waits_for(
        Status(row["status"]),
        Means(row["means"]),
        is_tried=row["attempts"] > 0,
        is_put_off=row["tries"] > 0,
        is_overtaken=row["code"] == LetterOvertaken.code,
    )
    return {**row, "waits_for": awaited}


def letter_subscription(service: str) -> Subscription[Turn]:
    """Keeps the list of a service's letters."""
    table = letters_table(service)

    def on(event: str, changed: Callable[[Any], dict[str, object]]) -> On[Turn]:
        return On(event, partial(_on_change, table, changed))

    return Subscription(
        name="letters",
        tables=(table,),
        on=(
            On("LetterComposed", partial(_on_letter_composed, table)),
            On("LetterApproved", partial(_on_letter_approved, table)),
            On("LetterDispatched", partial(_on_letter_dispatched, table)),
            on("LetterDispatchFailed", _dispatch_failed),
            on("LetterBounced", lambda _: {"status": Status.BOUNCED}),
            on("LetterPosted", _posted),
            on("LetterReturned", lambda _: {"status": Status.RETURNED}),
            on("LetterReaddressed", _readdressed),
            on("LetterCancelled", lambda _: {"status": Status.CANCELLED, "next_attempt_at": None}),
            on("OneTimeCodeUsed", lambda _: {}),
            on("OneTimeCodeRevoked", lambda _: {}),
        ),
    )


def _on_letter_composed(table: str, turn: Turn, recorded: Recorded) -> None:
    composed: LetterComposed = recorded.event
    row = {
        "letter_id": recorded.stream.id,
        "version": recorded.version,
        "status": Status.COMPOSED,
        "template": composed.template,
        "subject_category": composed.subject_category,
        "subject_id": composed.subject_id,
        "means": composed.means,
        "adverse": composed.adverse,
        "recorded_at": recorded.recorded_at,
        "position": turn.position,
    }
    columns, values = SQL(", ").join(map(Identifier, row)), SQL(", ").join(SQL("%s") for _ in row)
    statement = SQL("INSERT INTO {} ({}) VALUES ({})").format(Identifier(table), columns, values)
    turn.connection.execute(statement, tuple(row.values()))


def _on_change(table: str, changed: Callable[[Any], dict[str, object]], turn: Turn, recorded: Recorded) -> None:
    _set(table, {"version": recorded.version, **changed(recorded.event)}, turn, recorded.stream.id)


def _on_letter_approved(table: str, turn: Turn, recorded: Recorded) -> None:
    approved: LetterApproved = recorded.event
    row = {
        "version": recorded.version,
        "status": Status.APPROVED,
        "issued_on": approved.issued_on,
        "approved_at": recorded.recorded_at,
        "series": approved.series,
        "attempts": 0,
        "next_attempt_at": None,
    }
    _set(table, row, turn, recorded.stream.id)


def _on_letter_dispatched(table: str, turn: Turn, recorded: Recorded) -> None:
    """A dispatch that became known after the letter had got another address leaves it where it stands."""
    sent: LetterDispatched = recorded.event
    told = {
        "status": Status.DISPATCHED,
        "sent_on": sent.dispatched_on,
        "attempts": sent.attempt,
        "next_attempt_at": None,
    }
    query = SQL("SELECT 1 FROM {} WHERE letter_id = %s AND series = %s AND status <> %s").format(Identifier(table))
    current = turn.connection.execute(query, (recorded.stream.id, sent.series, Status.COMPOSED)).fetchone()
    _set(table, {"version": recorded.version, **(told if current else {})}, turn, recorded.stream.id)


def _set(table: str, row: dict[str, object], turn: Turn, letter_id: UUID) -> None:
    """Whatever happens to a letter, the round that sends begins with it afresh."""
    change_row(turn, table, "letter_id", letter_id, **{**row, "tries": 0, "code": None, "again_at": None})


def _dispatch_failed(event: LetterDispatchFailed) -> dict[str, object]:
    status = {"status": Status.FAILED} if event.permanent else {}
    return {**status, "attempts": event.attempt, "next_attempt_at": event.next_attempt_at}


def _posted(event: LetterPosted) -> dict[str, object]:
    return {"status": Status.POSTED, "sent_on": event.posted_on}


def _readdressed(event: LetterReaddressed) -> dict[str, object]:
    return {"status": Status.COMPOSED, "means": event.means, "next_attempt_at": None}
