"""The scene of the demo: a city's desk with its people, its portal and its mail; served as `renkei serve` does it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from apps.demo.mail_server import MailServer
from apps.demo.people import People
from apps.demo.portal import Portal
from apps.demo.samples import Message
from apps.demo.staff import StaffTool
from apps.demo.waiting import WITHIN
from apps.provisioning.city import Installation, admit_portal
from desk.office import Office
from desk.packs import Pack
from eventstore.city import City
from services.administration.declaration import ADMINISTRATION

ROOT: Final = Path(__file__).parents[2]
RUN: Final = ROOT / ".run"
FIRST_NUMBER: Final = 41
"""Of the documents of departments; those before it are the reception's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One city's desk at work.

    officer, chief: the staff tools of who screens and of who decides. people: of the whole city hall. portal: through
    which companies write. mail: where its letters arrive. papers: the folder for what is printed.
    receipts: what was answered to each sample that was received. titles: of each proposal and inquiry, by its id.
    numbers: of the documents that come next.
    """

    city: City
    pack: Pack
    officer: StaffTool
    chief: StaffTool
    people: People
    portal: Portal
    mail: MailServer
    papers: Path
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(FIRST_NUMBER))

    @property
    def name(self) -> str:
        """The city's name in Japanese."""
        return self.pack.municipality.name.value

    def today(self) -> date:
        """The legal day in the city."""
        return datetime.now(self.pack.zone).date()

    def proposal(self, sample: str) -> str:
        """The id of the proposal that a sample became."""
        return str(self.receipts[sample]["proposal_id"])

    def ask(self, message: Message) -> dict[str, Any]:
        """Publishes a message by the portal, and gives its answer."""
        self.portal.publish(message)
        return self.answer(message)

    def answer(self, message: Message) -> dict[str, Any]:
        """The answer to a message that was published. Raises TimeoutError."""
        return self.portal.wait(message["id"], WITHIN)

    def note(self, sample: str, message: Message, answer: dict[str, Any]) -> None:
        """Keeps the receipt and the title of what was received."""
        told, submitted = answer["data"], message["data"]
        self.receipts[sample] = told
        self.titles[told.get("proposal_id") or told["inquiry_id"]] = submitted.get("title") or submitted["subject"]


@contextmanager
def desks(installation: Installation, cities: Sequence[City], mail: MailServer, papers: Path) -> Iterator[list[Desk]]:
    """The cities' desks: an officer and a chief registered, a portal admitted, letters sent to `mail`."""
    with ExitStack() as stack:
        yield [stack.enter_context(_desk(installation, city, mail, papers)) for city in cities]


@contextmanager
def _desk(installation: Installation, city: City, mail: MailServer, papers: Path) -> Iterator[Desk]:
    mail.serves(city)
    portal = f"{city.name.replace('_', '-')}-portal"
    password = admit_portal(installation, city, portal) or ""
    with ExitStack() as stack:
        pack = stack.enter_context(closing(Office(ADMINISTRATION, city))).pack()
        people = stack.enter_context(closing(People(city, pack)))
        opened = stack.enter_context(closing(Portal(city.brokers["intake"], portal, password)))
        yield Desk(
            city=city,
            pack=pack,
            officer=people.new("窓口 担当者", "desk_officer"),
            chief=people.new("窓口 責任者", "desk_chief"),
            people=people,
            portal=opened,
            mail=mail,
            papers=papers,
        )


@contextmanager
def serving(home: Path, log_file: Path, *arguments: str) -> Iterator[None]:
    """All services of all cities, as `renkei serve` runs them. arguments: of that command."""
    with log_file.open("wb") as log:
        command = [sys.executable, "-m", "apps.cli", "serve", *arguments]
        services = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=ROOT, env={**os.environ, "RENKEI_HOME": str(home)}, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            services.terminate()
            services.wait(timeout=30)
