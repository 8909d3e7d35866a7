"""One case of the story, with what examples/cases/ says that people do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from apps.demo.samples import read
from apps.demo.scene import Desk
from apps.demo.screening import case_of
from apps.demo.staff import StaffTool


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case at its city's desk.

    sample: the name of its proposal's file. plan: who does what about it. offers: the offer that stands of each
    department, by the department's code, the lead first. sessions: ids, in the order in which they were held.
    """

    desk: Desk
    sample: str
    id: str
    plan: Mapping[str, Any]
    offers: dict[str, str] = field(default_factory=dict)
    sessions: list[str] = field(default_factory=list)

    @property
    def proposal_id(self) -> str:
        """The id of its proposal."""
        return self.desk.proposal(self.sample)

    @property
    def title(self) -> str:
        """The title of its proposal."""
        return self.desk.titles[self.proposal_id]

    @property
    def email(self) -> str:
        """Where its proposer reads mail."""
        return str(read(self.sample)["data"]["contact"]["email"])

    @property
    def lead(self) -> StaffTool:
        """The staff tool of who acts for the lead department."""
        return self.desk.people.of(next(iter(self.offers)))

    def does(self, method: str, who: StaffTool | None = None, /, **arguments: Any) -> dict[str, Any]:
        """The result of a command on the case. who: the desk's officer unless somebody else does it."""
        return (who or self.desk.officer).command(f"matching.{method}", case_id=self.id, **arguments)

    def day(self, days: int) -> str:
        """The day so many days from today, as methods are told it."""
        return (self.desk.today() + timedelta(days=days)).isoformat()


def opened(desk: Desk, sample: str) -> Case:
    """The case that has opened by itself for a sample's accepted proposal."""
    return Case(
        desk=desk, sample=sample, id=case_of(desk, desk.proposal(sample))["case_id"], plan=read(f"cases/{sample}")
    )
