"""Waits for what the services do by themselves."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

WITHIN: Final = 60.0  # seconds
LOOK: Final = 0.05  # seconds between two looks
T = TypeVar("T")


def until(look: Callable[[], T | None], what: str) -> T:
    """What `look` gives as soon as there is something. Raises TimeoutError, which says what was awaited."""
    ends = time.monotonic() + WITHIN
    while not (seen := look()):
        if time.monotonic() > ends:
            raise TimeoutError(f"{what}: not within {WITHIN:.0f} s")
        time.sleep(LOOK)
    return seen
