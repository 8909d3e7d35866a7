"""Which services there are: the one list that provisioning, serving and the command line share."""

from typing import Final

from services.administration import projections as administration_history
from services.administration.declaration import ADMINISTRATION
from services.intake import projections as intake_history
from services.intake.declaration import INTAKE
from services.matching import projections as matching_history
from services.matching.declaration import MATCHING

SERVICES: Final = (ADMINISTRATION, INTAKE, MATCHING)
SENTENCES: Final = {
    declared.category: told
    for service, told in (
        (ADMINISTRATION, administration_history.SENTENCES),
        (INTAKE, intake_history.SENTENCES),
        (MATCHING, matching_history.SENTENCES),
    )
    for declared in service.events
}
"""Category → event type → its sentence: two services may call what happens to them by the same name."""
