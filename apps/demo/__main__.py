"""Sets two cities up, serves them, hands in the samples as their portals would, and shows what came of it.

Stays up until Ctrl-C; with ONCE=1 in the environment it ends by itself, exit code 0 if all went as the samples say.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from rich.console import Console
from rich.table import Table

from apps.demo.desk import work_through
from apps.demo.portal import Portal
from apps.ledger import verification
from apps.provisioning.city import Installation, admit_portal, create_city
from apps.records.timeline import RecordsOffice
from apps.servers import Servers, running
from eventstore.city import City
from eventstore.ledger.stored import Ledger

ROOT: Final = Path(__file__).parents[2]
RUN: Final = ROOT / ".run"
HOME: Final = RUN / "demo" / "cities"
CITIES: Final = ("aomori", "tokorozawa")
ANSWER_WITHIN = 60.0  # seconds

console = Console(width=max(Console().width, 120))


def main() -> int:
    """Runs the demo; gives the exit code."""
    with running(RUN, purpose="demo") as servers:
        installation = _fresh_installation(servers)
        with console.status("Setting the cities up"):
            cities = {
                name: create_city(
                    installation, name, ROOT / "municipalities" / f"{name}.toml", approver="実演", reference="実演第1号"
                )
                for name in CITIES
            }
        with _serving(), _portals(installation, cities) as portals:
            answers = _hand_in(portals)
            _show_answers(answers)
            _show_desk(cities, answers)
            _show_timeline(cities, answers)
            sound = [_show_ledger(city) for city in cities.values()]
            _show_addresses(installation, cities)
            unexpected = _unexpected(answers)
            if not os.environ.get("ONCE"):
                console.print("\nCtrl-C ends it.")
                _wait_for_the_end()
    return 1 if unexpected or not all(sound) else 0


def _fresh_installation(servers: Servers) -> Installation:
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True, mode=0o700)
    return Installation(
        home=HOME,
        database_url=servers.database_url,
        amqp_uri=servers.amqp_uri,
        management_url=servers.management_url,
    )


@contextmanager
def _serving() -> Iterator[None]:
    """All services, as `renkei serve` runs them; their log goes to .run/demo-services.log."""
    with (RUN / "demo-services.log").open("wb") as log:
        command = [sys.executable, "-m", "apps.cli", "serve"]
        services = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=ROOT, env={**os.environ, "RENKEI_HOME": str(HOME)}, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            services.terminate()
            services.wait(timeout=30)


@contextmanager
def _portals(installation: Installation, cities: dict[str, City]) -> Iterator[dict[str, Portal]]:
    """One admitted portal per city, by municipality code."""
    portals = {}
    for name, city in cities.items():
        portal = f"{name}-portal"
        password = admit_portal(installation, city, portal) or ""
        portals[city.municipality] = Portal(city.brokers["intake"], portal, password)
    try:
        yield portals
    finally:
        for opened in portals.values():
            opened.close()


def _hand_in(portals: dict[str, Portal]) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Publishes every sample and waits for its answer: file name, message, answer."""
    samples = [
        (path.stem, json.loads(path.read_text(encoding="utf-8")))
        for path in sorted((ROOT / "examples").glob("[0-9]*.json"))
    ]
    answers = []
    with console.status("Handing the samples in") as status:
        for _, message in samples:
            portals[message["data"]["municipality"]].publish(message)
        for name, message in samples:
            portal = portals[message["data"]["municipality"]]
            status.update(f"Waiting for the answer to {name}")
            answer = portal.wait(message["id"], ANSWER_WITHIN)
            answers.append((name, message, answer))
    return answers


def _show_answers(answers: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
    table = Table("sample", "answer", title="What the portals were answered")
    table.add_column("what came back", overflow="fold")
    for name, _, answer in answers:
        table.add_row(name, answer["type"], _what_came_back(answer["data"]))
    console.print(table)


def _show_desk(cities: dict[str, City], answers: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
    """Every proposal that was received is accepted, and has its case."""
    for city in cities.values():
        received = [
            answer["data"]["proposal_id"]
            for _, message, answer in answers
            if answer["type"] == "ProposalReceived" and message["data"]["municipality"] == city.municipality
        ]
        console.print(work_through(city, received))


def _what_came_back(data: dict[str, Any]) -> str:
    if "errors" in data:
        return "\n".join(f"{error['field']}: {error['message']}" for error in data["errors"])
    return f"受付番号 {data['receipt_number']}  確認番号 {data['access_code']}  受付日 {data['received_on']}"


def _unexpected(answers: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> list[str]:
    """The samples whose answer is not the one that examples/expected.json names; says them."""
    expected = json.loads((ROOT / "examples" / "expected.json").read_text(encoding="utf-8"))
    wrong = [name for name, _, answer in answers if _outline(answer) != expected[name]]
    for name in wrong:
        console.print(f"[red]{name} was not answered as expected")
    return wrong


def _outline(answer: dict[str, Any]) -> dict[str, Any]:
    errors = [[error["field"], error["code"]] for error in answer["data"].get("errors", [])]
    return {"type": answer["type"], "errors": errors}


def _show_timeline(cities: dict[str, City], answers: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
    """The history of the first proposal received, as the records office reads it."""
    name, message, answer = next(given for given in answers if given[2]["type"] == "ProposalReceived")
    city = next(city for city in cities.values() if city.municipality == message["data"]["municipality"])
    with closing(RecordsOffice(city)) as office:
        entries = office.timeline(answer["data"]["proposal_id"])
    console.print(f"\nTimeline of {name} (renkei records timeline {answer['data']['proposal_id']} --city {city.name}):")
    for entry in entries:
        console.print(f"  {entry.version}  {entry.date}  {entry.who}  {entry.sentence}")


def _show_ledger(city: City) -> bool:
    """Whether the city's ledger verifies once everything is numbered; says its size and root."""
    with psycopg.connect(city.databases["records"], autocommit=True) as connection:
        ends = time.monotonic() + ANSWER_WITHIN
        while not Ledger(connection).is_caught_up() and time.monotonic() < ends:
            time.sleep(0.05)
        verdict = verification(city, connection, lambda _, __: None).run()
    console.print(
        f"\nLedger of {city.name} (renkei ledger verify --city {city.name}): {verdict.size} positions, root"
        f" {b64encode(verdict.root).decode()}: {'sound' if verdict.is_sound else f'[red]{verdict.findings[0]}'}",
        soft_wrap=True,
    )
    return verdict.is_sound


def _show_addresses(installation: Installation, cities: dict[str, City]) -> None:
    """Where things listen, for whoever wants to try by hand."""
    console.print(
        f"\nPostgreSQL  {installation.database_url}\nRabbitMQ    {installation.amqp_uri}  (vhosts {', '.join(cities)})"
        f"\nManagement  {installation.management_url}\nCities      {installation.home.relative_to(ROOT)}",
        soft_wrap=True,
    )


def _wait_for_the_end() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("Ending.")


if __name__ == "__main__":
    sys.exit(main())
