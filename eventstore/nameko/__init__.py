"""The edge to nameko and eventlet: what a service's `service.py` and `__main__.py` use of it."""

from eventstore.nameko.calls import staff_rpc
from eventstore.nameko.composition import ActorToken, Composed
from eventstore.nameko.portals import Answers, Undeliverable, portal_messages

__all__ = ["ActorToken", "Answers", "Composed", "Undeliverable", "portal_messages", "staff_rpc"]
