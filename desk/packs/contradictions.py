"""What no single table of a pack can see: sections that contradict each other. Asked when it is adopted."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from desk.packs.pack import Pack
from desk.packs.sections import Code
from desk.permissions import Permission

UNKNOWING: Final = (
    "警察への照会をする要件があるため、提案を受理する役割（proposal.accept）には、"
    "照会の結果を知る権限（police.inquire）も必要です。"
)

OF_ANY_CASE: Final = frozenset(
    {
        Permission.LETTER_READ,
        Permission.LETTER_COMPOSE,
        Permission.LETTER_APPROVE,
        Permission.DEADLINE_READ,
        Permission.CASE_COORDINATE,
        Permission.CASE_DECIDE,
        Permission.CASE_HAND_OVER,
    }
)
"""What is done with cases and what hangs on them without asking which of them somebody may see."""
UNSEEING: Final = "{}の権限は、すべての案件に及びます。この役割には、案件をすべて読む権限（case.read）も必要です。"


def contradictions(pack: Pack) -> Iterator[tuple[str, str]]:
    """Dotted key and reason of each.

    A role that accepts proposals without knowing what the police said of them, or that has to do with every case
    without seeing them all (N3); a former code of a department that a department has today, or that two departments
    claim; a state of cases that stands in two phases.
    """
    return chain.from_iterable(found(pack) for found in LOOKED_FOR)


def _unknowing_roles(pack: Pack) -> Iterator[tuple[str, str]]:
    for code in pack.roles_accepting_unknowing:
        yield f"roles.{code}.permissions", UNKNOWING


def _unseeing_roles(pack: Pack) -> Iterator[tuple[str, str]]:
    for code, role in pack.roles.items():
        granted = sorted(OF_ANY_CASE.intersection(role.permissions))
        if granted and Permission.CASE_READ not in role.permissions:
            yield f"roles.{code}.permissions", UNSEEING.format("、".join(granted))


def _former_departments(pack: Pack) -> Iterator[tuple[str, str]]:
    """Of a case of a former department exactly one department of today is the successor."""
    successors: dict[Code, Code] = {}
    for code, department in pack.departments.items():
        for at, former in enumerate(department.formerly):
            key = f"departments.{code}.formerly[{at}]"
            if former in pack.departments:
                yield key, f"「{former}」は、いまの部署の名前です。なくなった部署の名前だけを書いてください。"
            elif successors.setdefault(former, code) != code:
                yield key, f"「{former}」は {successors[former]} と重複しています。引き継ぐ部署は一つにしてください。"


def _phases(pack: Pack) -> Iterator[tuple[str, str]]:
    """A case stands in one phase at a time."""
    phases: dict[str, Code] = {}
    for code, phase in pack.phases.items():
        for at, state in enumerate(phase.states):
            if phases.setdefault(state, code) != code:
                yield f"phases.{code}.states[{at}]", f"「{state}」は {phases[state]} と重複しています。"


LOOKED_FOR: Final[tuple[Callable[[Pack], Iterator[tuple[str, str]]], ...]] = (
    _unknowing_roles, _unseeing_roles, _former_departments, _phases,
)  # fmt: skip
