"""A measured figure, what it must reach, and how figures are shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from rich.table import Table

from benchmarks.racing import ratio

HEADS: Final = ("what", "ours", "peer", "ratio", "bar", "met")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of the table.

    ours, peer: with their unit, medians. ratio: the median of the rounds' ratios. at_least, at_most: the bar, None
    where the figure is only reported.
    """

    what: str
    ours: str
    peer: str = ""
    ratio: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the ratio reaches the bar; None where there is none."""
        if self.ratio is None or (self.at_least is None and self.at_most is None):
            return None
        return (self.at_least is None or self.ratio >= self.at_least) and (
            self.at_most is None or self.ratio <= self.at_most
        )

    @property
    def cells(self) -> Sequence[str]:
        """The row as text, in the order of `HEADS`."""
        bar = f"≥ {self.at_least:g}" if self.at_least is not None else ""
        bar = f"≤ {self.at_most:g}" if self.at_most is not None else bar
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        met = {True: "yes", False: "**no**", None: ""}[self.is_met]
        return self.what, self.ours, self.peer, ratio, bar, met


def compared(what: str, rates: Sequence[float], peer: Sequence[float], at_least: float | None = None) -> Figure:
    """Events per second of ours and of a peer, round by round."""
    return Figure(
        what=what,
        ours=f"{median(rates):,.0f} events/s",
        peer=f"{median(peer):,.0f} events/s",
        ratio=ratio(rates, peer),
        at_least=at_least,
    )


def writers(count: int) -> str:
    """That many writers, in words."""
    return "1 writer" if count == 1 else f"{count} writers"


def on_screen(figures: Iterable[Figure]) -> Table:
    """The table for a terminal."""
    table = Table(*HEADS)
    for figure in figures:
        table.add_row(*figure.cells)
    return table


def as_markdown(figures: Iterable[Figure]) -> str:
    """The table for a page."""
    rows = [HEADS, ("---",) * len(HEADS), *(figure.cells for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
