"""Work for the processor alone, done in a thread of the system's while the service goes on answering."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from eventlet import tpool

P = ParamSpec("P")
T = TypeVar("T")


def off_hub(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What the function returns or raises, from a real thread; other calls are answered meanwhile.

    function: lets go of the interpreter's lock while it works, and touches no connection: those are the hub's.
    """
    return cast(T, tpool.execute(function, *args, **kwargs))
