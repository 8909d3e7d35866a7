"""Two cities on this machine, and a day at their desks: the samples go through reception, screening and what follows.

Stays up until Ctrl-C; with ONCE=1 in the environment it ends by itself, exit code 0 if all went as the samples say.
"""

import os
import shutil
import signal
import sys
from typing import Final

from apps.demo.mail_server import mail_server
from apps.demo.scene import ROOT, RUN, desks, serving
from apps.demo.showing import console
from apps.demo.story import tell
from apps.provisioning.city import Installation, create_city
from apps.servers import Servers, running
from eventstore.city import City

HOME: Final = RUN / "demo" / "cities"
PAPERS: Final = RUN / "demo" / "papers"
LOG: Final = RUN / "demo-services.log"
CITIES: Final = ("aomori", "tokorozawa")


def main() -> int:
    """Runs the demo; gives the exit code."""
    with running(RUN, purpose="demo") as servers:
        installation = _fresh_installation(servers)
        with console.status("Setting the cities up"):
            cities = [_created(installation, name) for name in CITIES]
        with serving(HOME, LOG), mail_server() as mail, desks(installation, cities, mail, PAPERS) as opened:
            went_well = tell(opened)
            _show_addresses(installation)
            if not os.environ.get("ONCE"):
                console.print("\nCtrl-C ends it.")
                _wait_for_the_end()
    return 0 if went_well else 1


def _fresh_installation(servers: Servers) -> Installation:
    for folder in (HOME, PAPERS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
    return Installation(
        home=HOME,
        database_url=servers.database_url,
        amqp_uri=servers.amqp_uri,
        management_url=servers.management_url,
    )


def _created(installation: Installation, name: str) -> City:
    pack = ROOT / "municipalities" / f"{name}.toml"
    return create_city(installation, name, pack, approver="実演", reference="実演第1号")


def _show_addresses(installation: Installation) -> None:
    """Where things listen, for whoever wants to try by hand."""
    console.print(
        f"\nPostgreSQL  {installation.database_url}\nRabbitMQ    {installation.amqp_uri}  (vhosts {', '.join(CITIES)})"
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
