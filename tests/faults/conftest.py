"""What fault tests share: servers of their own, since they are killed and wiped."""

from collections.abc import Callable, Iterator

import pytest

from apps.servers import Servers, running
from tests.cities import ROOT


@pytest.fixture(scope="session")
def mortal_servers() -> Iterator[Servers]:
    """PostgreSQL and RabbitMQ that may be killed: never those that the environment names."""
    with running(ROOT / ".run", purpose="faults", environ={}) as started:
        yield started


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Says a line to whoever runs the tests."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def say(line: str) -> None:
        with capture.global_and_fixture_disabled():
            request.config.get_terminal_writer().line(f"\n{line}")

    return say
