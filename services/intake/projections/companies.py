"""The list of companies, the notices that they are owed or were written, and their history; names are not among it."""

from collections.abc import Mapping
from typing import Any, Final

from desk.history import Sentence, always
from desk.rows import change_row
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded
from services.intake.domain.call.events import CallOpened
from services.intake.domain.company.decider import Standing
from services.intake.domain.company.events import CallNoticed, CompanyProfileChanged, CompanyRegistered


def on_company_registered(turn: Turn, recorded: Recorded) -> None:
    """A row of its own."""
    registered: CompanyRegistered = recorded.event
    turn.connection.execute(
        "INSERT INTO intake_companies (company_id, version, status, kind, subjects, wants_notices, registered_on,"
        " recorded_at, position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            recorded.stream.id, recorded.version, Standing.REGISTERED, registered.kind, list(registered.subjects),
            registered.wants_notices, registered.registered_on, recorded.recorded_at, turn.position,
        ),
    )  # fmt: skip


def on_company_profile_changed(turn: Turn, recorded: Recorded) -> None:
    """Its kind and what interests it now."""
    changed: CompanyProfileChanged = recorded.event
    _set(turn, recorded, kind=changed.kind, subjects=list(changed.subjects))


def on_notices_wanted(turn: Turn, recorded: Recorded) -> None:
    """Notices go to it."""
    _set(turn, recorded, wants_notices=True)


def on_notices_ended(turn: Turn, recorded: Recorded) -> None:
    """No more notices go to it, not of what has opened either."""
    _set(turn, recorded, wants_notices=False, owed=[])


def on_company_removed(turn: Turn, recorded: Recorded) -> None:
    """Out of the register."""
    _set(turn, recorded, status=Standing.REMOVED, wants_notices=False, owed=[])


def on_company_noticed(turn: Turn, recorded: Recorded) -> None:
    """It was told of a call."""
    noticed: CallNoticed = recorded.event
    _set(turn, recorded)
    turn.connection.execute(
        "UPDATE intake_companies SET owed = array_remove(owed, %s) WHERE company_id = %s",
        (noticed.call_id, recorded.stream.id),
    )


def on_call_opened(turn: Turn, recorded: Recorded) -> None:
    """Whoever wants notices by now, and takes an interest in a subject of the call or in any, is owed one."""
    opened: CallOpened = recorded.event
    turn.connection.execute(
        "UPDATE intake_companies SET owed = array_append(owed, %(call)s)"
        " WHERE wants_notices AND (%(subjects)s::text[] = '{}' OR subjects && %(subjects)s)",
        {"call": recorded.stream.id, "subjects": list(opened.subjects)},
    )


def on_call_closed(turn: Turn, recorded: Recorded) -> None:
    """Nobody is invited any more."""
    turn.connection.execute(
        "UPDATE intake_companies SET owed = array_remove(owed, %(call)s) WHERE %(call)s = ANY(owed)",
        {"call": recorded.stream.id},
    )


def on_call_noticed(turn: Turn, recorded: Recorded) -> None:
    """Which letter tells which company of a call."""
    noticed: CallNoticed = recorded.event
    turn.connection.execute(
        "INSERT INTO intake_call_notices (letter_id, call_id, company_id, position) VALUES (%s, %s, %s, %s)",
        (noticed.letter_id, noticed.call_id, recorded.stream.id, turn.position),
    )


def _set(turn: Turn, recorded: Recorded, **columns: object) -> None:
    change_row(turn, "intake_companies", "company_id", recorded.stream.id, version=recorded.version, **columns)


COMPANIES: Final = Subscription(
    name="companies",
    tables=("intake_companies",),
    on=(
        On("CompanyRegistered", on_company_registered),
        On("CompanyProfileChanged", on_company_profile_changed),
        On("NoticesWanted", on_notices_wanted),
        On("NoticesEnded", on_notices_ended),
        On("CallNoticed", on_company_noticed),
        On("CompanyRemoved", on_company_removed),
        On("CallOpened", on_call_opened),
        On("CallClosed", on_call_closed),
    ),
)
CALL_NOTICES: Final = Subscription(
    name="call_notices",
    tables=("intake_call_notices",),
    on=(On("CallNoticed", on_call_noticed),),
)


def _company_registered(fields: Mapping[str, Any], _: str) -> str:
    notices = "募集のお知らせを希望しています。" if fields["wants_notices"] else ""
    return f"事業者を登録しました。{notices}"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "CompanyRegistered": _company_registered,
    "CompanyProfileChanged": always("事業者の登録内容を変更しました。"),
    "NoticesWanted": always("募集のお知らせの送付を始めることにしました。"),
    "NoticesEnded": always("募集のお知らせの送付を終えることにしました。"),
    "CallNoticed": always("新しい募集のお知らせを作成しました。"),
    "CompanyRemoved": always("事業者の登録を終えました。"),
}
"""Event type → its sentence, for the timeline of a company."""
