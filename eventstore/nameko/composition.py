"""How a service gets its city: what it works with there, made once per container, and the token of the call."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar

import structlog
from nameko.constants import AUTH_TOKEN_CONTEXT_KEY
from nameko.extensions import DependencyProvider

from eventstore.following.followers import Follower
from eventstore.nameko.following import Following
from eventstore.nameko.rounds import Rounds
from eventstore.rounds import Round

CITY: Final = "city"
"""Key of a container's configuration: the `City` that it serves."""


class Composition(Protocol):
    """What a service works with in a city: it holds connections and gives them back."""

    @property
    def followers(self) -> Sequence[Follower[Any]]:
        """What follows the log while the service serves."""

    @property
    def rounds(self) -> Sequence[Round]:
        """What it looks after by itself while it serves."""

    def close(self) -> None:
        """Gives them back."""


T = TypeVar("T", bound=Composition)


class Composed(DependencyProvider, Generic[T]):
    """What a service works with in its city: made once per container by `compose(city)`, closed with it.

    Its followers and its rounds are at work from the container's start to its stop.
    """

    def __init__(self, compose: Callable[[Any], T]) -> None:
        self._compose = compose

    def setup(self) -> None:
        self._made = self._compose(self.container.config[CITY])
        self._following = Following(self._made.followers, self.container.config["AMQP_URI"])
        self._rounds = Rounds(self._made.rounds)

    def start(self) -> None:
        self._following.start(partial(self._spawn, "following"))
        self._rounds.start(partial(self._spawn, "rounds"))

    def stop(self) -> None:
        self._rounds.stop()
        self._following.stop()
        self._made.close()

    def kill(self) -> None:
        self._made.close()

    def get_dependency(self, worker_ctx: Any) -> T:  # noqa: ARG002 - nameko's signature
        return self._made

    def _spawn(self, identifier: str, work: Callable[[], None]) -> Any:
        def bound() -> None:
            bind_log(self.container)
            work()

        return self.container.spawn_managed_thread(bound, identifier=identifier)

    def worker_setup(self, worker_ctx: Any) -> None:  # noqa: ARG002 - nameko's signature
        bind_log(self.container)


def bind_log(container: Any) -> None:
    """Lets every log line of this greenlet name service and city: it does not inherit them."""
    structlog.contextvars.bind_contextvars(service=container.service_name, city=container.config[CITY].name)


class ActorToken(DependencyProvider):
    """The actor token of the call, or None; it is checked by whoever needs to know who acts."""

    def get_dependency(self, worker_ctx: Any) -> str | None:
        token = worker_ctx.data.get(AUTH_TOKEN_CONTEXT_KEY)
        return token if isinstance(token, str) else None
