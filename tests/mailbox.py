"""A real SMTP server for tests: it keeps what it takes, and answers as a test tells it to.

with Mailbox() as mailbox:
    mailbox.settings().write(city.folder)
    mailbox.answer("451 4.7.1 try again later")    # the next recipient is answered so
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from io import BytesIO
from typing import Any, Self

from aiosmtpd.controller import Controller
from pypdf import PdfReader

from desk.mail import MailSettings, Security


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One mail that the server took."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)

    @property
    def message(self) -> EmailMessage:
        """The mail, read."""
        return message_from_bytes(self.content, policy=default)

    @property
    def text(self) -> str:
        """Its plain text."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def pdf_text(self) -> str:
        """The text of the PDF that it brings, without blanks and line breaks."""
        (attached,) = self.message.iter_attachments()
        assert attached.get_content_type() == "application/pdf"
        pages = PdfReader(BytesIO(attached.get_content())).pages
        return "".join("".join(page.extract_text().split()) for page in pages)


class Mailbox:
    """The server, from `start` to `stop` on a port of its own."""

    def __init__(self, **options: Any) -> None:
        """options: what aiosmtpd's server takes beside, such as `ssl_context` or `auth_required`."""
        self.taken: list[Taken] = []
        self._answers: deque[str] = deque()
        self.on_mail: Callable[[], None] = lambda: None
        """Called when a mail was taken, before the server says so."""
        self.on_refusal: Callable[[], None] = lambda: None
        """Called when a recipient is refused, before the server says so."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True, **options)

    def settings(self, **changed: Any) -> MailSettings:
        """How a city sends by it."""
        given = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": Security.NONE,
            "sender": "desk@city.example.jp",
            "bounces": "bounces@city.example.jp",
        }
        return MailSettings(**{**given, **changed})

    def answer(self, *answers: str) -> None:
        """Refuses the next recipients with these answers, one each."""
        self._answers.extend(answers)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self._answers:
            answer = self._answers.popleft()
            await asyncio.to_thread(self.on_refusal)
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken.append(
            Taken(sender=envelope.mail_from, recipients=tuple(envelope.rcpt_tos), content=envelope.content)
        )
        await asyncio.to_thread(self.on_mail)
        return "250 OK"


def report(mail: Taken, *, action: str = "failed", to: str | None = None) -> bytes:
    """A delivery report as a mail server writes it (RFC 3464)."""
    outer = EmailMessage(policy=SMTP)
    outer["From"], outer["To"] = "MAILER-DAEMON@mx.example.jp", to or mail.sender
    outer["Subject"] = "Undelivered Mail Returned to Sender"
    recipient = mail.recipients[0] if mail.recipients else "x@example.jp"
    status = (
        f"Reporting-MTA: dns; mx.example.jp\r\n\r\nFinal-Recipient: rfc822; {recipient}\r\nAction: {action}\r\n"
        "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n"
    )
    head = f"Message-ID: {mail.message['Message-ID']}\r\nSubject: x\r\n"
    edge = "edge"
    outer["Content-Type"] = f'multipart/report; report-type=delivery-status; boundary="{edge}"'
    parts = (
        ("text/plain", "could not be delivered\r\n"),
        ("message/delivery-status", status),
        ("text/rfc822-headers", head),
    )
    body = "".join(f"--{edge}\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in parts)
    return outer.as_bytes().split(b"\r\n\r\n")[0] + b"\r\n\r\n" + f"{body}--{edge}--\r\n".encode()
