"""Records what the city's mail server reports: a letter that did not arrive."""

from collections.abc import Sequence
from contextlib import closing
from uuid import UUID, uuid5

from apps.composition import SERVICES
from desk.letters.bounces import NotABounce, read_report
from desk.letters.commands import RecordBounce
from desk.letters.composing import Letters
from desk.letters.events import letter_category
from desk.letters.marks import LABEL
from desk.office import Office
from eventstore.city import City
from eventstore.declaration import Service
from eventstore.records import Actor, Code


def record_bounce(city: City, report: bytes, *, services: Sequence[Service] = SERVICES) -> UUID:
    """Records a delivery report and gives the id of its letter; the same report again changes nothing.

    services: those among which its writer is found, by their declared events. Raises `NotABounce` for what is no report
    of a letter of this city, and what the letter's rules refuse.
    """
    refused = NotABounce("どの文書についての報告か分かりません。")
    for service in filter(writes_letters, services):
        with closing(Office(service, city)) as office:
            try:
                bounce = read_report(office.key(LABEL), report)
            except NotABounce as other:
                refused = other
                continue
            letter_id, series = bounce.marked
            command = RecordBounce(bounced_on=office.today(), series=series, diagnostics=bounce.diagnostics)
            actor = Actor(id=city.operator, role=Code("operator"), app=Code("command_line"))
            context = office.context(actor, uuid5(letter_id, f"bounced/{series}"))
            Letters(service.name, office.store).carry_out(letter_id, command, context)
            return letter_id
    raise refused


def writes_letters(service: Service) -> bool:
    """Whether a service declares letters among its events."""
    return any(one.category == letter_category(service.name) for one in service.events)
