"""What every command shares: settings from the environment, output for people or as JSON, and exit codes.

Exit codes: 0 done, 1 refused or found wrong (said why), 2 wrong usage, 3 database or broker not reachable.
"""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final, ParamSpec
from urllib.parse import urlsplit

import click
import orjson
from environs import Env, EnvError, validate

from apps.provisioning.city import Installation
from eventstore.errors import InvalidMessage, RenkeiError, Unavailable

P = ParamSpec("P")
REFUSED, UNREACHABLE = 1, 3
HOME: Final = Path(".run/cities")
GIVEN: Final = validate.Length(min=1)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
city_option = click.option("--city", required=True, help="Short name of the city.")


def home() -> Path:
    """Where cities are set up: `RENKEI_HOME`, else .run/cities."""
    return Path(Env().path("RENKEI_HOME", HOME)).absolute()


def installation() -> Installation:
    """The servers as administrator: `DATABASE_URL`, `AMQP_URI`, `RABBITMQ_MANAGEMENT_URL`. Raises click.UsageError."""
    env = Env()
    try:
        amqp_uri = env.str("AMQP_URI", validate=GIVEN)
        return Installation(
            home=home(),
            database_url=env.str("DATABASE_URL", validate=GIVEN),
            amqp_uri=amqp_uri,
            management_url=env.str("RABBITMQ_MANAGEMENT_URL", beside(amqp_uri)),
        )
    except EnvError as missing:
        raise click.UsageError(f"{missing} (an administrator's DATABASE_URL and AMQP_URI are needed)") from None


def beside(amqp_uri: str) -> str:
    """Where RabbitMQ's management API listens unless told otherwise: the broker's host, port 15672."""
    at = urlsplit(amqp_uri)
    user, of, host = at.netloc.rpartition("@")
    return f"http://{user}{of}{host.removesuffix(f':{at.port}')}:15672"


def show(value: Any, *, json: bool, text: str) -> None:
    """Prints a result: as JSON for programs, as text for people."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() if json else text)


def told(command: Callable[P, None]) -> Callable[P, None]:
    """Says an error in a sentence and ends with its exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except RenkeiError as error:
            if kwargs.get("as_json"):
                click.echo(orjson.dumps({"error": {"code": error.stable_code, "message": error.message}}).decode())
            click.echo(f"{error.message} ({error.stable_code})", err=True)
            for field_error in error.errors if isinstance(error, InvalidMessage) else ():
                click.echo(f"{field_error.message} ({field_error.code})", err=True)
            sys.exit(UNREACHABLE if isinstance(error, Unavailable) else REFUSED)

    return run
