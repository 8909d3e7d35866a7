"""The command `renkei`: one group a room, each in a module of its own."""

import click

from apps.cli.calendar import calendar
from apps.cli.city import city, migrate, pack
from apps.cli.events import events
from apps.cli.health import health
from apps.cli.keys import keys
from apps.cli.lag import lag
from apps.cli.ledger import ledger
from apps.cli.mail import mail
from apps.cli.messages import messages
from apps.cli.obligations import obligations
from apps.cli.portal import portal
from apps.cli.projections import projections
from apps.cli.records import records
from apps.cli.serve import serve
from apps.cli.staff import staff, token
from apps.cli.statistics import statistics
from apps.cli.work import work


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """連携: the system of record of a city's public–private partnership desk."""


for command in (
    calendar, city, events, health, keys, lag, ledger, mail, messages, migrate, obligations, pack, portal,
    projections, records, serve, staff, statistics, token, work,
):  # fmt: skip
    main.add_command(command)

if __name__ == "__main__":
    main()
