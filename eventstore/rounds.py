"""Rounds: work that nobody calls for and no event wakes, looked for again and again while a service serves.

Timers that come due and letters that wait to be sent are such work. Several processes of a service go their rounds at
the same time: what a step takes in hand it locks in the database, or knows by its command's id to be done.
"""

from typing import Protocol


class Round(Protocol):
    """One kind of work, of one service in one city.

    name: for the log. pause: seconds until it looks again where it found nothing.
    """

    @property
    def name(self) -> str:
        """The name."""

    @property
    def pause(self) -> float:
        """The seconds."""

    def step(self) -> bool:
        """Does one piece of work; whether there may be more at once.

        Raises `Unavailable` where it has to be tried again: then nothing has happened, or it is known at the next try.
        """
