"""The reference against what runs: the declared permission is asked for, and answers are of the described form."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from apps.composition import SERVICES
from apps.provisioning.city import Installation
from apps.reference.methods import Method, methods_of
from desk.deadlines.streams import deadline_rules
from desk.letters.events import letter_category
from desk.packs.pack import Pack
from eventstore.city import City
from eventstore.execution import execute
from eventstore.parked import Delivery
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.event_types import EVENTS
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from services.matching.domain.case import CASE
from services.matching.domain.case.opening import OpenCase
from services.matching.domain.obligation import OBLIGATION
from tests.cities import Cities, FrozenClock
from tests.contract.test_asyncapi import wrong
from tests.deadlines import happen
from tests.portals import INQUIRY, MINIMAL, StaffTool, admitted, as_body, submission
from tests.promises import DAY, Matching, matching_of
from tests.serving import serving
from tests.tokens import token_of
from tests.toy import context

DEPARTMENT: Final = "roads"
METHODS: Final = [method for service in SERVICES for method in methods_of(service)]
each_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: f"{method.service}.{method.name}")

FIRST: Final = {
    "call_id": "CallDrafted", "company_id": "CompanyRegistered", "offer_id": "OfferPosted",
    "entry_id": "MeasureEntered", "letter_id": "LetterComposed", "deadline_id": "DeadlineSet",
}  # fmt: skip
"""Argument → the first event of what it names."""
OF_BOTH: Final = {"LetterComposed": letter_category("matching"), "DeadlineSet": deadline_rules("matching").category}
"""What matching has of its own too, under the same id: first event → category."""


@pytest.fixture(scope="module")
def pack(cities: Cities, city: City) -> Pack:
    """The city's pack, read once: an office for each method would leave no connections."""
    return cities.office(INTAKE, city).pack()


@pytest.fixture(scope="module")
def tool(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffTool]:
    """A staff tool, with every service at work."""
    with ExitStack() as opened:
        for service in SERVICES:
            opened.enter_context(serving(service.name, city, folder=tmp_path_factory.mktemp("logs")))
        yield opened.enter_context(StaffTool(city.brokers["staff"]))


@pytest.fixture(scope="module")
def matching(city: City, cities: Cities) -> Matching:
    """Matching, for what no method makes alone."""
    return matching_of(cities, city, FrozenClock())


@pytest.fixture(scope="module")
def there(tool: StaffTool, city: City, cities: Cities, matching: Matching) -> dict[str, Any]:
    """What is there, by the name of the argument: with any other id or edition, concealed and absent are the same."""
    found: dict[str, Any] = {"edition_from": 1, "edition_to": 1}
    for kind, submitted in (("proposal", MINIMAL), ("inquiry", INQUIRY)):
        entered = {"command_id": str(uuid4()), "submission": dict(submitted), "channel": "counter"}
        received = tool.result(f"intake.receive_{kind}", token_of(city), **entered)
        found[f"{kind}_id"] = received[f"{kind}_id"]
    office = cities.office(INTAKE, city)
    calendar = {"calendar": office.rules.open_days(office.today()).version}
    for argument, first in FIRST.items():
        stream = StreamId(EVENTS.declared(first, 1).category, uuid4())
        fields = calendar if first == "DeadlineSet" else {}
        happen(office, stream, first, **fields)
        if first in OF_BOTH:
            matching.happen(StreamId(OF_BOTH[first], stream.id), first, **fields)
        found[argument] = str(stream.id)
    case = StreamId(CASE.category, uuid4())
    command = OpenCase(proposal_id=UUID(found["proposal_id"]), opened_on=DAY)
    execute(matching.office.store, CASE, case, command, context())
    matching.offered(case, DEPARTMENT, taken_on=DAY)
    promised = matching.happen(StreamId(OBLIGATION.category, uuid4()), "ObligationUndertaken", case_id=case.id)
    return {**found, "case_id": str(case.id), "obligation_id": str(promised.stream.id)}


@pytest.fixture(scope="module")
def officer(matching: Matching) -> UUID:
    """Somebody of the department that has the case: with the permission, such a one sees it."""
    return matching.colleague(DEPARTMENT)


def is_refused(method: Method, error: dict[str, Any] | None) -> bool:
    """Whether a call ended for want of the permission, in the words that the method declares."""
    expected = ("NotFound", "not_found") if method.declared.conceals else ("Forbidden", "not_permitted")
    return error is not None and (error["exc_type"], error["exc_args"][0]) == expected


@each_method
def test_a_method_answers_exactly_the_roles_that_have_the_permission_it_declares(
    method: Method, tool: StaffTool, city: City, pack: Pack, there: dict[str, Any], officer: UUID
) -> None:
    arguments = {one.name: there.get(one.name, "x") for one in method.arguments if one.is_required}
    may = {role for role in pack.roles if method.declared.permission in pack.permissions_of([role])}
    assert may, "no role of this city has the permission"
    assert may != set(pack.roles)

    for role in pack.roles:
        reply = tool.call(f"{method.service}.{method.name}", token_of(city, role, staff=officer), **arguments)
        assert is_refused(method, reply["error"]) is (role not in may), (role, reply["error"])


@each_method
def test_a_method_knows_the_arguments_that_are_described_and_no_other(
    method: Method, tool: StaffTool, city: City, pack: Pack
) -> None:
    token = token_of(city, next(r for r in pack.roles if method.declared.permission in pack.permissions_of([r])))
    every = {one.name: {} for one in method.arguments}
    called = f"{method.service}.{method.name}"

    def codes(**arguments: Any) -> set[tuple[str, str]]:
        error = tool.call(called, token, **arguments)["error"] or {"exc_args": [""]}
        fields = {(one["field"], one["code"]) for one in (error["exc_args"][2] if len(error["exc_args"]) > 2 else ())}
        return fields | {("", error["exc_args"][0])}

    assert ("", "arguments") not in codes(**every)
    assert not [name for name, code in codes(**every) if code == "unknown_field" and name in every]
    assert codes(**every, stranger="x") & {("", "arguments"), ("stranger", "unknown_field")}
    for one in method.arguments:
        if one.is_required:
            without = {name: value for name, value in every.items() if name != one.name}
            assert codes(**without) & {("", "arguments"), (one.name, "required")}, one.name


def test_what_portals_are_answered_is_of_the_form_described(
    cities: Cities, city: City, installation: Installation
) -> None:
    portal = "city-portal"
    admitted(installation, city, portal)
    office = cities.office(INTAKE, city)
    reactions = portal_reactions(office, Reception(office))
    good = submission(dict(MINIMAL))
    told = []

    for message in (good, submission(dict(INQUIRY), "InquirySubmitted"), submission({}), {**good, "time": "never"}):
        delivery = Delivery(
            body=as_body(message), content_type="application/json", routing_key=message["type"], user_id=portal
        )
        event = reactions.answer(delivery).event
        assert wrong("portal.answers", event) == []
        assert wrong("portal.answers", {**event, "data": {}})
        told.append(event["type"])

    assert told == ["ProposalReceived", "InquiryReceived", "SubmissionRefused", "SubmissionRefused"]
