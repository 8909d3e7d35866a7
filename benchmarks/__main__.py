"""`python -m benchmarks [NAME…] [--quick]`: measures and prints; writes docs/benchmarks.md where all was measured."""

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Final

from rich.console import Console

from apps.servers import Servers, running
from benchmarks.figures import Figure, on_screen
from benchmarks.ledgers import backlogs, histories
from benchmarks.matching.suggesting import suggestions
from benchmarks.page import write_page
from benchmarks.queueing import queues
from benchmarks.relaying import relays
from benchmarks.scale import FULL, QUICK, Measure, Scale
from benchmarks.service import service
from benchmarks.stores import appends, batches, sealed
from eventstore import logs

ROOT: Final = Path(__file__).parents[1]
MEASURES: Final[Mapping[str, Measure]] = {
    "append": appends,
    "sealed": sealed,
    "batch": batches,
    "backlog": backlogs,
    "relay": relays,
    "history": histories,
    "service": service,
    "queue": queues,
    "suggesting": suggestions,
}

console = Console(width=max(Console().width, 200))


def main(arguments: Sequence[str]) -> int:
    """Runs; exit code 1 if a measure fails, or a bar is missed by a full run."""
    parser = ArgumentParser(prog="python -m benchmarks", description="What Renkei reaches, measured against others.")
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"only these of: {', '.join(MEASURES)}")
    parser.add_argument(
        "--quick", action="store_true", help="all of it very small: shows that it runs, measures nothing"
    )
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(MEASURES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    logs.configure(level=logging.WARNING)
    names, began = given.names or list(MEASURES), monotonic()
    with running(ROOT / ".run", purpose="bench", environ={}) as servers:  # private ones, whose settings are known
        measures = {name: MEASURES[name] for name in names}
        figures, failed = measured(measures, servers, QUICK if given.quick else FULL)
        console.print(on_screen(figures))
        if not given.quick and not failed and set(names) == set(MEASURES):
            write_page(ROOT, figures, servers.database_url, FULL, (monotonic() - began) / 60)
    if failed:
        console.print(f"failed: {', '.join(failed)}")
    missed = not given.quick and any(figure.is_met is False for figure in figures)
    return int(missed or bool(failed))


def measured(measures: Mapping[str, Measure], servers: Servers, scale: Scale) -> tuple[list[Figure], list[str]]:
    """The figures of these measures, each shown when it is there; and the measures that failed."""
    figures: list[Figure] = []
    failed = []
    with console.status("measuring") as status:
        for name, measure in measures.items():
            began = monotonic()
            try:
                for figure in measure(servers, scale, status.update):
                    console.print(" | ".join(figure.cells), soft_wrap=True)
                    figures.append(figure)
            except Exception:  # noqa: BLE001 - whatever it is, it takes nothing from what the others measure
                console.print_exception()
                failed.append(name)
            console.print(f"{name} took {monotonic() - began:.0f} s")
    return figures, failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
