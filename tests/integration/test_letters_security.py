"""The way to the mail server: protected as the city says, only to the server that it trusts, and logged in."""

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from apps.cli.__main__ import main
from desk.mail import Mail, MailNotTaken, MailSettings, Security, send
from eventstore.city import City
from tests.mailbox import Mailbox

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
MAIL = Mail(
    to="h@yuki.example.jp", sender_name="窓口", subject="件名", text="本文", file_name="青連第12号.pdf", file=b"%PDF",
    mark="a" * 40, date=NOW,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Certified:
    """A server that signed its certificate itself, as a city's own may."""

    certificate: str
    context: ssl.SSLContext


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """For 127.0.0.1."""
    return certified_for("127.0.0.1", tmp_path_factory.mktemp("certificate"))


def certified_for(address: str, folder: Path) -> Certified:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    made = datetime.now(UTC)
    named = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(made - timedelta(days=1)).not_valid_after(made + timedelta(days=1))
    builder = builder.add_extension(named, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    chain = folder / "server.pem"
    chain.write_bytes(certificate + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return Certified(certificate.decode(), context)


def only_the_desk(_server: Any, _session: Any, _envelope: Any, _mechanism: str, login: LoginPassword) -> AuthResult:
    return AuthResult(success=login == LoginPassword(b"desk", b"secret"), handled=False)


@contextmanager
def mailbox_by(security: Security, certified: Certified) -> Iterator[Mailbox]:
    """A server protected in this way."""
    options: dict[str, Any] = {
        Security.NONE: {},
        Security.STARTTLS: {"tls_context": certified.context, "require_starttls": True},
        Security.TLS: {"ssl_context": certified.context},
    }[security]
    with Mailbox(**options) as started:
        yield started


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_protected_mail_goes_to_the_server_that_the_city_trusts(security: Security, certified: Certified) -> None:
    with mailbox_by(security, certified) as mailbox:
        send(mailbox.settings(security=security, authority=certified.certificate), MAIL)

        (attached,) = mailbox.taken[0].message.iter_attachments()
        assert attached.get_filename() == "青連第12号.pdf"


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_nothing_is_handed_to_a_server_that_cannot_prove_who_it_is(
    security: Security, certified: Certified, tmp_path: Path
) -> None:
    other = certified_for("192.0.2.1", tmp_path)
    with mailbox_by(security, certified) as mailbox, mailbox_by(security, other) as elsewhere:
        for at, authority in (
            (mailbox, None),
            (mailbox, other.certificate),
            (elsewhere, other.certificate),
        ):
            with pytest.raises(MailNotTaken) as refused:
                send(at.settings(security=security, authority=authority), MAIL)
            assert (refused.value.is_server, refused.value.is_permanent) == (True, False)
        assert mailbox.taken == elsewhere.taken == []


def test_nothing_is_handed_over_unprotected_where_the_server_offers_no_protection(certified: Certified) -> None:
    with mailbox_by(Security.NONE, certified) as mailbox:
        with pytest.raises(MailNotTaken) as refused:
            send(mailbox.settings(security=Security.STARTTLS, authority=certified.certificate), MAIL)
        assert refused.value.is_server
        assert mailbox.taken == []


@pytest.mark.parametrize(("password", "is_taken"), [("secret", True), ("guessed", False), (None, False)])
def test_a_server_that_wants_a_login_gets_it(certified: Certified, password: str | None, is_taken: bool) -> None:
    options = {"tls_context": certified.context, "require_starttls": True, "auth_required": True}
    with Mailbox(**options, authenticator=only_the_desk) as mailbox:
        settings = mailbox.settings(
            security=Security.STARTTLS, authority=certified.certificate, user="desk", password=password
        )
        if is_taken:
            send(settings, MAIL)
        else:
            with pytest.raises(MailNotTaken) as refused:
                send(settings, MAIL)
            assert (refused.value.smtp_code, refused.value.is_server) == (535, True)
            assert "guessed" not in refused.value.diagnostics
        assert len(mailbox.taken) == is_taken


def test_the_city_keeps_its_authority_with_its_settings(city: City, certified: Certified, tmp_path: Path) -> None:
    file = tmp_path / "authority.pem"
    file.write_text(certified.certificate, encoding="ascii")
    server = ["--host", "127.0.0.1", "--port", "465", "--security", "tls", "--sender", "d@city.example.jp"]
    environment = {"RENKEI_HOME": str(city.folder.parent)}

    def kept(authority: Path) -> int:
        arguments = ["mail", "set", *server, "--city", city.name, "--authority", str(authority)]
        return CliRunner(env=environment).invoke(main, arguments).exit_code

    assert kept(file) == 0
    settings = MailSettings.read(city.folder)
    assert settings is not None
    assert settings.authority == certified.certificate
    file.write_text("no certificate", encoding="ascii")
    assert kept(file) == 2
