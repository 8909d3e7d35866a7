"""`docs/rpc.md`: every method that staff tools call, with arguments, permission, what it gives and what it refuses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Final

from apps.reference.codes import Raised, raised, sentences, with_holes
from apps.reference.general import COMMANDS, EVERY_CALL, General
from apps.reference.methods import Method, methods_of
from eventstore.declaration import Service
from eventstore.errors import RenkeiError
from eventstore.nameko.calls import CROSSING

INTRODUCTION: Final = """\
<!-- Written by `python -m apps.reference` from the code. Do not edit. -->

# Methods that staff tools call

For whoever writes a tool for the city's staff. Staff tools ask one service at a time by RPC; what services tell each
other and everybody else is in [asyncapi.yaml](asyncapi.yaml).

## How to call

Each city has its own RabbitMQ vhost. A call is one message in it, as nameko sends it:

| | |
|---|---|
| exchange, routing key | `nameko-rpc`, `<service>.<method>` |
| content type | `application/json`, in UTF-8 |
| body | `{"args": [], "kwargs": {"command_id": "…", …}}`: arguments by name |
| property `reply_to` | routing key of the caller's own reply queue, bound to `nameko-rpc` |
| property `correlation_id` | drawn by the caller; the reply carries it |
| header `nameko.auth_token` | the signed token of the person who acts (`renkei token` issues one) |

The reply is `{"result": …, "error": null}`, or `result` null and `error`:

    {"exc_type": "Refusal", "exc_path": "eventstore.errors.Refusal", "exc_args": ["<code>", "<sentence>"], "value": "…"}

`exc_type` is one of `Refusal`, `NotFound`, `Forbidden`, `StreamConflict`, `InvalidMessage` and `Unavailable`. The first
of `exc_args` is the code, for programs, and never changes; the second is the sentence, for people, in Japanese. With
`InvalidMessage` comes a third: the list of everything that is wrong, each with `field`, `code` and `message`. With
`StreamConflict` it is what has changed since, as `Type vN`, where `expected_version` was named.

With nameko's own proxy:

    from nameko.standalone.rpc import ClusterRpcProxy

    with ClusterRpcProxy({"AMQP_URI": uri}, context_data={"auth_token": token}, timeout=10) as proxy:
        proxy.intake.get_proposal(proposal_id="…")

* **Commands** take `command_id` and give `events`: what they caused, each with `id`, `stream` and `version`. Whoever
  hears no answer calls again with the same id: the same arguments give the first result again.
* **Times** are ISO 8601 with their offset, dates `YYYY-MM-DD`, ids UUIDs as text.
* **Permissions** belong to roles; which role has which is the city's own decision and stands in its policy pack.
* **Lists** give `items`, `after` for the next page or null, and `as_of`: how far the log is followed. Whoever has just
  given a command names its event as `at_least`, and sees it.
* What someone may not know to exist is `NotFound`, in the same words as what does not.

## What any method may answer with
"""
MISSING_PERMISSION: Final = {
    True: "Whoever lacks it is told `NotFound`, as for what is absent.",
    False: "Whoever lacks it is told `Forbidden`, `not_permitted`.",
}


def page(services: Iterable[Service]) -> str:
    """The text of `docs/rpc.md`."""
    methods = {service.name: list(methods_of(service)) for service in services}
    places = raised()
    parts = [INTRODUCTION, *_general(places)]
    for name in sorted(methods):
        parts += _service(name, methods[name], places)
    return "\n".join(parts)


def _general(places: Sequence[Raised]) -> Iterator[str]:
    yield _general_table(EVERY_CALL, places)
    yield "Commands, besides:\n"
    yield _general_table(COMMANDS, places)


def _general_table(rows: Iterable[General], places: Sequence[Raised]) -> str:
    return _table(
        ("code", "type", "when", "sentence"),
        [
            (
                f"`{row.code}`",
                f"`{crosses_as(row.error)}`",
                row.when,
                "<br>".join(sentences(row.error, row.code, places)),
            )
            for row in rows
        ],
    )


def _service(name: str, methods: Sequence[Method], places: Sequence[Raised]) -> Iterator[str]:
    if not methods:
        return
    about = (import_module(f"services.{name}").__doc__ or "").partition(" `declaration`")[0]
    yield f"## {name}\n\n{about}\n"
    yield _table(
        ("method", "permission", "what it does"),
        [(f"[`{one.name}`](#{name}{one.name})", f"`{one.declared.permission}`", one.summary) for one in methods],
    )
    shown: dict[tuple[str, ...], str] = {}
    heard = [place for place in places if _may_answer(name, place)]
    for method in methods:
        yield from _method(method, shown, heard)


def _may_answer(service: str, place: Raised) -> bool:
    """Whether an error that is made there may reach whoever calls the service: what another service says does not."""
    return not place.module.startswith("services.") or place.module.startswith(f"services.{service}.")


def _method(method: Method, shown: dict[tuple[str, ...], str], places: Sequence[Raised]) -> Iterator[str]:
    declared = method.declared
    called = f"{method.service}.{method.name}"
    yield f"### {called}\n\n{method.summary}\n"
    yield f"    {_call(method)}\n"
    yield f"Permission: `{declared.permission}`. {MISSING_PERMISSION[declared.conceals]}\n"
    yield _table(
        ("argument", "JSON", "required", "what it is"),
        [(f"`{one.name}`", one.kind, "yes" if one.is_required else "no", one.meaning) for one in method.arguments],
    )
    yield f"Gives {method.gives}\n"
    if method.note:
        yield f"{method.note}\n"
    if declared.refuses:
        yield "Refused with:\n"
        yield _table(("code", "type", "when", "sentence"), [_refusal(error, places) for error in declared.refuses])
    if problems := method.problems:
        yield _problems(called, problems, shown)


def _call(method: Method) -> str:
    arguments = [one.name if one.is_required else f"{one.name}=…" for one in method.arguments]
    return f"{method.service}.{method.name}({', '.join(arguments)})"


def _refusal(error: type[RenkeiError], places: Sequence[Raised]) -> tuple[str, ...]:
    when = " ".join((error.__doc__ or "").split("\n\n")[0].split())
    told = "<br>".join(sentences(error, error.code, places))
    return f"`{error.code}`", f"`{crosses_as(error)}`", when, told


def _problems(called: str, problems: Mapping[str, str], shown: dict[tuple[str, ...], str]) -> str:
    """The codes of fields; a list that stands at an earlier method of the service is not repeated."""
    codes = tuple(problems)
    first = shown.setdefault(codes, called)
    if first != called:
        return f"What may be wrong with a field: as with [`{first}`](#{first.replace('.', '')}).\n"
    rows = [(f"`{code}`", with_holes(told)) for code, told in problems.items()]
    return f"What may be wrong with a field (`invalid_message`):\n\n{_table(('code', 'sentence'), rows)}"


def crosses_as(error: type[RenkeiError]) -> str:
    """The one of the six types as which an error crosses."""
    return next(known.__name__ for known in CROSSING if issubclass(error, known))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines) + "\n"
