"""Reads delivery reports (RFC 3464): which letter did not arrive, and what the other side said."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Final

from desk.letters.marks import Marked, marks_in
from eventstore.errors import InvalidMessage

ADDRESSED: Final = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
NAMED: Final = ("Message-ID", "Return-Path")
LONGEST: Final = 2_000  # characters of diagnostics that are kept


class NotABounce(InvalidMessage):
    """A message that is no report of a letter that failed to arrive."""

    code = "not_a_bounce"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A letter that did not arrive."""

    marked: Marked
    diagnostics: str = field(repr=False)


def read_report(key: bytes, message: bytes) -> Bounce:
    """What a delivery report says. key: that of the city's marks.

    Raises `NotABounce` for what is no report, tells of a delay or a success only, or names no letter of ours.
    """
    report = message_from_bytes(message, policy=default)
    if report.get_content_type() != "multipart/report":
        raise NotABounce("配信の報告（multipart/report）ではありません。")
    failures = [one for one in _statuses(report) if str(one.get("Action", "")).strip().lower() == "failed"]
    if not failures:
        raise NotABounce("届かなかったという報告ではありません。")
    named = " ".join(_named(report))
    marked = marks_in(key, named)
    if not marked:
        raise NotABounce("どの文書についての報告か分かりません。")
    return Bounce(marked=marked[0], diagnostics=_diagnostics(failures))


def _statuses(report: EmailMessage) -> Iterator[Message]:
    """The groups of fields about each recipient."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (one for one in part.get_payload() if isinstance(one, Message))


def _named(report: EmailMessage) -> Iterator[str]:
    """Where our mark may stand: in the address that the report came to, and in the head of what it returns."""
    yield from (str(value) for name in ADDRESSED for value in report.get_all(name, []))
    for part in report.walk():
        if part.get_content_type() == "text/rfc822-headers":
            head = part.get_payload(decode=True)
            yield head.decode("utf-8", "replace") if isinstance(head, bytes) else ""
        elif part.get_content_type() == "message/rfc822" and part.is_multipart():
            for inner in part.get_payload():
                if isinstance(inner, Message):
                    yield from (str(value) for name in NAMED for value in inner.get_all(name, []))


def _diagnostics(failures: list[Message]) -> str:
    said = [f"{one.get('Status', '')} {one.get('Diagnostic-Code', '')}".strip() for one in failures]
    return "\n".join(said)[:LONGEST]
