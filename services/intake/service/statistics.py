"""The statistics' window: numbers from the log, for staff."""

from typing import Any

from desk.forms import load_or_refuse
from desk.permissions import Permission
from eventstore.nameko import staff_rpc
from services.intake.queries.statistics import statistics_of
from services.intake.schemas.statistics import StatisticsForm, StatisticsWanted
from services.intake.service.window import Window


class StatisticsWindow(Window):
    """What was received, what became of it, and how long it took."""

    @staff_rpc(permission=Permission.STATISTICS_READ, takes=StatisticsForm)
    def get_statistics(self, **arguments: Any) -> dict[str, Any]:
        """Counts proposals and inquiries, and the days until the city decided and until it answered.

        received_from, received_to: the days of reception, both included; without end unless named. by: which figures,
        all unless named. The days in which a proposal was with its proposer for correction do not count as the city's;
        those on hold do. A proposer is returning where an earlier proposal was received under the same corporate
        number or, unless both have one, the same name.

        A proposal is decided by acceptance, ineligibility or redirection. It is answered on the day on which the first
        letter that finds it ineligible or directs it elsewhere went out, also where that came back later; what was
        accepted, on the day on which the first letter went out that tells what was decided of its case. An inquiry is
        answered on the day of its first answer. What was withdrawn, merged, split or turned into a proposal waits for
        nothing. A proposal is realised where the last answer tells of a partnership, a demonstration or an individual
        implementation: of those that were answered, or found ineligible or directed elsewhere, none that was withdrawn.

        Gives `figures`, each with its `code`, the `question` that it answers and `rows` (`code`, `label`, `count`,
        `median_days` and `ninetieth_days`, null where it is no figure of days or there are none, `waiting`, how many
        are not decided or answered yet and so not in `count`, null where it is a figure of counts alone, and `part` and
        `percent`, how many of `count` were realised, null where it is no figure of that), and `as_of`
        (`position` of the log, and how many positions the numbers are `behind`). Small numbers are not suppressed: this
        is for staff.
        """
        wanted: StatisticsWanted = load_or_refuse(StatisticsForm(), arguments)
        return statistics_of(self.office, wanted)
