"""Loopback ports and the addresses of servers."""

import random
import socket

LOOPBACK = "127.0.0.1"

_PORTS = range(15000, 32000)
"""Below the range from which the kernel takes the ports of outgoing connections: a client that keeps connecting to a
stopped server could otherwise be given that server's port, and meet itself."""


def free_ports(count: int) -> list[int]:
    """Different loopback ports on which nothing listens now."""
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        if _is_free(port):
            found.append(port)
        if len(found) == count:
            break
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as candidate:
        try:
            candidate.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def reply(port: int, request: bytes) -> bytes:
    """The first bytes that a server on a loopback port sends after `request`; nothing if it does not answer."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=5) as connection:
            connection.sendall(request)
            return connection.recv(64)
    except OSError:
        return b""
