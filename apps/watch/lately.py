"""What was asked lately is told again: however many want it, the databases and the broker are asked once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Generic, TypeVar

from eventstore.store import Clock

T = TypeVar("T")

LATELY: Final = timedelta(seconds=5)
"""Less than anyone scrapes or balances by, and enough that who asks without login costs nothing more."""


class Lately(Generic[T]):
    """An answer that is asked for again once it is `LATELY` old; whoever comes meanwhile waits and is told the same."""

    def __init__(self, ask: Callable[[], T], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._lock = Lock()
        self._told: tuple[datetime, T] | None = None

    def __call__(self) -> T:
        """The answer. Raises what asking raises, and then asks again the next time."""
        with self._lock:
            if self._told is None or not self._is_fresh(self._told[0]):
                answer = self._ask()
                self._told = self._clock(), answer
            return self._told[1]

    def _is_fresh(self, since: datetime) -> bool:
        """Not where the clock was set back either."""
        return timedelta(0) <= self._clock() - since < LATELY
