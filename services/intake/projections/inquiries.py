"""The list of inquiries and what is told of each event, made of open fields alone."""

from collections.abc import Mapping
from typing import Any, Final

from desk.history import Sentence, always
from desk.rows import change_row
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded
from services.intake.domain.inquiry import (
    InquiryAnswered,
    InquiryClosed,
    InquiryConverted,
    InquiryReceived,
    InquiryStatus,
)
from services.intake.projections.proposal_sentences import CHANNELS


def on_inquiry_received(turn: Turn, recorded: Recorded) -> None:
    """A row of its own."""
    received: InquiryReceived = recorded.event
    turn.connection.execute(
        "INSERT INTO intake_inquiries (inquiry_id, version, status, proposer_kind, channel, received_on, recorded_at,"
        " position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            recorded.stream.id, recorded.version, InquiryStatus.RECEIVED, received.proposer_kind, recorded.channel,
            received.received_on, recorded.recorded_at, turn.position,
        ),
    )  # fmt: skip


def on_inquiry_answered(turn: Turn, recorded: Recorded) -> None:
    """When it was answered last."""
    answered: InquiryAnswered = recorded.event
    _set(turn, recorded, status=InquiryStatus.ANSWERED, answered_on=answered.answered_on)


def on_inquiry_converted(turn: Turn, recorded: Recorded) -> None:
    """The proposal that it became."""
    converted: InquiryConverted = recorded.event
    _set(
        turn,
        recorded,
        status=InquiryStatus.CONVERTED,
        proposal_id=converted.proposal_id,
        ended_on=converted.converted_on,
    )


def on_inquiry_closed(turn: Turn, recorded: Recorded) -> None:
    """When it was closed."""
    closed: InquiryClosed = recorded.event
    _set(turn, recorded, status=InquiryStatus.CLOSED, ended_on=closed.closed_on)


def _set(turn: Turn, recorded: Recorded, **columns: object) -> None:
    change_row(turn, "intake_inquiries", "inquiry_id", recorded.stream.id, version=recorded.version, **columns)


INQUIRIES: Final = Subscription(
    name="inquiries",
    tables=("intake_inquiries",),
    on=(
        On("InquiryReceived", on_inquiry_received),
        On("InquiryAnswered", on_inquiry_answered),
        On("InquiryConverted", on_inquiry_converted),
        On("InquiryClosed", on_inquiry_closed),
    ),
)


def _received(_: Mapping[str, Any], channel: str) -> str:
    return f"相談を、{CHANNELS[channel]}で受け付けました。"


def _answered(fields: Mapping[str, Any], _: str) -> str:
    return f"相談に、{CHANNELS[fields['means']]}で回答しました。"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "InquiryReceived": _received,
    "InquiryAnswered": _answered,
    "InquiryConverted": always("相談をもとに、提案として受け付けました。"),
    "InquiryClosed": always("相談への対応を終えました。"),
}
