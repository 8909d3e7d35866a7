"""Broker URIs without a port: AMQP's own is meant, and the management API is beside it."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from apps.cli.settings import beside
from apps.demo import connection


@pytest.mark.parametrize(
    ("amqp_uri", "management"),
    [
        ("amqp://guest:secret@broker:5673/", "http://guest:secret@broker:15672"),
        ("amqp://guest:secret@broker/aomori", "http://guest:secret@broker:15672"),
        ("amqp://guest:secret@[::1]", "http://guest:secret@[::1]:15672"),
        ("amqp://guest:secret@[::1]:5672/", "http://guest:secret@[::1]:15672"),
        ("amqp://broker", "http://broker:15672"),
    ],
)
def test_the_management_api_is_beside_the_broker(amqp_uri: str, management: str) -> None:
    assert beside(amqp_uri) == management


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Whoever listens at the default port, which is a free one here."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(5)
        monkeypatch.setattr(connection, "PORT", server.getsockname()[1])
        yield server


def greeting(server: socket.socket) -> bytes:
    """What a caller says first; it is not answered."""
    caller, _ = server.accept()
    with closing(caller):
        return caller.recv(8)


def test_a_portal_calls_at_amqp_s_port_unless_told_otherwise(listening: socket.socket) -> None:
    with ThreadPoolExecutor(1) as pool:
        heard = pool.submit(greeting, listening)
        with pytest.raises(OSError):  # noqa: PT011 - which one depends on when it notices
            connection.connected("amqp://guest:guest@127.0.0.1/aomori")
        assert heard.result() == b"AMQP\x00\x00\x09\x01"
