"""Whoever calls whichever method with whatever: nothing tells what exists, and nothing ends in a fault of ours."""

import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.reference.methods import methods_of, service_class
from apps.reference.shapes import Shape, of_field, of_form, of_type
from desk.office import Office
from desk.packs.contradictions import OF_ANY_CASE
from desk.permissions import Permission
from eventstore.city import City
from eventstore.declaration import Service
from eventstore.errors import InvalidMessage, RenkeiError
from eventstore.nameko import sentence, staff_methods
from eventstore.nameko.calls import CROSSING
from eventstore.protection import Sealed
from eventstore.records import Actor, Code, Context, StreamId
from services.intake.declaration import INTAKE
from services.intake.schemas import ProposalSchema
from services.intake.service import IntakeDesk
from services.matching.declaration import MATCHING
from services.matching.service import MatchingDesk
from tests.cities import TOKOROZAWA, Cities
from tests.portals import FULL, changed
from tests.samples import NAMESPACE, sample
from tests.tokens import token_of

METHODS: Final = {
    f"{service.name}.{method.name}": method for service in (INTAKE, MATCHING) for method in methods_of(service)
}
THERE, ABSENT = UUID(int=1), UUID(int=2)
"""What there is something of every kind of, and what there is nothing of."""
FIRST: Final = {
    "ProposalReceived", "InquiryReceived", "CallDrafted", "CompanyRegistered", "OfferPosted", "MeasureEntered",
    "PoliceInquired", "LetterComposed", "DeadlineSet", "CaseOpened", "ObligationUndertaken",
}  # fmt: skip
"""The first event of each kind."""
CATEGORIES: Final = {
    "proposal_id": "proposal", "into": "proposal", "subject_id": "proposal", "inquiry_id": "inquiry",
    "call_id": "call", "company_id": "company", "offer_id": "offer", "entry_id": "register_entry",
    "letter_id": "letter", "deadline_id": "deadline", "case_id": "case", "obligation_id": "obligation",
}  # fmt: skip
"""Argument → the category of the stream that it names, without the service's name."""
EXAMPLES: Final = 12
KNOWN_BY: Final = {
    "proposal_id": Permission.PROPOSAL_READ, "inquiry_id": Permission.INQUIRY_READ, "case_id": Permission.CASE_READ,
    "obligation_id": Permission.CASE_READ,
}  # fmt: skip
"""Argument → the permission that lets one know what there is."""
IN_THE_DARK: Final = [
    (name, argument)
    for name, method in METHODS.items()
    for argument in KNOWN_BY
    if argument in {one.name for one in method.arguments}
    and method.declared.permission not in (KNOWN_BY[argument], Permission.POLICE_INQUIRE)
    and not name.endswith("_slip")
]
"""The methods that are about something, and may be called by one who may not read it.

Who asks the police has a permission of their own for that, and who hands out a receipt prints it.
"""

ASKS_POLICE: Final = {Permission.POLICE_INQUIRE, Permission.PROPOSAL_ACCEPT}
"""Whoever accepts proposals has to know what the police said: a pack gives no role the second without the first."""
PROPOSER, NOBODY = "提案だけの会社", "どこにもない会社"
SEARCHES: Final = [
    (name, argument)
    for name, method in METHODS.items()
    for argument in ("name", "party_name")
    if name.split(".")[1].startswith("find_") and argument in {one.name for one in method.arguments}
]
"""The methods that look for a party, with the argument that names it."""

each_method = pytest.mark.parametrize("name", METHODS)


def under(matter: UUID, category: str) -> StreamId:
    """The stream of a category; one that services have alike has the same id in each."""
    alike = category.removeprefix("intake_").removeprefix("matching_")
    return StreamId(category, uuid5(matter, alike))


def named(argument: str, matter: UUID) -> str:
    """The id that an argument has: of a stream, or of something within one, as in a sample event."""
    category = CATEGORIES.get(argument)
    return str(under(matter, category).id if category else uuid5(NAMESPACE, argument))


def role(name: str, permissions: set[Permission]) -> str:
    """A role of a pack."""
    told = json.dumps([str(permission) for permission in sorted(permissions)])
    return f'[roles.{name}]\nname = "{name}"\npermissions = {told}\nsource = "架空"\nstatus = "assumed"\n'


def without(permission: Permission) -> str:
    """The name of the role that may do everything else."""
    return f"without_{permission.name.lower()}"


@dataclass(frozen=True, slots=True)
class Tool:
    """A staff tool in the services' own process, so that a fault is seen as what it is."""

    city: City
    desks: dict[str, Any]

    def answer(self, method: str, token: str | None, arguments: dict[str, Any]) -> str:
        """What crosses, as text: the result, or one of the six errors. Anything else is raised."""
        owner, name = method.split(".")
        service = service_class(INTAKE if owner == INTAKE.name else MATCHING)()
        service.desk, service.token = self.desks[owner], token
        try:
            return json.dumps(called(getattr(service, name), arguments))
        except RenkeiError as error:
            crosses = next(known.__name__ for known in CROSSING if isinstance(error, known))
            return json.dumps([crosses, error.stable_code, sentence(error), *error.crossing])


def called(method: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """What the method returns; arguments that are not its own are refused as at the door."""
    try:
        inspect.signature(method).bind(**arguments)
    except TypeError:
        raise InvalidMessage("引数の名前か数が、このメソッドのものと合いません。", code="arguments") from None
    return method(**arguments)


@pytest.fixture(scope="module")
def tool(cities: Cities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tool]:
    """A city whose roles are made for asking, with something of every kind in its log."""
    everything = set(Permission)
    together = {Permission.POLICE_INQUIRE: ASKS_POLICE, Permission.CASE_READ: OF_ANY_CASE | {Permission.CASE_READ}}
    missing = {one: {one} for one in Permission} | together
    roles = [role("everything", everything), *(role(without(one), everything - gone) for one, gone in missing.items())]
    pack = tmp_path_factory.mktemp("pack") / "pack.toml"
    pack.write_text(TOKOROZAWA.read_text(encoding="utf-8") + "\n" + "\n".join(roles), encoding="utf-8")
    city = cities.new("any_call", pack)
    with closing(IntakeDesk(city)) as intake, closing(MatchingDesk(city)) as matching:
        put_something(intake.office, INTAKE)
        put_something(matching.office, MATCHING)
        yield Tool(city, {INTAKE.name: intake, MATCHING.name: matching})


def put_something(office: Office, service: Service) -> None:
    """One event in a stream of every kind."""
    for declared in (one for one in service.events if one.name in FIRST):
        context = Context(
            command_id=uuid4(),
            correlation_id=uuid4(),
            actor=Actor(id=uuid4(), role=Code("tester")),
            policy=office.pack().digest,
            channel=Code("counter"),
        )
        event = sample(declared)
        if declared.name == "DeadlineSet":
            event = replace(event, calendar=office.rules.open_days(office.today()).version)
        if declared.name == "ProposalReceived":
            event = replace(event, proposer_name=Sealed(PROPOSER))
        office.store.append(office.store.new_stream(under(THERE, declared.category)), [event], context)


def shapes_of(name: str) -> dict[str, Shape]:
    """The method's arguments with their shapes."""
    owner, method = name.split(".")
    cls = service_class(INTAKE if owner == INTAKE.name else MATCHING)
    takes = staff_methods(cls)[method].takes
    if takes:
        return {field.data_key or known: of_field(field) for known, field in takes().fields.items()}
    hints = inspect.get_annotations(inspect.unwrap(getattr(cls, method)))
    return {known: SUBMISSION if known == "submission" else of_type(hint) for known, hint in hints.items()
            if known != "return"}  # fmt: skip


SUBMISSION: Final = of_form(ProposalSchema())
FORM: Final = changed(dict(FULL), "municipality", "112089")


def plain(name: str, shape: Shape, matter: UUID) -> Any:
    """A value of this shape, with this id wherever one is asked for."""
    if name == "submission":
        return FORM
    if name.endswith("_id") or name == "into":
        return named(name, matter)
    if "enum" in shape:
        return shape["enum"][0]
    kind = shape.get("type", "string")
    match kind if isinstance(kind, str) else kind[0]:
        case "string":
            return {"date": "2026-11-20", "date-time": "2026-11-20T12:00:00+09:00"}.get(shape.get("format", ""), "x")
        case "array":
            return [plain(name, shape["items"], matter)] * 2
        case "object":
            return {inner: plain(inner, one, matter) for inner, one in shape.get("properties", {}).items()}
        case "integer":
            return max(1, shape.get("minimum", 1))
        case _:
            return True


def stated(name: str, matter: UUID) -> dict[str, Any]:
    """A call of the method that is about what this id stands for."""
    arguments = {known: plain(known, shape, matter) for known, shape in shapes_of(name).items()}
    arguments = {known: value for known, value in arguments.items() if known not in ("expected_version", "at_least")}
    return arguments | ({"command_id": str(uuid4())} if "command_id" in arguments else {})


@pytest.mark.row("N3")
@each_method
def test_whoever_may_not_is_told_the_same_of_what_is_there_and_what_is_not(tool: Tool, name: str) -> None:
    declared = METHODS[name].declared
    forged = token_of(tool.city, "everything")[:-8] + "AAAAAAAA"
    expected = "NotFound" if declared.conceals else "Forbidden"

    may_not = token_of(tool.city, without(declared.permission), "department_officer_of_nothing")
    for token, told in ((may_not, expected), (None, "Forbidden"), (forged, "Forbidden")):
        there, absent = (tool.answer(name, token, stated(name, matter)) for matter in (THERE, ABSENT))
        assert there == absent
        assert json.loads(there)[0] == told


@pytest.mark.row("N3")
@pytest.mark.parametrize(("name", "argument"), IN_THE_DARK)
def test_whoever_may_not_read_something_learns_of_none_by_a_command(tool: Tool, name: str, argument: str) -> None:
    token = token_of(tool.city, without(KNOWN_BY[argument]))
    call = stated(name, THERE)
    again = {"command_id": str(uuid4())} if "command_id" in call else {}

    there, absent = (
        tool.answer(name, token, {**call, **again, argument: named(argument, matter)}) for matter in (THERE, ABSENT)
    )

    assert there == absent


@pytest.mark.row("N3")
@pytest.mark.parametrize(("name", "argument"), SEARCHES)
def test_whoever_may_not_read_proposals_learns_of_none_by_looking_for_its_proposer(
    tool: Tool, name: str, argument: str
) -> None:
    token = token_of(tool.city, without(Permission.PROPOSAL_READ))

    there, absent = (tool.answer(name, token, {argument: party}) for party in (PROPOSER, NOBODY))

    assert there == absent


@pytest.mark.row("N3")
def test_whoever_may_not_see_a_case_learns_of_none_by_a_letter_about_it(tool: Tool) -> None:
    token, letter = token_of(tool.city, without(Permission.CASE_READ)), {"template": "declined_answer", "means": "mail"}

    there, absent = (
        tool.answer(
            "matching.compose_letter",
            token,
            {**letter, "command_id": str(uuid4()), "about": f"case-{named('case_id', matter)}"},
        )
        for matter in (THERE, ABSENT)
    )

    assert there == absent


def test_whoever_may_read_proposals_finds_them_by_their_proposer(tool: Tool) -> None:
    told = tool.answer("intake.find_companies", token_of(tool.city, "everything"), {"name": PROPOSER})

    assert [one["agrees"] for one in json.loads(told)["proposals"]] == ["name"]


ODD_TEXTS: Final = ("", "\ud800", "\0", "　", "R8.4.1", "x" * 21_000, "1e400", str(THERE))
ODD_DAYS: Final = ("0001-01-01", "9999-12-31", "1926-12-24", "2026-02-29", "2024-02-29", "2026-11-22")
ODD_INSTANTS: Final = (
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00",
)  # fmt: skip
ANY_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(ODD_TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


def fitting(name: str, shape: Shape) -> st.SearchStrategy[Any]:
    """Values of this shape, odd ones among them."""
    kinds = shape.get("type", "any")
    kind, *null = [kinds] if isinstance(kinds, str) else kinds
    found = FITTING.get(kind, lambda *_: ANY_JSON)(name, shape)
    return st.none() | found if null else found


def _string(name: str, shape: Shape) -> st.SearchStrategy[Any]:
    if "enum" in shape:
        return st.sampled_from(shape["enum"])
    if shape.get("format") == "uuid" or name.endswith("_id"):
        return st.sampled_from([named(name, THERE), named(name, ABSENT), str(under(THERE, "police_inquiry").id)])
    if shape.get("format") == "date":
        return st.sampled_from(ODD_DAYS) | st.dates().map(str)
    if shape.get("format") == "date-time":
        return st.sampled_from(ODD_INSTANTS)
    return st.text(max_size=20) | st.sampled_from(("x", "organised_crime", "suspended", "planning", "2026-04"))


def _object(_: str, shape: Shape) -> st.SearchStrategy[Any]:
    inner = {known: fitting(known, one) for known, one in shape.get("properties", {}).items()}
    required = {known: strategy for known, strategy in inner.items() if known in shape.get("required", ())}
    return st.fixed_dictionaries(
        required, optional={known: strategy for known, strategy in inner.items() if known not in required}
    )


FITTING: Final[dict[str, Callable[[str, Shape], st.SearchStrategy[Any]]]] = {
    "string": _string,
    "object": _object,
    "array": lambda name, shape: st.lists(fitting(name, shape["items"]), max_size=3),
    "integer": lambda _, shape: (
        st.integers(shape.get("minimum"), shape.get("maximum")) | st.sampled_from((0, 1, 2, 10**400))
    ),
    "boolean": lambda *_: st.booleans(),
}


def calls_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Calls of a method that are right in many of their arguments, and in the rest anything that JSON can say."""
    shapes = shapes_of(name)
    fit = {known: fitting(known, shape) for known, shape in shapes.items()}
    if "submission" in fit:
        fit["submission"] = st.just(FORM) | fit["submission"]
    fit |= {"command_id": st.uuids().map(str)} if "command_id" in fit else {}
    right = st.fixed_dictionaries(fit)
    wrong = st.dictionaries(st.sampled_from([*shapes, "stranger"]), ANY_JSON, max_size=2)
    return st.builds(lambda one, other: {**one, **other}, right, st.just({}) | wrong)


@each_method
def test_no_arguments_end_in_a_fault(tool: Tool, name: str) -> None:
    token = token_of(tool.city, "everything")

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(calls_of(name))
    def each(arguments: dict[str, Any]) -> None:
        told = json.loads(tool.answer(name, token, arguments))
        assert isinstance(told, dict) or told[0] != "Unavailable", told

    each()
