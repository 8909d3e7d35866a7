"""Logs: one JSON line each, with the names that are listed here and no others, so that no personal data gets in.

What libraries log is kept as logger, level and message template, without the arguments: those may hold anything.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter

ALLOWED: Final = frozenset(
    {
        "event", "level", "timestamp", "logger", "service", "city", "part", "pid", "correlation_id", "command_id",
        "trace", "stream", "version", "position", "subscription", "type", "code", "parked", "portal", "delay",
        "attempt", "count", "seconds", "error", "where", "exit_code", "names",
    }
)  # fmt: skip
"""Ids, codes, counts and our own words. A new name is added here by hand, with that in mind."""


def configure(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Sends everything that is logged in this process to `stream`."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.add_logger_name, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name, _template_only],
            processors=[
                ProcessorFormatter.remove_processors_meta,
                _where,
                _allowed_only,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "amqp", "kombu", "nameko", "psycopg.pool"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))


def _template_only(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A library's message without its arguments."""
    event["event"] = str(event["_record"].msg)[:200]
    return event


def _where(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its type and the places it went through, without its message."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple) and info[1] is not None:
        event["error"] = type(info[1]).__name__
        frames, at = [], info[2]
        while at is not None:
            frames.append(f"{at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}")
            at = at.tb_next
        event["where"] = frames[-8:]
    return event


def _allowed_only(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value for name, value in event.items() if name in ALLOWED}
