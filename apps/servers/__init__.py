"""PostgreSQL and RabbitMQ for demo, tests and development: found or fetched, started, and stopped again.

Uses the standard library only: it runs before anything is installed.
"""

from apps.servers.errors import ServersUnavailable
from apps.servers.lifetime import Servers, running

__all__ = ["Servers", "ServersUnavailable", "running"]
