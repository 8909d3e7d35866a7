"""`/metrics`, `/healthz` and `/readyz`: what a machine may know without logging in. No names, no words of errors."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import orjson
from prometheus_client.exposition import choose_encoder

from apps.watch.lately import Lately
from apps.watch.metrics import registry
from apps.watch.readiness import READY, readiness
from eventstore.city import City
from eventstore.declaration import Service
from eventstore.store import Clock

Answer: TypeAlias = tuple[str, str, bytes]
"""Status line, content type, body."""

OK: Final = "200 OK"
JSON: Final = "application/json"
NOT_FOUND: Final[Answer] = ("404 Not Found", JSON, b'{"code":"not_found"}')
NOT_ALLOWED: Final[Answer] = ("405 Method Not Allowed", JSON, b'{"code":"method_not_allowed"}')


def application(cities: Sequence[City], services: Sequence[Service], clock: Clock) -> WSGIApplication:
    """The answers for these cities and services; ages are seen from the clock."""
    gauges = registry(cities, services, clock)
    found_lately = Lately(lambda: readiness(cities, services), clock)

    def metrics(environ: WSGIEnvironment) -> Answer:
        encode, content_type = choose_encoder(environ.get("HTTP_ACCEPT", ""))
        return OK, content_type, encode(gauges)

    def healthz(_: WSGIEnvironment) -> Answer:
        return OK, JSON, b'{"alive":true}'

    def readyz(_: WSGIEnvironment) -> Answer:
        found = found_lately()
        is_ready = all(code == READY for parts in found.values() for code in parts.values())
        body = orjson.dumps({"ready": is_ready, "cities": found})
        return OK if is_ready else "503 Service Unavailable", JSON, body

    return _routed({"/metrics": metrics, "/healthz": healthz, "/readyz": readyz})


def _routed(pages: Mapping[str, Callable[[WSGIEnvironment], Answer]]) -> WSGIApplication:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        page = pages.get(environ["PATH_INFO"])
        if page is None:
            status, content_type, body = NOT_FOUND
        elif environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            status, content_type, body = NOT_ALLOWED
        else:
            status, content_type, body = page(environ)
        start_response(
            status,
            [("Content-Type", content_type), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")],
        )
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return app
