"""A mail server in the demo's own process (SMTP, RFC 5321): keeps what it takes, and sends nothing on."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Final

from apps.demo.waiting import until
from desk.mail import MailSettings, Security
from eventstore.city import City

HOST: Final = "127.0.0.1"
LINE: Final = 1_000
"""Octets that a line has at most, its end included (RFC 5321 §4.5.3.1.6)."""


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail for anybody, on a port of its own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Session)
        self.taken: list[tuple[str, EmailMessage]] = []

    def serves(self, city: City) -> None:
        """Lets a city send its letters here."""
        settings = MailSettings(
            host=HOST, port=self.server_address[1], security=Security.NONE, sender=f"desk@{city.name}.example.jp"
        )
        settings.write(city.folder)

    def wait(self, recipient: str, subject: str, after: int = 0) -> EmailMessage:
        """The mail to a recipient with this in its subject, once it has come. Raises TimeoutError.

        after: how many mails there were before.
        """
        return until(lambda: self._to(recipient, subject, after), f"mail to {recipient}")

    def _to(self, recipient: str, subject: str, after: int) -> EmailMessage | None:
        come = self.taken[after:]
        return next((mail for to, mail in come if to == recipient and subject in str(mail["Subject"])), None)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server at work."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


class _Session(socketserver.StreamRequestHandler):
    """One client's connection."""

    server: MailServer

    def handle(self) -> None:
        recipients: list[str] = []
        self._answer("220 demo ESMTP")
        while line := self.rfile.readline(LINE):
            verb, _, rest = line.decode().strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    self._answer("250-demo", "250-8BITMIME", "250 SMTPUTF8")
                case "RCPT":
                    recipients.append(rest.partition("<")[2].partition(">")[0])
                    self._answer("250 OK")
                case "DATA":
                    self._answer("354 go on")
                    message = message_from_bytes(self._content(), policy=default)
                    self.server.taken += [(recipient, message) for recipient in recipients]
                    recipients = []
                    self._answer("250 OK")
                case "QUIT":
                    self._answer("221 bye")
                    return
                case "HELO" | "MAIL" | "RSET" | "NOOP":
                    self._answer("250 OK")
                case _:
                    self._answer("502 not known here")

    def _content(self) -> bytes:
        """What is sent up to the line with a full stop alone, dots unstuffed."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _answer(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
