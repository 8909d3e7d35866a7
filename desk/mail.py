"""Mail (SMTP): where a city's mail server is, how a letter becomes a message, and what the server says to it.

The settings are the city's own and stand in its folder, readable by its owner only. Nothing here logs: what a server
answers may name an address.
"""

import json
import smtplib
import ssl
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum, unique
from pathlib import Path
from typing import Final

from eventstore.sealing.keys import write_secret

FILE: Final = "mail.json"
SECONDS: Final = 30.0
"""How long one answer of the server may take."""
PERMANENT: Final = 500
LONGEST_DIAGNOSTICS: Final = 2_000


@unique
class Security(StrEnum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """A city's mail server. sender: the address that letters come from. bounces: the address to which what cannot be
    delivered is reported, extended by `+` and a mark of the letter (RFC 5233); the sender's own where it is None.
    authority: the certificates (PEM) that alone are trusted for the server, those of the system where it is None.
    """

    host: str
    port: int
    security: Security
    sender: str
    bounces: str | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    authority: str | None = None

    @classmethod
    def read(cls, folder: Path) -> "MailSettings | None":
        """The settings in a city's folder, None where none are set: then letters wait."""
        path = folder / FILE
        if not path.is_file():
            return None
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**kept, "security": Security(kept["security"])})

    def write(self, folder: Path) -> None:
        """Keeps them; whoever sends reads them afresh before each round."""
        write_secret(folder / FILE, json.dumps(asdict(self), indent=1))

    def trust(self) -> ssl.SSLContext:
        """Which servers are believed to be the one that they say they are: certificate and name are always checked."""
        return ssl.create_default_context(cadata=self.authority)

    def return_path(self, mark: str) -> str:
        """The envelope's sender: where a report about the letter of this mark is sent."""
        if self.bounces is None:
            return self.sender
        local, _, domain = self.bounces.rpartition("@")
        return f"{local}+{mark}@{domain}"

    def message_id(self, mark: str) -> str:
        """The Message-ID of every attempt to send the letter of this mark: who gets it twice can tell."""
        return f"<{mark}@{self.sender.rpartition('@')[2]}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What is sent: to one address, with one PDF."""

    to: str = field(repr=False)
    sender_name: str
    subject: str = field(repr=False)
    text: str = field(repr=False)
    file_name: str
    file: bytes = field(repr=False)
    mark: str = field(repr=False)
    date: datetime


class MailNotTaken(Exception):
    """The mail server did not take a message.

    smtp_code: its answer, None where there was none. is_permanent: the same message would be answered the same.
    is_server: it would have been any message's lot. diagnostics: in its own words; they may name the address.
    """

    def __init__(self, smtp_code: int | None, diagnostics: str, *, is_permanent: bool, is_server: bool) -> None:
        super().__init__(smtp_code)
        self.smtp_code = smtp_code
        self.diagnostics = diagnostics[:LONGEST_DIAGNOSTICS]
        self.is_permanent = is_permanent
        self.is_server = is_server


def send(settings: MailSettings, mail: Mail) -> None:
    """Hands a mail over to the city's server; raises `MailNotTaken`.

    Where the connection is lost amid the handing over, nobody knows whether it was taken: that too is `MailNotTaken`,
    and the same message is sent again.
    """
    message = _message(settings, mail)
    server = _connected(settings)
    try:
        server.send_message(message, from_addr=settings.return_path(mail.mark), to_addrs=[mail.to])
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = refused.recipients[mail.to]
        raise _not_taken(code, words, is_server=False) from None
    except smtplib.SMTPDataError as refused:
        raise _not_taken(refused.smtp_code, refused.smtp_error, is_server=False) from None
    except smtplib.SMTPNotSupportedError as unsupported:
        raise MailNotTaken(None, str(unsupported), is_permanent=True, is_server=False) from None
    except (smtplib.SMTPException, OSError) as fault:
        raise _server_fault(fault) from None
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _message(settings: MailSettings, mail: Mail) -> EmailMessage:
    """The message (RFC 5322). Raises `MailNotTaken` for an address that cannot stand in one."""
    message = EmailMessage(policy=SMTP)
    message["To"] = _recipient(mail.to)
    message["From"] = Address(mail.sender_name, addr_spec=settings.sender)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = settings.message_id(mail.mark)
    message.set_content(mail.text, charset="utf-8", cte="base64")
    message.add_attachment(mail.file, maintype="application", subtype="pdf", filename=mail.file_name)
    return message


def _recipient(address: str) -> Address:
    """An address as it stands in a head. Raises `MailNotTaken` for what is none."""
    try:
        return Address(addr_spec=address)
    except (ValueError, IndexError, MessageError) as unfit:  # all of them are what its parser raises
        raise MailNotTaken(None, type(unfit).__name__, is_permanent=True, is_server=False) from None


def _connected(settings: MailSettings) -> smtplib.SMTP:
    """A connection, protected and logged in as the settings say. Raises `MailNotTaken`."""
    server: smtplib.SMTP | None = None
    try:
        if settings.security is Security.TLS:
            server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=SECONDS, context=settings.trust())
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=SECONDS)
        if settings.security is Security.STARTTLS:
            server.starttls(context=settings.trust())
        if settings.user is not None:
            server.login(settings.user, settings.password or "")
    except (smtplib.SMTPException, OSError) as fault:
        if server is not None:
            server.close()
        raise _server_fault(fault) from None
    return server


def _server_fault(fault: Exception) -> MailNotTaken:
    """What no letter is to blame for: the same may succeed once the server or its settings are mended."""
    code = fault.smtp_code if isinstance(fault, smtplib.SMTPResponseException) else None
    return MailNotTaken(code, f"{type(fault).__name__}: {fault}", is_permanent=False, is_server=True)


def _not_taken(code: int, words: bytes | str, *, is_server: bool) -> MailNotTaken:
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return MailNotTaken(code, said, is_permanent=code >= PERMANENT, is_server=is_server)
