"""What somebody may see of cases: the desk all of them, a department those that it is asked about or has (N3)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

from psycopg.sql import SQL, Composable

from desk.forms import Listing
from desk.lists import ReadModel
from desk.office import Office
from eventstore.records import StreamId
from eventstore.store import EventStore
from services.matching.domain.case import CASE, Case
from services.matching.domain.case.state import Offer


def seen_by(codes: Collection[str]) -> Composable:
    """The condition of the cases that one of these departments, by their codes, is asked about or has."""
    return SQL("departments && {}::text[]").format(sorted(codes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one person may see.

    departments: the codes of that person's, today's and earlier ones; None for the desk, and for the command line.
    """

    store: EventStore
    departments: frozenset[str] | None = None

    @property
    def conditions(self) -> tuple[Composable, ...]:
        """What a row of `matching_cases` meets that there is for this person, as far as the list follows the log."""
        return () if self.departments is None else (seen_by(self.departments),)

    def has(self, case: Case) -> bool:
        """Whether the person may see a case."""
        return self._is_own(case.current)

    def has_taken(self, case: Case) -> bool:
        """Whether a case is this person's to work on: a department that is merely asked does not have it yet."""
        return self._is_own(case.in_charge)

    def page(
        self,
        model: ReadModel,
        office: Office,
        listing: Listing,
        *seen: Composable,
        where: Sequence[Composable] = (),
        equal: Mapping[str, object] = MappingProxyType({}),
    ) -> dict[str, Any]:
        """A page as `ReadModel.page` gives it, without the rows of cases that are hidden by now.

        A list may be behind the log: its rows, told by `case_id`, are looked at in the cases' own streams, and nothing
        is told of those that are not to be seen any more, `after` included. seen: `conditions`, as the list has them.
        equal: as the last of `ReadModel.page`.
        """
        page = model.page(office, listing, *seen, where=where, **equal)
        while not (shown := self._shown(page["items"])) and page["after"] is not None:
            following = replace(listing, after=UUID(page["after"]))
            page = model.page(office, following, where=(*seen, *where), **equal)
        return {**page, "items": shown, "after": page["after"] and shown[-1][model.key]}

    def _shown(self, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        if self.departments is None:
            return list(rows)
        shown = {case_id: self.has(self._case(UUID(case_id))) for case_id in {row["case_id"] for row in rows}}
        return [row for row in rows if shown[row["case_id"]]]

    def _is_own(self, offers: Sequence[Offer]) -> bool:
        departments = self.departments
        return departments is None or any(one.department in departments for one in offers)

    def _case(self, case_id: UUID) -> Case:
        return CASE.fold(self.store.load_closed(StreamId(CASE.category, case_id)))
