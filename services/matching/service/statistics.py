"""The statistics' window: numbers from the log, for staff."""

from typing import Any

from desk.forms import load_or_refuse
from desk.permissions import Permission
from eventstore.nameko import staff_rpc
from services.matching.queries.statistics import statistics_of
from services.matching.schemas.statistics import StatisticsForm, StatisticsWanted
from services.matching.service.window import CaseWindow


class StatisticsWindow(CaseWindow):
    """How departments answered, how long cases took, and how either side kept its promises."""

    @staff_rpc(permission=Permission.STATISTICS_READ, takes=StatisticsForm)
    def get_statistics(self, **arguments: Any) -> dict[str, Any]:
        """Counts offers, cases and promises, and the days until departments answered and the city decided.

        begun_from, begun_to: the days, both included, on which a department was asked, a proposal accepted or a promise
        made; without end unless named. by: which figures, all unless named.

        A department that goes by another code today counts under that one. It is late where it answered after its
        target, or has yet to and that has passed. The first decision and the first answer count, the answer on the day
        on which its letter went out; a withdrawn case waits for neither. A promise is late where it was done after its
        day, or that has passed.

        Gives `figures`, each with its `code`, the `question` that it answers and `rows` (`code`, `label`, `count`,
        `median_days` and `ninetieth_days`, null where it is no figure of days or there are none, and `waiting`, how
        many are not answered or decided yet and so not in `count`, null where it is no figure of days; `part` and
        `percent` are those of intake's statistics and null here), and `as_of` (`position` of the log, and how many
        positions the numbers are `behind`). Small numbers are not suppressed: this is for staff.
        """
        wanted: StatisticsWanted = load_or_refuse(StatisticsForm(), arguments)
        return statistics_of(self.office, wanted)
