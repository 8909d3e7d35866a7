"""The edge to nameko and eventlet: what a service's `service.py` and `__main__.py` use of it."""

from eventstore.nameko.calls import StaffMethod, sentence, staff_methods, staff_rpc
from eventstore.nameko.composition import ActorToken, Composed
from eventstore.nameko.off_hub import off_hub
from eventstore.nameko.portals import Answers, portal_messages

__all__ = [
    "ActorToken",
    "Answers",
    "Composed",
    "StaffMethod",
    "off_hub",
    "portal_messages",
    "sentence",
    "staff_methods",
    "staff_rpc",
]
