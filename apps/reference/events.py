"""The channels on which services tell their events: one for each service, one message for each type that may leave."""

from collections import defaultdict
from typing import Any, Final

from apps.reference import docstrings, shapes
from apps.reference.shapes import Shape
from eventstore.declaration import Service
from eventstore.events import EventType

ENVELOPE: Final = "Event"
BINDING: Final = "0.3.0"
TRACEPARENT: Final = "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"
UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def exchange(service: Service) -> str:
    """The exchange on which a service's events are told."""
    return f"{service.name}.events"


def told(service: Service) -> dict[str, list[EventType]]:
    """Every version of the types that may leave, by name: not those whose existence is protected."""
    versions = defaultdict(list)
    for declared in sorted(service.events, key=lambda one: (one.name, one.version)):
        if not declared.existence_protected:
            versions[declared.name].append(declared)
    return dict(versions)


def channel(service: Service) -> dict[str, Any]:
    """A service's exchange."""
    types = told(service)
    return {
        "address": "{type}",
        "description": f"What {service.name} has recorded. The routing key is the event's type.",
        "parameters": {"type": {"description": "The event's type.", "enum": list(types)}},
        "bindings": {"amqp": topic(exchange(service))},
        "messages": {name: message(service.name, versions) for name, versions in types.items()},
    }


def topic(name: str, kind: str = "topic") -> dict[str, Any]:
    """The AMQP binding of a durable exchange."""
    return {
        "is": "routingKey",
        "exchange": {"name": name, "type": kind, "durable": True, "autoDelete": False, "vhost": "{city}"},
        "bindingVersion": BINDING,
    }


def operation(service: Service) -> dict[str, Any]:
    """That a service's events are told."""
    return {
        "action": "send",
        "channel": reference("channels", exchange(service)),
        "summary": f"Tells subscribers what {service.name} has recorded, in the order of the city's log.",
        "messages": [reference("channels", exchange(service), "messages", name) for name in told(service)],
        "bindings": {"amqp": {"deliveryMode": 2, "bindingVersion": BINDING}},
    }


def message(service: str, versions: list[EventType]) -> dict[str, Any]:
    """An event as subscribers hear it; `versions` are all that were ever released, the newest last."""
    newest = versions[-1]
    words = docstrings.read(newest.cls.__doc__, ())
    data = [open_fields(declared) for declared in versions]
    return {
        "name": newest.name,
        "summary": words.summary,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "payload": {
            "allOf": [
                reference("components", "schemas", ENVELOPE),
                {
                    "type": "object",
                    "properties": {
                        "source": {"const": f"/services/{service}"},
                        "type": {"const": newest.name},
                        "subject": {"type": "string", "pattern": f"^{newest.category}-{UUID}$"},
                        "data": data[0] if len(data) == 1 else {"anyOf": data},
                    },
                },
            ]
        },
    }


def open_fields(declared: EventType) -> Shape:
    """What travels of a version of an event: its fields without those that are sealed."""
    names = [field.name for field in declared.fields if field.seal is None]
    meanings = docstrings.read(declared.cls.__doc__, names).meanings
    fields = {}
    for field in declared.fields:
        if field.seal is None:
            meaning = meanings.get(field.name)
            fields[field.name] = shapes.of_type(field.type) | ({"description": meaning} if meaning else {})
    return shapes.an_object(fields)


def envelope() -> Shape:
    """What every event has around its fields: CloudEvents 1.0 with extensions."""
    uuid = {"type": "string", "format": "uuid"}
    properties: dict[str, Shape] = {
        "specversion": {"const": "1.0"},
        "id": uuid | {"description": "The event's id; the same again is the same event."},
        "source": {"type": "string"},
        "type": {"type": "string"},
        "subject": {"type": "string", "description": "The stream."},
        "time": {"type": "string", "format": "date-time", "description": "When it was recorded, in UTC."},
        "datacontenttype": {"const": "application/json"},
        "streamversion": {"type": "integer", "minimum": 1, "description": "The event's number in its stream."},
        "correlationid": uuid | {"description": "The same for everything that one command led to."},
        "causationid": uuid | {"description": "The event that caused this one; absent where a person did."},
        "traceparent": {"type": "string", "pattern": TRACEPARENT},
        "data": {"type": "object"},
    }
    return shapes.an_object(properties, [name for name in properties if name != "causationid"])


def reference(*path: str) -> dict[str, str]:
    """A reference into the document."""
    return {"$ref": f"#/{'/'.join(path)}"}
