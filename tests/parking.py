"""Things parked for tests, and the command line in this process."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias
from unittest.mock import patch
from uuid import UUID, uuid4

import structlog
from click.testing import CliRunner, Result

from apps.cli.__main__ import main
from desk.office import Office
from eventstore.city import City
from eventstore.clock import now
from eventstore.events import Event
from eventstore.parked import Delivery
from eventstore.records import Actor, Code, Context, StreamId
from services.intake.declaration import INTAKE
from tests.cities import NOON, Cities
from tests.ledgers import connected, numbered
from tests.portals import as_body, proposal
from tests.samples import sample

Renkei: TypeAlias = Callable[..., Result]
REASON: Final = "差出人に電話で確かめ、不要と分かったため。"


@contextmanager
def commanding(cities: Cities, city: City) -> Iterator[Renkei]:
    """`renkei("messages", "retry", "--all")`: `renkei messages retry --all --city … --json`.

    Whatever is parked in the end is taken away.
    """
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    with patch.dict("os.environ", {"RENKEI_HOME": str(city.folder.parent)}):
        yield lambda *arguments: CliRunner().invoke(main, [*arguments, "--city", city.name, "--json"])
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
    with connected(cities.administrator_url(city)) as admin:
        admin.execute("DELETE FROM parked")
        admin.execute("DELETE FROM parked_positions")


def refusal(result: Result) -> tuple[int, str]:
    """Exit code and the error's code."""
    return result.exit_code, json.loads(result.stdout)["error"]["code"]


def parked(renkei: Renkei) -> list[dict[str, Any]]:
    """What `renkei messages parked` lists."""
    result = renkei("messages", "parked")
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


def submitted(portal: str) -> dict[str, Any]:
    """A good proposal of a portal."""
    return {**proposal(), "source": f"/portals/{portal}"}


def park(office: Office, body: Any, code: str = "not_json", portal: str | None = None) -> str:
    """Parks a message as intake does; gives its id."""
    delivery = Delivery(
        body=as_body(body),
        content_type="application/cloudevents+json",
        routing_key="ProposalSubmitted",
        user_id=portal,
    )
    return str(office.parked.park(delivery, code, now()))


@contextmanager
def hindered(cities: Cities, city: City, table: str, condition: str = "false") -> Iterator[None]:
    """While it lasts, the table takes no new row but such."""
    with connected(cities.administrator_url(city)) as admin:
        admin.execute(f"ALTER TABLE {table} ADD CONSTRAINT hindrance CHECK ({condition}) NOT VALID".encode())
        try:
            yield
        finally:
            admin.execute(f"ALTER TABLE {table} DROP CONSTRAINT hindrance".encode())


@contextmanager
def failing_at_commit(cities: Cities, city: City, table: str) -> Iterator[None]:
    """While it lasts, a transaction that deletes a row of the table fails at its last moment, as if it were killed."""
    with connected(cities.administrator_url(city)) as admin:
        admin.execute("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'killed'; END$$")
        admin.execute(
            (
                f"CREATE CONSTRAINT TRIGGER at_commit AFTER DELETE ON {table}"
                " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()"
            ).encode()
        )
        try:
            yield
        finally:
            admin.execute("DROP FUNCTION fail CASCADE")


def recorded(office: Office, event: str, stream: UUID | None = None) -> UUID:
    """Records an event of a proposal in intake, and numbers it; gives the proposal's id."""
    proposal_id = stream or uuid4()
    happened: Event = sample(INTAKE.events.declared(event, 1))
    command_id = uuid4()
    context = Context(
        command_id=command_id,
        correlation_id=command_id,
        actor=Actor(id=uuid4(), role=Code("tester")),
        channel=Code("counter"),
        occurred_at=NOON,
    )
    office.store.append(office.store.load(StreamId("proposal", proposal_id)), [happened], context)
    numbered(office.city)
    return proposal_id


def followed(office: Office, subscription: str) -> int:
    """Follows the log to its end; gives how many positions that were."""
    (follower,) = (one for one in office.followers if one.subscription.name == subscription)
    passed = 0
    while step := follower.step():
        passed += step
    return passed


def rows(city: City, service: str, statement: str) -> list[tuple[Any, ...]]:
    """What the service finds in its tables."""
    with connected(city.databases[service]) as connection:
        return connection.execute(statement.encode()).fetchall()


def acceptance_parked(cities: Cities, office: Office, matching: Office) -> UUID:
    """A proposal whose acceptance matching parks, because a table of its own takes no row; its id."""
    proposal_id = recorded(office, "ProposalAccepted", recorded(office, "ProposalReceived"))
    with hindered(cities, office.city, "events_matching"):
        followed(matching, "open_cases")
    return proposal_id
