"""`renkei mail set`, `renkei mail bounced`: the city's mail server, and the reports that come back from it."""

import sys
from ssl import SSLError, create_default_context
from typing import TextIO

import click

from apps.cli.settings import as_json, city_option, home, show, told
from apps.provisioning.bounces import record_bounce
from desk.mail import MailSettings, Security
from eventstore.city import City

WAYS = [str(one) for one in Security]


@click.group()
def mail() -> None:
    """The city's mail server, and what comes back."""


@mail.command(name="set")
@click.option("--host", required=True)
@click.option("--port", required=True, type=click.IntRange(1, 65535))
@click.option("--security", type=click.Choice(WAYS), default=str(Security.STARTTLS), show_default=True)
@click.option("--sender", required=True, help="The address that letters come from.")
@click.option(
    "--bounces", help="Where reports go; `+` and the letter's mark are put before the @. Default: the sender."
)
@click.option(
    "--authority",
    type=click.File(encoding="ascii"),
    help="Certificates (PEM) that alone are trusted for this server. Default: the system's.",
)
@click.option("--user", help="To log in with.")
@click.option("--password", envvar="RENKEI_MAIL_PASSWORD", help="Rather by RENKEI_MAIL_PASSWORD than here.")
@city_option
@as_json
@told
def set_server(
    host: str, port: int, security: str, sender: str, bounces: str | None, authority: TextIO | None, user: str | None,
    password: str | None, city: str, *, as_json: bool,
) -> None:  # fmt: skip
    """Keeps the city's mail server; approved letters go out by it from then on."""
    settings = MailSettings(
        host=host,
        port=port,
        security=Security(security),
        sender=sender,
        bounces=bounces,
        user=user,
        password=password,
        authority=_certificates(authority) if authority else None,
    )
    settings.write(City.read(home(), city).folder)
    show({"host": host, "port": port, "security": security}, json=as_json, text=f"letters go out by {host}:{port}")


def _certificates(file: TextIO) -> str:
    """The certificates in a file. Raises a usage error where there are none."""
    content = file.read()
    try:
        create_default_context(cadata=content)
    except SSLError:
        raise click.BadParameter("no certificates (PEM) in it", param_hint="--authority") from None
    return content


@mail.command()
@city_option
@as_json
@told
def bounced(city: str, *, as_json: bool) -> None:
    """Records the delivery report (RFC 3464) on standard input; ends with 1 for what is none of our letters."""
    letter_id = record_bounce(City.read(home(), city), sys.stdin.buffer.read())
    show({"letter_id": str(letter_id)}, json=as_json, text=str(letter_id))
