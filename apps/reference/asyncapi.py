"""`docs/asyncapi.yaml`: what services tell, what portals send and what they are answered, as AsyncAPI 3.0.0."""

from collections.abc import Iterable
from typing import Any, Final

import yaml

from apps.reference import events, portals
from apps.reference.shapes import Shape
from eventstore.declaration import Service

HEADER: Final = "# Written by `python -m apps.reference` from the code. Do not edit.\n"
DESCRIPTION: Final = """\
What passes through a city's RabbitMQ between portals, services and subscribers; every city has a virtual host of its
own.

At least once: the same message may come again, and its id tells so. First deliveries of one stream come in order;
`streamversion` says what is missing. Values that are protected do not travel: whoever may read them asks the service
(rpc.md). This page changes only by addition: ignore what you do not know.
"""


def text(services: Iterable[Service]) -> str:
    """The text of `docs/asyncapi.yaml`."""
    return HEADER + yaml.dump(
        document(services), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120, default_flow_style=False
    )


def document(services: Iterable[Service]) -> dict[str, Any]:
    """The AsyncAPI document of these services."""
    services = sorted(services, key=lambda service: service.name)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Renkei",
            "version": "1.0.0",
            "description": DESCRIPTION,
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {"city": _server()},
        "channels": portals.channels(services) | {events.exchange(one): events.channel(one) for one in services},
        "operations": portals.operations(services) | {f"{one.name}.tell": events.operation(one) for one in services},
        "components": {"schemas": _schemas()},
    }


def _server() -> dict[str, Any]:
    return {
        "host": "{broker}",
        "pathname": "/{city}",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "description": "A city's virtual host. Where the broker is and who may log in, the city says.",
        "variables": {
            "broker": {"description": "Host name and port of the city's RabbitMQ."},
            "city": {
                "description": "The city's name, as it was given to `renkei city create`.",
                "examples": ["aomori"],
            },
        },
    }


def _schemas() -> dict[str, Shape]:
    return {
        events.ENVELOPE: events.envelope(),
        portals.SUBMISSION: portals.submission_envelope(),
        portals.ANSWER: portals.answer_envelope(),
    }


class _Plain(yaml.SafeDumper):
    """Writes every value where it stands, texts of several lines as such."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml's signature
        return True


def _lines(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Plain.add_representer(str, _lines)
