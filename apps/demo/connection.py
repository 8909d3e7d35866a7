"""A plain AMQP 0-9-1 connection as any portal or staff tool opens one."""

from typing import Final
from urllib.parse import unquote, urlsplit

import amqp

PORT: Final = 5672
"""Where AMQP listens unless the URI says otherwise."""


def connected(uri: str, user: str | None = None, password: str | None = None) -> amqp.Connection:
    """An open connection to the vhost of a URI, publishing with confirms.

    user, password: as whom; as the URI says unless given.
    """
    at = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{at.hostname}:{at.port or PORT}",
        userid=unquote(at.username or "") if user is None else user,
        password=unquote(at.password or "") if password is None else password,
        virtual_host=unquote(at.path[1:]),
        confirm_publish=True,
        connect_timeout=10,
    )
    try:
        connection.connect()
    except BaseException:
        connection.collect()
        raise
    return connection
